//! Recorded histories against today's code.

use crate::model::{Event, EventKind};
use crate::registry::Registry;
use crate::replay::{Live, Mismatch, Strictness};

/// Why a recorded history does not replay.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReplayError {
    /// The text is no history.
    #[error("the text is no history: {0}")]
    NotAHistory(String),
    /// The history's orchestration, or that version of it, is not registered.
    #[error("{0}")]
    UnknownCode(String),
    /// Today's code does something else.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
}

/// Takes the code that `registry` holds today through a history that `Client::export_history` gave. Compares strictly: kinds,
/// names, versions, numbers, inputs, and how it ended, if it did.
///
/// Keep the histories of a release beside its tests and replay them in every later one: what they pass, instances that
/// are on their way when the release is deployed pass too.
pub fn replay_history(registry: &Registry, history: &str) -> Result<(), ReplayError> {
    let history: Vec<Event> =
        serde_json::from_str(history).map_err(|error| ReplayError::NotAHistory(error.to_string()))?;
    let started = history.iter().find_map(|event| match &event.kind {
        EventKind::ExecutionStarted(started) => Some(started.clone()),
        _ => None,
    });
    let Some(started) = started else { return Err(ReplayError::NotAHistory("it has no start".to_owned())) };
    let Some(code) = registry.find_orchestration(&started.name, &started.version) else {
        return Err(ReplayError::UnknownCode(registry.unknown_orchestration(&started.name, &started.version)));
    };
    Live::replay_as(code, history, Strictness::Strict)?;
    Ok(())
}
