//! What a client is told when a call does not succeed.

use crate::ids::{InvalidEntityId, InvalidInstanceId};
use crate::model::{Failure, RuntimeStatus};
use crate::schedule::InvalidSchedule;
use crate::store::StoreError;

/// Why a call of the client did not succeed. Nothing has changed then, except after [`StoreError::Unknown`].
#[derive(Clone, Debug, thiserror::Error)]
pub enum EngineError {
    /// The store said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The value cannot be stored, or the stored value is not of the type asked for.
    #[error(transparent)]
    Payload(#[from] Failure),
    /// The text is no instance id.
    #[error(transparent)]
    InvalidId(#[from] InvalidInstanceId),
    /// The schedule makes no sense.
    #[error(transparent)]
    InvalidSchedule(#[from] InvalidSchedule),
    /// The text is no entity id.
    #[error(transparent)]
    InvalidEntityId(#[from] InvalidEntityId),
    /// The call's own task panicked or the runtime is shutting down; whether it took effect is unknown.
    #[error("{caller} was cut off")]
    CutOff {
        /// Which call.
        caller: &'static str,
    },
    /// Only what has ended can be purged, and instances of this state have not.
    #[error("instances that are {} have not ended, so they cannot be purged", .0.as_str())]
    NotFinal(RuntimeStatus),
    /// The instance did not end within the time given.
    #[error("the instance has not ended yet")]
    TimedOut,
}
