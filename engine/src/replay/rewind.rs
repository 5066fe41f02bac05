//! What a failed execution leaves to the one that continues it.
//!
//! The old history is cut before the turn that heard of the first failure of an activity, a child or a call of an entity
//! that failed for good. The turns before are copied as they are. Of what was read from that turn on, results of actions
//! that were scheduled before the cut stay, whenever they came, and so do external events; they are read again, in their
//! order, by the first turn of the new execution. A critical section that was open at the cut is entered again. Failures
//! do not stay: what has no result any more is open, and is done again. When the code itself failed (it panicked, or
//! nothing that it called has failed), only the last turn is cut off.
//!
//! A try that failed and was to be followed by another one is no failure of its call. Before the cut it stays with the
//! pause after it, because all later actions are numbered behind that timer, and the call goes on from there.

use std::collections::{HashMap, HashSet};

use super::expected::action_id;
use crate::ids::{EventId, ExecutionId};
use crate::model::{Event, EventKind, ExecutionStarted, Failure, ParentLink, Payload, RewoundExecution};

/// A failed execution, taken apart.
#[derive(Debug, Default)]
pub struct Rewind {
    /// How the new execution begins.
    pub(super) started: Option<ExecutionStarted>,
    /// The turns that stay.
    pub(super) copied: Vec<Event>,
    /// What was read after them and stays.
    pub(super) read: Vec<EventKind>,
    /// The executions that the new one continues, the last first.
    pub(super) continues: Vec<RewoundExecution>,
    /// The custom status at the cut.
    pub(super) custom_status: Option<Payload>,
}

impl Rewind {
    /// Takes `history`, which has ended, apart for the new execution `execution`, whose result `parent` waits for.
    pub fn of(history: Vec<Event>, execution: ExecutionId, parent: Option<ParentLink>) -> Self {
        let turns = turns(history);
        let cut = before_open_section(&turns, cut(&turns));
        let mut rewind = Self::default();
        let mut next_event_id = 0;
        let mut before = None;
        let mut earlier = Vec::new();
        for (place, event) in turns.into_iter().enumerate().flat_map(|(n, turn)| turn.into_iter().map(move |e| (n, e)))
        {
            let kind = match event.kind {
                EventKind::ExecutionStarted(mut started) => {
                    before = Some(started.execution);
                    (started.execution, started.parent) = (execution, parent.clone());
                    rewind.started = Some(started.clone());
                    EventKind::ExecutionStarted(started)
                }
                kind => kind,
            };
            if let EventKind::ExecutionRewound { continues, .. } = &kind {
                earlier.clone_from(continues);
            }
            if place < cut {
                next_event_id += u32::from(action_id(&kind).is_some());
                rewind.copied.push(Event { kind, ..event });
            } else if stays(&kind, EventId(next_event_id)) {
                rewind.read.push(kind);
            }
        }
        let next_event_id = EventId(next_event_id);
        let last = before.map(|execution| RewoundExecution { execution, next_event_id });
        let shared =
            |old: RewoundExecution| RewoundExecution { next_event_id: old.next_event_id.min(next_event_id), ..old };
        rewind.continues = last.into_iter().chain(earlier.into_iter().map(shared)).collect();
        rewind
    }

    /// How the new execution begins. `None` when the history has no beginning.
    pub fn started(&self) -> Option<&ExecutionStarted> {
        self.started.as_ref()
    }
}

fn turns(history: Vec<Event>) -> Vec<Vec<Event>> {
    let mut turns: Vec<Vec<Event>> = Vec::new();
    for event in history {
        match turns.last_mut() {
            Some(turn) if event.kind != EventKind::OrchestratorStarted => turn.push(event),
            _ => turns.push(vec![event]),
        }
    }
    turns
}

/// A call of an activity, a child or an entity, with all its tries.
#[derive(Default)]
struct Call {
    succeeded: bool,
    last_try: Option<EventId>,
    /// The tries that failed, and the turns that heard of it, in their order.
    failed: Vec<(EventId, usize)>,
}

/// What a history says of its calls.
#[derive(Default)]
struct Calls {
    by_first_try: HashMap<EventId, Call>,
    first_tries: HashMap<EventId, EventId>,
    /// The failed tries after which there was to be another one.
    retried: HashSet<EventId>,
}

