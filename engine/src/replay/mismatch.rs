//! When the code and the history disagree.

use crate::ids::{EventId, Sequence};
use crate::model::EventKind;

/// Why a turn could not be trusted. The instance is left as it was: a build with the cure continues.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Mismatch {
    /// The code schedules something else than it did.
    #[error("event {sequence} of the history is {expected}, but the code (version {version:?}) now does {found}")]
    Different {
        /// Where in the history.
        sequence: Sequence,
        /// What the history holds.
        expected: String,
        /// What the code did.
        found: String,
        /// The version of the code.
        version: String,
    },
    /// The code schedules more than it did.
    #[error(
        "the code (version {version:?}) now does {found}, of which the turn that ends before event {sequence} knows nothing"
    )]
    Unexpected {
        /// The first event after the turn.
        sequence: Sequence,
        /// What the code did.
        found: String,
        /// The version of the code.
        version: String,
    },
    /// The code does not schedule any more what it did.
    #[error("event {sequence} of the history is {expected}, which the code (version {version:?}) no longer does")]
    Missing {
        /// Where in the history.
        sequence: Sequence,
        /// What the history holds.
        expected: String,
        /// The version of the code.
        version: String,
    },
    /// The code awaits something that no event will ever complete, or was woken by it.
    #[error(
        "the code awaits something that is not the engine's: only the context's calls may be awaited in an orchestration"
    )]
    NotTheEngines,
    /// The history itself makes no sense.
    #[error("the history is damaged at event {sequence}: {reason}")]
    Damaged {
        /// Where in the history.
        sequence: Sequence,
        /// What is wrong.
        reason: &'static str,
    },
}

/// An action in words: what a mismatch shows to people.
pub(super) fn describe(kind: &EventKind) -> String {
    match kind {
        EventKind::TaskScheduled(task) => format!("TaskScheduled {} #{}", task.name, task.event_id),
        EventKind::TimerCreated { event_id, .. } => format!("TimerCreated #{event_id}"),
        EventKind::SubOrchestrationInstanceCreated(child) => {
            format!("SubOrchestrationInstanceCreated {} {:?} #{}", child.name, &*child.version, child.event_id)
        }
        EventKind::EventSent { event_id, name, .. } => format!("EventSent {name} #{event_id}"),
        other => other.name().to_owned(),
    }
}

/// The action number of an event that records one.
pub(super) fn action_id(kind: &EventKind) -> Option<EventId> {
    match kind {
        EventKind::TaskScheduled(task) => Some(task.event_id),
        EventKind::SubOrchestrationInstanceCreated(child) => Some(child.event_id),
        EventKind::TimerCreated { event_id, .. } | EventKind::EventSent { event_id, .. } => Some(*event_id),
        _ => None,
    }
}
