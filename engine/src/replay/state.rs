//! What a run shares with its context: open actions, waiting events, and what the turn has scheduled so far.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use uuid::Uuid;

use super::mismatch::{Mismatch, describe};
use crate::clock::Timestamp;
use crate::ids::{EventId, Sequence};
use crate::model::{Event, EventKind, ExecutionStarted, Failure, Payload, Raised};
use crate::observe::count_changed_input;
use crate::observe::names::field;

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

/// What kind of action waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waits {
    Task,
    Timer,
    Child,
}

/// An action whose answer has not been taken by the code.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) waits: Waits,
    pub(super) answer: Option<Result<Payload, Failure>>,
    pub(super) waker: Option<Waker>,
    /// Nobody waits any more; the answer is recorded and ignored.
    pub(super) forgotten: bool,
}

pub(super) struct State {
    pub(super) started: ExecutionStarted,
    pub(super) now: Timestamp,
    pub(super) replaying: bool,
    /// Whether the code is being polled: only then has dropping a future an effect. Evicting a run has none.
    pub(super) polling: bool,
    pub(super) open: BTreeMap<EventId, Open>,
    pub(super) events: BTreeMap<String, super::actions::EventQueue>,
    pub(super) cancelled_tasks: Vec<EventId>,
    pub(super) cancelled_timers: Vec<EventId>,
    pub(super) custom_status: Option<Payload>,
    /// What the present live turn logged.
    pub(super) log: Vec<(tracing::Level, String)>,
    pub(super) next_input: Option<Payload>,
    pub(super) mismatch: Option<Mismatch>,
    /// Actions of the present live turn.
    pub(super) scheduled: Vec<EventKind>,
    /// Actions that the history holds for the turn being replayed.
    expected: VecDeque<Event>,
    /// The first event after that turn.
    turn_end: Sequence,
    next_event_id: u32,
    derived: u64,
}

impl State {
    fn new(started: ExecutionStarted) -> Self {
        Self {
            started,
            now: Timestamp::default(),
            replaying: false,
            polling: false,
            open: BTreeMap::new(),
            events: BTreeMap::new(),
            cancelled_tasks: Vec::new(),
            cancelled_timers: Vec::new(),
            custom_status: None,
            log: Vec::new(),
            next_input: None,
            mismatch: None,
            scheduled: Vec::new(),
            expected: VecDeque::new(),
            turn_end: Sequence(0),
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
            self.compare(&action);
        } else {
            self.scheduled.push(action);
        }
        id
    }

    /// Opens the wait for the answer to `id`.
    pub(super) fn open(&mut self, id: EventId, waits: Waits) {
        self.open.insert(id, Open { waits, answer: None, waker: None, forgotten: false });
    }

    /// Begins the replay of a turn that recorded `actions` and ended before `turn_end`.
    pub(super) fn expect(&mut self, actions: VecDeque<Event>, turn_end: Sequence) {
        self.expected = actions;
        self.turn_end = turn_end;
    }

    /// Ends the replay of a turn: everything it recorded must have been scheduled again.
    pub(super) fn expectation_left(&mut self) -> Option<Mismatch> {
        let version = self.started.version.to_string();
        let left = self.expected.pop_front()?;
        Some(Mismatch::Missing { sequence: left.sequence, expected: describe(&left.kind), version })
    }

    /// An id that every replay derives again; `purpose` keeps kinds of ids apart.
    pub(super) fn derive(&mut self, purpose: &str) -> Uuid {
        let name = format!("{purpose}/{}", self.derived);
        self.derived += 1;
        Uuid::new_v5(&self.started.seed, name.as_bytes())
    }

    /// Records the answer to `id`; gives the waker of who waits. `None` in the outer option: nobody asked.
    pub(super) fn answer(
        &mut self,
        id: EventId,
        waits: Waits,
        answer: Result<Payload, Failure>,
    ) -> Option<Option<Waker>> {
        let open = self.open.get_mut(&id).filter(|open| open.waits == waits && open.answer.is_none())?;
        if open.forgotten {
            self.open.remove(&id);
            return Some(None);
        }
        open.answer = Some(answer);
        Some(open.waker.take())
    }

    /// Whether the answer to `id` is still awaited or at least to be recorded.
    pub(super) fn expects(&self, id: EventId, waits: Waits) -> bool {
        self.open.get(&id).is_some_and(|open| open.waits == waits && open.answer.is_none())
    }

    /// Whether any event could still move the code.
    pub(super) fn waits_for_something(&self) -> bool {
        self.open.values().any(|open| !open.forgotten)
            || self.events.values().any(super::actions::EventQueue::has_waiters)
    }

    /// External events that were received and not used, oldest first within each name.
    pub(super) fn take_unused_events(&mut self) -> Vec<Raised> {
        std::mem::take(&mut self.events).into_values().flat_map(super::actions::EventQueue::into_unused).collect()
    }

    fn compare(&mut self, found: &EventKind) {
        if self.mismatch.is_some() {
            return;
        }
        let version = self.started.version.to_string();
        self.mismatch = match self.expected.pop_front() {
            None => Some(Mismatch::Unexpected { sequence: self.turn_end, found: describe(found), version }),
            Some(event) if describe(&event.kind) == describe(found) => {
                warn_of_other_input(&event, found);
                None
            }
            Some(event) => Some(Mismatch::Different {
                sequence: event.sequence,
                expected: describe(&event.kind),
                found: describe(found),
                version,
            }),
        };
    }
}

/// Another input is no reason to stop: adding an optional field must not strand what is in flight. The stored one counts.
fn warn_of_other_input(recorded: &Event, found: &EventKind) {
    let inputs = match (&recorded.kind, found) {
        (EventKind::TaskScheduled(a), EventKind::TaskScheduled(b)) => Some((&a.input, &b.input)),
        (EventKind::SubOrchestrationInstanceCreated(a), EventKind::SubOrchestrationInstanceCreated(b)) => {
            Some((&a.input, &b.input))
        }
        (EventKind::EventSent { input: a, .. }, EventKind::EventSent { input: b, .. }) => Some((a, b)),
        _ => None,
    };
    if inputs.is_some_and(|(recorded, found)| !recorded.same_value(found)) {
        count_changed_input();
        tracing::warn!(
            { field::EVENT_SEQUENCE } = recorded.sequence.0,
            { field::EVENT_ACTION } = describe(found),
            "the code gives an action another input than the history holds"
        );
    }
}
