//! How work fails.

use serde::{Deserialize, Serialize};

use super::payload::Payload;
use crate::ids::InvalidEntityId;

/// Why an activity, an orchestration or a child failed: data that is stored, shown to people and decided upon by retry
/// policies, which is why its kind is a word and not a text to be parsed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct Failure {
    /// A word for the situation, e.g. `CardDeclined`; retry policies may exempt kinds.
    pub kind: String,
    /// A sentence for people.
    pub message: String,
    /// Whether a retry policy must not try again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub non_retriable: bool,
    /// What this failure came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Box<Failure>>,
    /// What the failed try of an activity had said last by its heartbeat. The next try gets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_heartbeat: Option<Payload>,
}

impl Failure {
    /// A value that was not of the type its reader expects, or too large.
    pub const INVALID_PAYLOAD: &'static str = "InvalidPayload";
    /// A name that is empty or too long.
    pub const INVALID_NAME: &'static str = "InvalidName";
    /// The code panicked.
    pub const PANIC: &'static str = "Panic";
    /// The child was terminated.
    pub const TERMINATED: &'static str = "Terminated";
    /// A child could not be started because its id is taken.
    pub const INSTANCE_EXISTS: &'static str = "InstanceExists";

    /// A text is no id of an entity.
    pub const INVALID_ID: &'static str = "InvalidId";
    /// The entity has no operation of this name.
    pub const UNKNOWN_OPERATION: &'static str = "UnknownOperation";
    /// Something that is not allowed inside of a critical section, or outside of it.
    pub const CRITICAL_SECTION: &'static str = "CriticalSection";
    /// An activity, or the call of one with all its tries, took longer than it may.
    pub const TIMEOUT: &'static str = "Timeout";
    /// An activity gave no sign of life for longer than it may.
    pub const HEARTBEAT_TIMEOUT: &'static str = "HeartbeatTimeout";

    /// A failure that may be retried.
    pub fn new(kind: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind: kind.into(), message: message.into(), non_retriable: false, cause: None, last_heartbeat: None }
    }

    /// Marks the failure as not worth another try.
    #[must_use]
    pub fn non_retriable(mut self) -> Self {
        self.non_retriable = true;
        self
    }

    /// What a panic says of itself.
    pub(crate) fn from_panic(panic: &(dyn std::any::Any + Send)) -> Self {
        let message = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "it gave no message".to_owned());
        Self::new(Self::PANIC, message)
    }

    /// Says what this failure came from.
    #[must_use]
    pub fn caused_by(mut self, cause: Self) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }
}

impl From<InvalidEntityId> for Failure {
    fn from(invalid: InvalidEntityId) -> Self {
        Self::new(Self::INVALID_ID, invalid.to_string()).non_retriable()
    }
}
