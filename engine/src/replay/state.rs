//! What a run shares with its context: open actions, waiting events, and what the turn has scheduled so far.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use super::expected::Expected;
use super::mismatch::Mismatch;
use super::open::OpenActions;
use super::size;
use crate::clock::Timestamp;
use crate::ids::{EventId, InstanceId};
use crate::model::{Answer, EventKind, ExecutionStarted, Payload, Raised, RewoundExecution};

/// The state behind a context, shared by its clones and by the futures it gave out.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<State>>);

impl Shared {
    pub(super) fn new(started: ExecutionStarted) -> Self {
        Self(Arc::new(Mutex::new(State::new(started))))
    }

    /// Never hold this while calling a waker: waking may drop futures, which lock again.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the next execution begins with.
pub(super) struct Next {
    pub(super) input: Payload,
    /// Another version than the present one.
    pub(super) version: Option<Arc<str>>,
}

pub(super) struct State {
    pub(super) started: ExecutionStarted,
    /// Bytes of `started`, of the code's future and of what the code was given: see [`super::size`].
    pub(super) begun_with: usize,
    pub(super) future: usize,
    pub(super) given: usize,
    pub(super) now: Timestamp,
    pub(super) replaying: bool,
    /// Whether the code is being polled: only then has dropping a future an effect. Evicting a run has none.
    pub(super) polling: bool,
    pub(super) open: OpenActions,
    pub(super) events: BTreeMap<String, super::actions::EventQueue>,
    pub(super) sections: super::actions::Sections,
    pub(super) cancelled_tasks: Vec<EventId>,
    pub(super) cancelled_timers: Vec<EventId>,
    pub(super) terminated_children: Vec<(EventId, InstanceId)>,
    pub(super) custom_status: Option<Payload>,
    /// What the present live turn logged.
    pub(super) log: Vec<(tracing::Level, String)>,
    pub(super) next: Option<Next>,
    pub(super) mismatch: Option<Mismatch>,
    /// Actions of the present live turn.
    pub(super) scheduled: Vec<EventKind>,
    /// What the history holds for the turn being replayed.
    pub(super) expected: Expected,
    /// Which patches the execution has met, and whether they apply to it.
    patches: BTreeMap<Arc<str>, bool>,
    /// The executions that this one continues after a rewind.
    pub(super) continues: Vec<RewoundExecution>,
    next_event_id: u32,
    derived: u64,
}

impl State {
    fn new(started: ExecutionStarted) -> Self {
        Self {
            begun_with: size::of_start(&started),
            started,
            future: 0,
            given: 0,
            now: Timestamp::default(),
            replaying: false,
            polling: false,
            open: OpenActions::default(),
            events: BTreeMap::new(),
            sections: super::actions::Sections::default(),
            cancelled_tasks: Vec::new(),
            cancelled_timers: Vec::new(),
            terminated_children: Vec::new(),
            custom_status: None,
            log: Vec::new(),
            next: None,
            mismatch: None,
            scheduled: Vec::new(),
            expected: Expected::default(),
            patches: BTreeMap::new(),
            continues: Vec::new(),
            next_event_id: 0,
            derived: 0,
        }
    }

    /// Schedules the action that `make` builds from its number. While replaying, compares it with the history instead.
    pub(super) fn schedule(&mut self, make: impl FnOnce(EventId) -> EventKind) -> EventId {
        let id = EventId(self.next_event_id);
        self.next_event_id += 1;
        let action = make(id);
        if self.replaying {
            let mismatch = self.expected.compare(&action, &self.started.version);
            self.mismatch = self.mismatch.take().or(mismatch);
        } else {
            self.scheduled.push(action);
        }
        id
    }

    /// Ends the replay. What the code cancelled on its way was cancelled when the turns were committed.
    pub(super) fn end_replay(&mut self) {
        self.replaying = false;
        self.cancelled_tasks.clear();
        self.cancelled_timers.clear();
        self.terminated_children.clear();
    }

    /// Whether the code as it is since the patch `name` applies to this execution. It does when the execution gets here
    /// for the first time, which is recorded, and when that is in the history. The first answer counts for all later ones.
    pub(super) fn patched(&mut self, name: &str) -> bool {
        if let Some(&applies) = self.patches.get(name) {
            return applies;
        }
        let applies = !self.replaying || self.expected.next_is_patch(name);
        if applies {
            self.schedule(|event_id| EventKind::PatchApplied { event_id, name: name.into() });
        }
        self.patches.insert(name.into(), applies);
        applies
    }

    /// Steps over the record of a patch, if the history has it here.
    pub(super) fn step_over_patch(&mut self, name: &str) {
        if self.replaying && !self.patches.contains_key(name) && self.expected.next_is_patch(name) {
            self.patched(name);
        }
    }

    /// Whether an answer is for an action of this execution, or for one that it shares with an execution that it continues.
    pub(super) fn is_addressed(&self, answer: &Answer) -> bool {
        self.started.execution == answer.execution
            || self.continues.iter().any(|old| old.shares(answer.execution, answer.event_id))
    }

    /// An id that every replay derives again; `purpose` keeps kinds of ids apart.
    pub(super) fn derive(&mut self, purpose: &str) -> Uuid {
        // After a rewind the ids of what was dropped are taken.
        let name = match self.continues.len() {
            0 => format!("{purpose}/{}", self.derived),
            rewinds => format!("{purpose}/{}/{rewinds}", self.derived),
        };
        self.derived += 1;
        Uuid::new_v5(&self.started.seed, name.as_bytes())
    }

    /// Whether something could move the code that has no row of the instance's own.
    pub(super) fn awaits_outside(&self) -> bool {
        self.open.awaited_outside() > 0 || self.events.values().any(super::actions::EventQueue::has_waiters)
    }

    /// A number from 0 to 1 that belongs to the action `id` alone: taking it changes nothing that is derived elsewhere, so that a
    /// policy of code in flight may be given some jitter.
    pub(super) fn derive_fraction(&self, id: EventId) -> f64 {
        let (high, _) = Uuid::new_v5(&self.started.seed, format!("fraction/{id}").as_bytes()).as_u64_pair();
        f64::from(u32::try_from(high >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
    }

    /// Whether any event could still move the code.
    pub(super) fn waits_for_something(&self) -> bool {
        self.open.awaited() > 0 || self.events.values().any(super::actions::EventQueue::has_waiters)
    }

    /// Notes that the children that have not answered are to be terminated.
    pub(super) fn terminate_children(&mut self) {
        let children = self.open.children().map(|(action, child)| (action, child.clone()));
        self.terminated_children.extend(children);
    }

    /// External events that were received and not used, oldest first within each name.
    pub(super) fn take_unused_events(&mut self) -> Vec<Raised> {
        std::mem::take(&mut self.events).into_values().flat_map(super::actions::EventQueue::into_unused).collect()
    }
}
