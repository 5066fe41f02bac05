//! How the portal says no. Use cases return [`PortalError`]; the HTTP edge maps it to a status and a page, once.
//!
//! What a person is told by name (a decision that came too late, a link on hold) is no error but an outcome of its use
//! case. Errors of the database and the engine become [`PortalError::Unavailable`], [`PortalError::Conflict`] or
//! [`PortalError::Internal`] in `db`.

/// One thing that is wrong with what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The form field, or an empty text for the form as a whole.
    pub field: String,
    /// What is wrong and what would be right, as one sentence.
    pub message: String,
}

impl FieldError {
    /// An error of `field`.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// Why a use case changed nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortalError {
    /// What was typed is not right.
    #[error("invalid input: {}", .0.iter().map(|e| e.field.as_str()).collect::<Vec<_>>().join(", "))]
    Invalid(Vec<FieldError>),
    /// There is no such thing, or the actor may not know that there is.
    #[error("not found")]
    NotFound,
    /// The actor may not do this. The text says why, for people.
    #[error("forbidden: {0}")]
    Forbidden(String),
    /// It cannot be done as things stand now. The text says how they stand, for people.
    #[error("conflict: {0}")]
    Conflict(String),
    /// Somebody has to sign in first.
    #[error("not signed in")]
    NotSignedIn,
    /// A file or text is larger than allowed.
    #[error("too large")]
    TooLarge,
    /// Tried too often. The text says how long to wait, for people.
    #[error("too many attempts: {0}")]
    TooMany(String),
    /// The database is full, busy or took too long; nothing was changed. The text says which, for people.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A fault of the portal. The text is for the log only, never for a page.
    #[error("internal: {0}")]
    Internal(String),
}

impl PortalError {
    /// One field is wrong.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }

    /// It cannot be done as things stand.
    pub fn conflict(reason: impl Into<String>) -> Self {
        Self::Conflict(reason.into())
    }

    /// The actor may not.
    pub fn forbidden(reason: impl Into<String>) -> Self {
        Self::Forbidden(reason.into())
    }
}

/// What a use case gives.
pub type Result<T> = std::result::Result<T, PortalError>;
