//! How the HTTP edge says no: the one place where errors become statuses and words.
//!
//! A handler that cannot show its page returns a [`Refusal`]. It becomes an empty response that carries its
//! [`Explanation`]; the middleware `problem_page` turns that, and every bare error of the router itself, into a page with
//! the request id. Details of an internal error go to the log, never to the page.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::pages::paths;
use crate::portal::error::PortalError;

/// Why a request is not answered as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such thing, or the reader may not know that there is.
    NotFound,
    /// The request cannot be understood. The text says what is missing, for people.
    BadRequest(String),
    /// The reader may not do this. The text says why, for people.
    Forbidden(String),
    /// Somebody has to sign in first. Holds the path to come back to; it may be empty.
    SignIn(String),
    /// It cannot be done as things stand. The text says how they stand, for people.
    Conflict(String),
    /// There was something, and it does not work any more. The text says what to do, for people.
    Gone(String),
    /// The body is larger than allowed.
    TooLarge,
    /// Tried too often. The text says how long to wait, for people.
    TooMany(String),
    /// The database is full, busy or took too long. The text says which, for people.
    Unavailable(String),
    /// A fault of ours. The text is for the log.
    Internal(String),
}

/// What the page of a refusal says beside the general words for its status.
#[derive(Clone, Debug)]
pub struct Explanation(pub String);

impl From<PortalError> for Refusal {
    fn from(error: PortalError) -> Self {
        match error {
            PortalError::Invalid(errors) => {
                Self::BadRequest(errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join(" "))
            }
            PortalError::NotFound => Self::NotFound,
            // The rules forbid what roles do not allow, and only that can somebody else mend.
            PortalError::Forbidden(reason) => {
                Self::Forbidden(format!("{reason} If you should be able to, ask an administrator."))
            }
            PortalError::Conflict(reason) => Self::Conflict(reason),
            PortalError::NotSignedIn => Self::SignIn(String::new()),
            PortalError::TooLarge => Self::TooLarge,
            PortalError::TooMany(reason) => Self::TooMany(reason),
            PortalError::Unavailable(reason) => Self::Unavailable(reason),
            PortalError::Internal(reason) => Self::Internal(reason),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, explanation) = match self {
            Self::SignIn(next) => {
                return Redirect::to(&paths::with_query(paths::SignIn, &[("next", &next)])).into_response();
            }
            Self::NotFound => (StatusCode::NOT_FOUND, String::new()),
            Self::BadRequest(reason) => (StatusCode::BAD_REQUEST, reason),
            Self::Forbidden(reason) => (StatusCode::FORBIDDEN, reason),
            Self::Conflict(reason) => (StatusCode::CONFLICT, reason),
            Self::Gone(reason) => (StatusCode::GONE, reason),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, String::new()),
            Self::TooMany(reason) => (StatusCode::TOO_MANY_REQUESTS, reason),
            Self::Unavailable(reason) => {
                tracing::warn!(reason, "refused a request for now: {reason}");
                (StatusCode::SERVICE_UNAVAILABLE, reason)
            }
            Self::Internal(reason) => {
                tracing::error!(reason, "a fault: {reason}");
                (StatusCode::INTERNAL_SERVER_ERROR, String::new())
            }
        };
        let mut response = status.into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response.extensions_mut().insert(Explanation(explanation));
        response
    }
}
