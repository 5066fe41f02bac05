//! What must be true of a history by itself.

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::ids::{EventId, InstanceId};
use crate::model::{Event, EventKind, TaskScheduled};

/// What kind of answer an action waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Task,
    Timer(Timestamp),
    Child,
    Operation,
    Locks,
}

/// What a history has said up to some event.
#[derive(Default)]
struct Reader {
    /// The last attempt of each call, by the number of its first one.
    attempts: BTreeMap<EventId, u32>,
    open: BTreeMap<EventId, Asked>,
    now: Timestamp,
    suspended: bool,
    ended: bool,
}

/// Panics with what is wrong with the history of `id`: numbers are dense, time does not run backwards, the start comes
/// first and the end last, each answer belongs to an open action of its kind, no timer is early, and nothing is read while
/// the instance is suspended.
pub(super) fn check(id: &InstanceId, history: &[Event]) {
    let mut reader = Reader::default();
    for (place, event) in history.iter().enumerate() {
        assert_eq!(event.sequence.0 as usize, place, "{id}: the history has a gap");
        reader.read(id, event);
    }
    let starts = history.iter().filter(|event| matches!(event.kind, EventKind::ExecutionStarted(_)));
    assert_eq!(starts.count(), 1, "{id}: an execution begins once");
}

impl Reader {
    fn read(&mut self, id: &InstanceId, event: &Event) {
        let name = event.kind.name();
        assert!(!self.ended, "{id}: {name} after the end");
        assert!(event.at >= self.now, "{id}: time runs backwards at event {}", event.sequence);
        self.now = event.at;
        match &event.kind {
            EventKind::TaskScheduled(task) => {
                self.tried(id, task);
                self.ask(id, task.event_id, Asked::Task);
            }
            EventKind::TimerCreated { event_id, fire_at, .. } => self.ask(id, *event_id, Asked::Timer(*fire_at)),
            EventKind::SubOrchestrationInstanceCreated(child) => self.ask(id, child.event_id, Asked::Child),
            EventKind::TaskCompleted { task_scheduled_id, .. } | EventKind::TaskFailed { task_scheduled_id, .. } => {
                self.answer(id, *task_scheduled_id, Asked::Task);
            }
            EventKind::SubOrchestrationInstanceCompleted { task_scheduled_id, .. }
            | EventKind::SubOrchestrationInstanceFailed { task_scheduled_id, .. } => {
                self.answer(id, *task_scheduled_id, Asked::Child);
            }
            EventKind::TimerFired { timer_id, fire_at } => {
                assert!(event.at >= *fire_at, "{id}: timer {timer_id} fired early");
                self.answer(id, *timer_id, Asked::Timer(*fire_at));
            }
            EventKind::EntityOperationCalled(sent) => self.ask(id, sent.event_id, Asked::Operation),
            EventKind::EntityOperationCompleted { called_id, .. }
            | EventKind::EntityOperationFailed { called_id, .. } => {
                self.answer(id, *called_id, Asked::Operation);
            }
            EventKind::EntityLockRequested { event_id, .. } => self.ask(id, *event_id, Asked::Locks),
            EventKind::EntityLockGranted { lock_requested_id } => {
                self.answer(id, *lock_requested_id, Asked::Locks);
            }
            EventKind::EventRaised(raised) => assert!(!self.suspended, "{id} read {} while suspended", raised.name),
            EventKind::ExecutionSuspended { .. } => self.suspended = true,
            EventKind::ExecutionResumed { .. } | EventKind::ExecutionTerminated { .. } => self.suspended = false,
            EventKind::ContinueAsNew { .. } | EventKind::ExecutionCompleted { .. } => {
                assert!(!self.suspended, "{id} ended while suspended");
                self.ended = true;
            }
            _ => {}
        }
    }

    /// All attempts of a call share the number of the first, from which the idempotency key is made.
    fn tried(&mut self, id: &InstanceId, task: &TaskScheduled) {
        let before = self.attempts.insert(task.first_event_id, task.attempt);
        let is_first = task.first_event_id == task.event_id;
        let follows = if is_first { task.attempt == 1 } else { before == task.attempt.checked_sub(1) };
        assert!(follows, "{id}: action {} is attempt {} after {before:?}", task.event_id, task.attempt);
    }

    fn ask(&mut self, id: &InstanceId, action: EventId, asked: Asked) {
        assert_eq!(self.open.insert(action, asked), None, "{id}: action {action} stands twice in the history");
    }

    fn answer(&mut self, id: &InstanceId, action: EventId, answered: Asked) {
        assert!(!self.suspended, "{id} read the answer to action {action} while suspended");
        let asked = self.open.remove(&action);
        assert_eq!(asked, Some(answered), "{id}: what is answered as action {action} is not what waits");
    }
}