impl Calls {
    /// Reads an event of the turn `turn`.
    fn read(&mut self, kind: &EventKind, turn: usize) {
        match kind {
            EventKind::TaskScheduled(task) => self.tried(task.event_id, task.first_event_id),
            EventKind::SubOrchestrationInstanceCreated(child) => {
                self.tried(child.event_id, child.first_event_id.unwrap_or(child.event_id));
            }
            EventKind::EntityOperationCalled(sent) => self.tried(sent.event_id, sent.event_id),
            EventKind::TaskCompleted { task_scheduled_id: id, .. }
            | EventKind::SubOrchestrationInstanceCompleted { task_scheduled_id: id, .. }
            | EventKind::EntityOperationCompleted { called_id: id, .. } => {
                self.call_of(*id).into_iter().for_each(|call| call.succeeded = true);
            }
            EventKind::TaskFailed { task_scheduled_id: id, .. }
            | EventKind::SubOrchestrationInstanceFailed { task_scheduled_id: id, .. }
            | EventKind::EntityOperationFailed { called_id: id, .. } => {
                self.call_of(*id).into_iter().for_each(|call| call.failed.push((*id, turn)));
            }
            EventKind::TimerCreated { failed_try, .. } => self.retried.extend(*failed_try),
            _ => {}
        }
    }

    fn tried(&mut self, id: EventId, first: EventId) {
        self.first_tries.insert(id, first);
        self.by_first_try.entry(first).or_default().last_try = Some(id);
    }

    fn call_of(&mut self, id: EventId) -> Option<&mut Call> {
        self.by_first_try.get_mut(self.first_tries.get(&id)?)
    }

    /// The turn that heard of the first failed try of a call that failed for good.
    fn first_failure(&self) -> Option<usize> {
        let for_good = |call: &&Call| {
            let ended_with = call.failed.last().map(|(id, _)| *id).filter(|id| !self.retried.contains(id));
            !call.succeeded && ended_with.is_some() && ended_with == call.last_try
        };
        let failed = self.by_first_try.values().filter(for_good);
        failed.filter_map(|call| call.failed.first()).map(|(_, turn)| *turn).min()
    }
}

/// The first turn that does not stay.
fn cut(turns: &[Vec<Event>]) -> usize {
    let last = turns.len().saturating_sub(1);
    let mut calls = Calls::default();
    let mut failure: Option<&Failure> = None;
    for (place, event) in turns.iter().enumerate().flat_map(|(n, turn)| turn.iter().map(move |event| (n, event))) {
        calls.read(&event.kind, place);
        if let EventKind::ExecutionCompleted { failure: ended_with, .. } = &event.kind {
            failure = ended_with.as_ref();
        }
    }
    if failure.is_none_or(|failure| failure.kind == Failure::PANIC) {
        return last;
    }
    calls.first_failure().unwrap_or(last)
}

/// The failed execution held the locks of its critical section and lost them with its end: the section is entered again.
fn before_open_section(turns: &[Vec<Event>], cut: usize) -> usize {
    let mut sections: HashMap<EventId, usize> = HashMap::new();
    for (place, event) in turns.iter().take(cut).enumerate().flat_map(|(n, turn)| turn.iter().map(move |e| (n, e))) {
        match &event.kind {
            EventKind::EntityLockRequested { event_id, .. } => {
                sections.insert(*event_id, place);
            }
            EventKind::EntityUnlockSent { lock_requested_id, .. } => {
                sections.remove(lock_requested_id);
            }
            _ => {}
        }
    }
    sections.into_values().min().unwrap_or(cut).min(cut)
}

/// Whether something that was read after the cut is read again: results of actions before `next`, and what came from
/// outside. The verbs of clients have had their effect.
fn stays(kind: &EventKind, next: EventId) -> bool {
    match kind {
        EventKind::ExecutionStarted(_) | EventKind::EventRaised(_) => true,
        EventKind::TaskCompleted { task_scheduled_id: id, .. }
        | EventKind::TimerFired { timer_id: id, .. }
        | EventKind::SubOrchestrationInstanceCompleted { task_scheduled_id: id, .. }
        | EventKind::EntityOperationCompleted { called_id: id, .. }
        | EventKind::EntityLockGranted { lock_requested_id: id } => *id < next,
        EventKind::OrchestratorStarted
        | EventKind::TaskScheduled(_)
        | EventKind::TaskFailed { .. }
        | EventKind::TimerCreated { .. }
        | EventKind::EventSent { .. }
        | EventKind::EntityOperationSignaled(_)
        | EventKind::EntityOperationCalled(_)
        | EventKind::EntityOperationFailed { .. }
        | EventKind::EntityLockRequested { .. }
        | EventKind::EntityUnlockSent { .. }
        | EventKind::SubOrchestrationInstanceCreated(_)
        | EventKind::SubOrchestrationInstanceFailed { .. }
        | EventKind::PatchApplied { .. }
        | EventKind::ContinueAsNew { .. }
        | EventKind::ExecutionRewound { .. }
        | EventKind::ExecutionSuspended { .. }
        | EventKind::ExecutionResumed { .. }
        | EventKind::ExecutionTerminated { .. }
        | EventKind::ExecutionCompleted { .. } => false,
    }
}
