//! How a use case of workflows says no.

use crate::portal::error::PortalError;

/// Why nothing was changed. The texts are for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkflowError {
    /// The catalogue has nothing of this name.
    #[error("nothing is registered under the name {name:?}; there are {}", known.join(", "))]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// What was asked for makes no sense, whatever the state of the run.
    #[error("{0}")]
    Invalid(String),
    /// There is no such run, or the actor may not know that there is.
    #[error("there is no such run")]
    NotFound,
    /// The id is taken, by a run that has not ended or by one of somebody else.
    #[error("{0}")]
    Exists(String),
    /// The run has not ended, and only one that has can be asked for this.
    #[error("{0}")]
    Running(String),
    /// The run has ended.
    #[error("{0}")]
    Finished(String),
    /// The run has not failed, and only one that has can be rewound.
    #[error("{0}")]
    NotFailed(String),
    /// The instance carries something of the portal's own, which only that thing's page can steer.
    #[error("{0}")]
    Owned(String),
    /// What any use case may say.
    #[error(transparent)]
    Portal(#[from] PortalError),
}

impl From<WorkflowError> for PortalError {
    /// The same for pages, which do not tell the kinds of conflict apart.
    fn from(error: WorkflowError) -> Self {
        match error {
            WorkflowError::Portal(error) => error,
            WorkflowError::NotFound => Self::NotFound,
            WorkflowError::Unknown { .. } | WorkflowError::Invalid(_) => Self::field("", sentence(&error.to_string())),
            WorkflowError::Owned(_) => Self::forbidden(sentence(&error.to_string())),
            WorkflowError::Exists(_)
            | WorkflowError::Running(_)
            | WorkflowError::Finished(_)
            | WorkflowError::NotFailed(_) => Self::conflict(sentence(&error.to_string())),
        }
    }
}

/// With a capital at its beginning and a full stop at its end.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().collect::<String>()).unwrap_or_default();
    let stop = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}
