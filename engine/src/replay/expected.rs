//! What the history holds for the turn that is being replayed, and how it compares with what the code does now.

use std::collections::VecDeque;

use super::mismatch::{Mismatch, describe, excerpt};
use super::outcome::End;
use crate::ids::{EventId, Sequence};
use crate::model::{Event, EventKind, Payload, RuntimeStatus};
use crate::observe::count_changed_input;
use crate::observe::names::field;

/// How strictly a replay compares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// Another input of an action is a warning: adding an optional field must not strand what is in flight, and what was
    /// recorded counts.
    #[default]
    Lenient,
    /// Another input is a mismatch like any other: for tests.
    Strict,
}

/// The actions that the history holds for the turn being replayed.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) strictness: Strictness,
    actions: VecDeque<Event>,
    /// The first event after the turn.
    turn_end: Sequence,
}

impl Default for Expected {
    fn default() -> Self {
        Self { strictness: Strictness::default(), actions: VecDeque::new(), turn_end: Sequence(0) }
    }
}

impl Expected {
    /// Begins the replay of a turn that recorded `actions` and ended before `turn_end`.
    pub(super) fn begin(&mut self, actions: VecDeque<Event>, turn_end: Sequence) {
        self.actions = actions;
        self.turn_end = turn_end;
    }

    /// Whether the next action is the record of the patch `name`.
    pub(super) fn next_is_patch(&self, name: &str) -> bool {
        let next = self.actions.front().map(|event| &event.kind);
        matches!(next, Some(EventKind::PatchApplied { name: recorded, .. }) if &**recorded == name)
    }

    /// Compares what the code does with what it did.
    pub(super) fn compare(&mut self, found: &EventKind, version: &str) -> Option<Mismatch> {
        let Some(recorded) = self.actions.pop_front() else {
            let found = describe(found);
            return Some(Mismatch::Unexpected { sequence: self.turn_end, found, version: version.to_owned() });
        };
        if !same_action(&recorded.kind, found) {
            return Some(different(&recorded, found, version));
        }
        self.compare_values(&recorded, found, version)
    }

    /// Ends the replay of a turn: everything it recorded must have been done again, the end of the execution included.
    pub(super) fn finish(&mut self, recorded: Option<&Event>, end: Option<&End>, version: &str) -> Option<Mismatch> {
        let missing = |event: &Event| Mismatch::Missing {
            sequence: event.sequence,
            expected: describe(&event.kind),
            version: version.to_owned(),
        };
        if let Some(left) = self.actions.pop_front() {
            return Some(missing(&left));
        }
        match (recorded, end.map(End::to_event)) {
            (None, None) => None,
            (Some(recorded), None) => Some(missing(recorded)),
            (None, Some(found)) => {
                let found = describe(&found);
                Some(Mismatch::Unexpected { sequence: self.turn_end, found, version: version.to_owned() })
            }
            (Some(recorded), Some(found)) if same_end(&recorded.kind, &found) => {
                self.compare_values(recorded, &found, version)
            }
            (Some(recorded), Some(found)) => Some(different(recorded, &found, version)),
        }
    }

    fn compare_values(&self, recorded: &Event, found: &EventKind, version: &str) -> Option<Mismatch> {
        let (then, now) = other_value(&recorded.kind, found)?;
        count_changed_input();
        let (sequence, action) = (recorded.sequence, describe(found));
        if self.strictness == Strictness::Strict {
            return Some(Mismatch::OtherInput {
                sequence,
                action,
                recorded: then,
                found: now,
                version: version.into(),
            });
        }
        tracing::warn!(
            { field::EVENT_SEQUENCE } = sequence.0,
            { field::EVENT_ACTION } = action,
            "the code gives an action another input than the history holds"
        );
        None
    }
}

fn different(recorded: &Event, found: &EventKind, version: &str) -> Mismatch {
    Mismatch::Different {
        sequence: recorded.sequence,
        expected: describe(&recorded.kind),
        found: describe(found),
        version: version.to_owned(),
    }
}

/// Whether two actions agree in kind, name, version and number.
fn same_action(recorded: &EventKind, found: &EventKind) -> bool {
    match (recorded, found) {
        (EventKind::TaskScheduled(a), EventKind::TaskScheduled(b)) => a.event_id == b.event_id && a.name == b.name,
        (EventKind::TimerCreated { event_id: a, .. }, EventKind::TimerCreated { event_id: b, .. }) => a == b,
        (recorded, found) => {
            std::mem::discriminant(recorded) == std::mem::discriminant(found) && describe(recorded) == describe(found)
        }
    }
}

