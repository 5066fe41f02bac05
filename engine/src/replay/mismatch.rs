//! When the code and the history disagree.

use crate::ids::{EntityId, Sequence};
use crate::model::EventKind;

/// Why a turn could not be trusted. The instance is left as it was: a build with the cure continues.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Mismatch {
    /// The code schedules something else than it did.
    #[error("event {sequence} of the history is {expected}, but the code ({}) now does {found}", in_words(version))]
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
        "the code ({}) now does {found}, of which the turn that ends before event {sequence} knows nothing",
        in_words(version)
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
    #[error("event {sequence} of the history is {expected}, which the code ({}) no longer does", in_words(version))]
    Missing {
        /// Where in the history.
        sequence: Sequence,
        /// What the history holds.
        expected: String,
        /// The version of the code.
        version: String,
    },
    /// The code does the same with another input. Only under [`super::Strictness::Strict`]; otherwise a warning.
    #[error(
        "event {sequence} of the history is {action} with {recorded}, but the code ({}) now gives it {found}",
        in_words(version)
    )]
    OtherInput {
        /// Where in the history.
        sequence: Sequence,
        /// The action.
        action: String,
        /// What the history holds, shortened.
        recorded: String,
        /// What the code gave, shortened.
        found: String,
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
            let detached = if child.detached { " detached" } else { "" };
            let (name, version) = (&child.name, in_words(&child.version));
            format!("SubOrchestrationInstanceCreated {name} ({version}){detached} #{}", child.event_id)
        }
        EventKind::EventSent { event_id, name, .. } => format!("EventSent {name} #{event_id}"),
        EventKind::PatchApplied { event_id, name } => format!("PatchApplied {name} #{event_id}"),
        EventKind::ContinueAsNew { version: Some(version), .. } => format!("ContinueAsNew ({})", in_words(version)),
        EventKind::ExecutionCompleted { status, .. } => format!("ExecutionCompleted {}", status.as_str()),
        EventKind::EntityOperationSignaled(sent) | EventKind::EntityOperationCalled(sent) => {
            format!("{} {} of {} #{}", kind.name(), sent.operation, sent.entity, sent.event_id)
        }
        EventKind::EntityLockRequested { event_id, entities } => {
            format!("EntityLockRequested {} #{event_id}", list(entities))
        }
        EventKind::EntityUnlockSent { event_id, entities, .. } => {
            format!("EntityUnlockSent {} #{event_id}", list(entities))
        }
        other => other.name().to_owned(),
    }
}

fn list(entities: &[EntityId]) -> String {
    entities.iter().map(EntityId::as_str).collect::<Vec<_>>().join(", ")
}

/// A version as people read it.
fn in_words(version: &str) -> String {
    if version.is_empty() { "without a version".to_owned() } else { format!("version {version:?}") }
}

/// The beginning of a text that may be long.
pub(super) fn excerpt(text: &str) -> String {
    /// Enough to see a difference in, little enough for a log line.
    const MOST_CHARS: usize = 200;
    match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