/// Whether two ends agree in kind and, for one that continues as new, in the version that follows.
fn same_end(recorded: &EventKind, found: &EventKind) -> bool {
    match (recorded, found) {
        (EventKind::ContinueAsNew { version: a, .. }, EventKind::ContinueAsNew { version: b, .. }) => a == b,
        (EventKind::ExecutionCompleted { status: a, .. }, EventKind::ExecutionCompleted { status: b, .. }) => a == b,
        _ => false,
    }
}

/// What two records of one action carry, in words, if it is not the same.
fn other_value(recorded: &EventKind, found: &EventKind) -> Option<(String, String)> {
    let values = |a: &Payload, b: &Payload| (!a.same_value(b)).then(|| (excerpt(a.as_str()), excerpt(b.as_str())));
    match (recorded, found) {
        (EventKind::TaskScheduled(a), EventKind::TaskScheduled(b)) => values(&a.input, &b.input),
        (EventKind::TimerCreated { fire_at: a, .. }, EventKind::TimerCreated { fire_at: b, .. }) => {
            (a != b).then(|| (a.to_string(), b.to_string()))
        }
        (EventKind::SubOrchestrationInstanceCreated(a), EventKind::SubOrchestrationInstanceCreated(b)) => {
            if a.instance == b.instance {
                values(&a.input, &b.input)
            } else {
                Some((format!("the id {}", a.instance), format!("the id {}", b.instance)))
            }
        }
        (
            EventKind::EventSent { instance: to, input: a, .. },
            EventKind::EventSent { instance: now_to, input: b, .. },
        ) => {
            if to == now_to {
                values(a, b)
            } else {
                Some((format!("the receiver {to}"), format!("the receiver {now_to}")))
            }
        }
        (EventKind::EntityOperationSignaled(a), EventKind::EntityOperationSignaled(b))
        | (EventKind::EntityOperationCalled(a), EventKind::EntityOperationCalled(b)) => values(&a.input, &b.input),
        (EventKind::ContinueAsNew { input: a, .. }, EventKind::ContinueAsNew { input: b, .. }) => values(a, b),
        (EventKind::ExecutionCompleted { result: a, .. }, EventKind::ExecutionCompleted { result: b, .. }) => {
            values(a.as_ref()?, b.as_ref()?)
        }
        _ => None,
    }
}

impl End {
    /// The event that records this end.
    pub(super) fn to_event(&self) -> EventKind {
        let (status, result, failure) = match self {
            Self::ContinuedAsNew { input, version, .. } => {
                return EventKind::ContinueAsNew { input: input.clone(), version: version.clone() };
            }
            Self::Completed(output) => (RuntimeStatus::Completed, Some(output.clone()), None),
            Self::Failed(failure) => (RuntimeStatus::Failed, None, Some(failure.clone())),
            Self::Terminated(_) => (RuntimeStatus::Terminated, None, None),
        };
        EventKind::ExecutionCompleted { status, result, failure }
    }
}

/// The events of one recorded turn: what it read, what it did, and how it ended.
#[derive(Default)]
pub(super) struct RecordedTurn {
    pub(super) read: Vec<Event>,
    pub(super) actions: VecDeque<Event>,
    pub(super) end: Option<Event>,
}

impl RecordedTurn {
    pub(super) fn push(&mut self, event: Event) {
        match &event.kind {
            EventKind::ContinueAsNew { .. } | EventKind::ExecutionCompleted { .. } => self.end = Some(event),
            kind if action_id(kind).is_some() => self.actions.push_back(event),
            _ => self.read.push(event),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.read.len() + self.actions.len() + usize::from(self.end.is_some())
    }
}

/// The number of the action that an event records.
pub(super) fn action_id(kind: &EventKind) -> Option<EventId> {
    match kind {
        EventKind::TaskScheduled(task) => Some(task.event_id),
        EventKind::SubOrchestrationInstanceCreated(child) => Some(child.event_id),
        EventKind::EntityOperationSignaled(sent) | EventKind::EntityOperationCalled(sent) => Some(sent.event_id),
        EventKind::TimerCreated { event_id, .. }
        | EventKind::EventSent { event_id, .. }
        | EventKind::EntityLockRequested { event_id, .. }
        | EventKind::EntityUnlockSent { event_id, .. }
        | EventKind::PatchApplied { event_id, .. } => Some(*event_id),
        _ => None,
    }
}
