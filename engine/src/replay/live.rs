//! A run kept in memory, and the one loop through which history and new messages reach it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::code::{Code, Run};
use super::context::OrchestrationContext;
use super::expected::{RecordedTurn, Strictness};
use super::mismatch::Mismatch;
use super::open::Waits;
use super::outcome::{End, Outcome};
use super::rewind::Rewind;
use super::size;
use super::state::{Next, Shared};
use super::wake::WakeFlag;
use crate::clock::Timestamp;
use crate::ids::{EventId, InstanceId, MessageId, Sequence};
use crate::model::{Event, EventKind, ExecutionStarted, Failure, Message, Payload, RewoundExecution};

/// An execution in memory. After an error, or after a commit that failed, it is to be dropped and rebuilt from the history.
pub struct Live {
    code: Arc<dyn Code>,
    pub(super) shared: Shared,
    wake: Arc<WakeFlag>,
    pub(super) run: Option<Run>,
    pub(super) next_sequence: u32,
    pub(super) suspended: bool,
    pub(super) end: Option<End>,
    pub(super) left_up_to: MessageId,
    /// What the first turn takes over from an execution that this one continues.
    pub(super) rewound: Option<Rewind>,
}

impl Live {
    /// An execution that has not begun: its first messages hold its start.
    pub fn begin(code: Arc<dyn Code>, started: &ExecutionStarted) -> Self {
        let shared = Shared::new(started.clone());
        Self {
            code,
            shared,
            wake: Arc::default(),
            run: None,
            next_sequence: 0,
            suspended: false,
            end: None,
            left_up_to: MessageId(0),
            rewound: None,
        }
    }

    /// Takes the code through `history` (not empty) to where it stands now. Another input of an action is a warning.
    pub fn replay(code: Arc<dyn Code>, history: Vec<Event>) -> Result<Self, Mismatch> {
        Self::replay_as(code, history, Strictness::Lenient)
    }

    /// Takes the code through `history` (not empty), comparing as strictly as told.
    pub fn replay_as(code: Arc<dyn Code>, history: Vec<Event>, strictness: Strictness) -> Result<Self, Mismatch> {
        let started = history.iter().find_map(|event| match &event.kind {
            EventKind::ExecutionStarted(started) => Some(started.clone()),
            _ => None,
        });
        let started = started.ok_or(Mismatch::Damaged { sequence: Sequence(0), reason: "it has no start" })?;
        let mut live = Self::begin(code, &started);
        live.wake.set_in_turn(true);
        {
            let mut state = live.shared.lock();
            state.replaying = true;
            state.expected.strictness = strictness;
        }
        let mut rest = history.into_iter().peekable();
        while rest.peek().is_some() {
            let mut turn = RecordedTurn::default();
            while let Some(event) =
                rest.next_if(|event| turn.len() == 0 || event.kind != EventKind::OrchestratorStarted)
            {
                turn.push(event);
            }
            live.replay_turn(turn)?;
        }
        live.shared.lock().end_replay();
        live.wake.set_in_turn(false);
        Ok(live)
    }

    /// Takes the code to where an execution that failed is continued. Its first messages hold the word to do so.
    pub fn rewind(code: Arc<dyn Code>, mut rewind: Rewind, strictness: Strictness) -> Result<Self, Mismatch> {
        let damaged = || Mismatch::Damaged { sequence: Sequence(0), reason: "it has no start" };
        let started = rewind.started.clone().ok_or_else(damaged)?;
        let mut live = match rewind.copied.is_empty() {
            true => Self::begin(code, &started),
            false => Self::replay_as(code, rewind.copied.clone(), strictness)?,
        };
        rewind.custom_status = live.shared.lock().custom_status.take();
        live.rewound = Some(rewind);
        Ok(live)
    }

    /// An execution whose code is unknown or disagrees with `history` (which may be empty): it can be told to end, and
    /// nothing else.
    pub fn without_code(started: &ExecutionStarted, history: &[Event]) -> Self {
        let mut live = Self::begin(Arc::new(NoCode), started);
        live.next_sequence = u32::try_from(history.len()).unwrap_or(u32::MAX);
        let mut state = live.shared.lock();
        for event in history {
            state.sections.follow(&event.kind);
            match &event.kind {
                EventKind::OrchestratorStarted => state.now = event.at,
                EventKind::SubOrchestrationInstanceCreated(child) if !child.detached => {
                    state.open.insert(child.event_id, Waits::Child, Some(child.instance.clone()));
                }
                EventKind::SubOrchestrationInstanceCompleted { task_scheduled_id, .. }
                | EventKind::SubOrchestrationInstanceFailed { task_scheduled_id, .. } => {
                    state.open.remove(*task_scheduled_id);
                }
                _ => {}
            }
        }
        drop(state);
        live
    }

    /// Runs one turn at `now` over `messages`, which are in the order of the inbox with a start message first.
    pub fn advance(&mut self, now: Timestamp, messages: Vec<(MessageId, Message)>) -> Result<Outcome, Mismatch> {
        if self.wake.was_foreign() && !messages.iter().any(|(_, message)| message.is_terminate()) {
            return Err(Mismatch::NotTheEngines);
        }
        self.wake.set_in_turn(true);
        let now = {
            let mut state = self.shared.lock();
            state.custom_status = None;
            state.now = now.max(state.now);
            state.now
        };
        let mut recorded = Vec::new();
        let mut outcome = Outcome { now, ..Outcome::default() };
        self.deliver_all(messages, &mut recorded, &mut outcome)?;
        self.wake.set_in_turn(false);
        if self.is_stuck() {
            return Err(Mismatch::NotTheEngines);
        }
        self.conclude(recorded, &mut outcome);
        self.reopen(&mut outcome);
        Ok(outcome)
    }

    /// How the execution began.
    pub fn started(&self) -> ExecutionStarted {
        self.shared.lock().started.clone()
    }

    /// Whether the instance is suspended.
    pub fn is_suspended(&self) -> bool {
        self.suspended
    }

    /// The last message that was left in the inbox for want of a resume, which can only stand behind it.
    pub fn left_up_to(&self) -> MessageId {
        self.left_up_to
    }

    /// How the execution ended, if it did.
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// What the code said of itself in this execution, as far as it was replayed.
    pub fn custom_status(&self) -> Option<Payload> {
        self.shared.lock().custom_status.clone()
    }

    /// How many actions have no answer that the code has taken, those included for which nobody waits any more.
    pub fn open_actions(&self) -> usize {
        self.shared.lock().open.len()
    }

    /// How many events the history has, those of the last turn included.
    pub fn history_len(&self) -> u32 {
        self.next_sequence
    }

    /// The children that have not answered: the actions that started them, and their ids.
    pub fn open_children(&self) -> Vec<(EventId, InstanceId)> {
        self.shared.lock().open.children().map(|(action, child)| (action, child.clone())).collect()
    }

    fn replay_turn(&mut self, turn: RecordedTurn) -> Result<(), Mismatch> {
        let turn_end = Sequence(self.next_sequence + u32::try_from(turn.len()).unwrap_or(u32::MAX));
        self.shared.lock().expected.begin(turn.actions, turn_end);
        for event in turn.read {
            if let EventKind::OrchestratorStarted = event.kind {
                self.shared.lock().now = event.at;
            }
            self.deliver(&event.kind)?;
        }
        self.next_sequence = turn_end.0;
        let mut state = self.shared.lock();
        let version = Arc::clone(&state.started.version);
        state.expected.finish(turn.end.as_ref(), self.end.as_ref(), &version).map_or(Ok(()), Err)
    }

    /// Delivers one event and polls the code until it is quiet.
    pub(super) fn deliver(&mut self, event: &EventKind) -> Result<(), Mismatch> {
        self.shared.lock().given += size::given_by(event);
        let wakers = match event {
            EventKind::ExecutionStarted(started) => {
                self.run = Some(self.begin_code(started.input.clone()));
                self.wake.set();
                None
            }
            EventKind::EventRaised(raised) => self.shared.lock().raise(raised.clone()),
            EventKind::TaskCompleted { task_scheduled_id, result } => {
                self.answer(*task_scheduled_id, Waits::Task, Ok(result.clone()))
            }
            EventKind::TaskFailed { task_scheduled_id, failure } => {
                self.answer(*task_scheduled_id, Waits::Task, Err(failure.clone()))
            }
            EventKind::TimerFired { timer_id, .. } => self.answer(*timer_id, Waits::Timer, Ok(Payload::null())),
            EventKind::SubOrchestrationInstanceCompleted { task_scheduled_id, result } => {
                self.answer(*task_scheduled_id, Waits::Child, Ok(result.clone()))
            }
            EventKind::SubOrchestrationInstanceFailed { task_scheduled_id, failure } => {
                self.answer(*task_scheduled_id, Waits::Child, Err(failure.clone()))
            }
            EventKind::EntityOperationCompleted { called_id, result } => {
                self.answer(*called_id, Waits::Operation, Ok(result.clone()))
            }
            EventKind::EntityOperationFailed { called_id, failure } => {
                self.answer(*called_id, Waits::Operation, Err(failure.clone()))
            }
            EventKind::EntityLockGranted { lock_requested_id } => self.shared.lock().grant(*lock_requested_id),
            EventKind::ExecutionSuspended { .. } | EventKind::ExecutionResumed { .. } => {
                self.suspended = matches!(event, EventKind::ExecutionSuspended { .. });
                None
            }
            EventKind::ExecutionRewound { continues, .. } => {
                self.shared.lock().continues.clone_from(continues);
                None
            }
            EventKind::ExecutionTerminated { reason } => {
                self.end = Some(End::Terminated(reason.clone()));
                None
            }
            _ => None,
        };
        if let Some(waker) = wakers {
            waker.wake();
        }
        self.poll_until_quiet()
    }

    /// A run of the code, which begins inside of its first poll, where a panic is caught.
    fn begin_code(&self, input: Payload) -> Run {
        let (code, shared) = (Arc::clone(&self.code), self.shared.clone());
        Box::pin(async move {
            let run = code.begin(OrchestrationContext(shared.clone()), input);
            shared.lock().future = size_of_val(&*run);
            run.await
        })
    }

    fn answer(&self, id: EventId, waits: Waits, answer: Result<Payload, Failure>) -> Option<Waker> {
        self.shared.lock().open.answer(id, waits, answer)
    }

    fn poll_until_quiet(&mut self) -> Result<(), Mismatch> {
        while self.end.is_none() && self.wake.take() {
            let Some(run) = self.run.as_mut() else { return Ok(()) };
            let waker = self.wake.waker();
            self.shared.lock().polling = true;
            let polled = catch_unwind(AssertUnwindSafe(|| run.as_mut().poll(&mut Context::from_waker(&waker))));
            let mut state = self.shared.lock();
            state.polling = false;
            if let Some(mismatch) = state.mismatch.take() {
                return Err(mismatch);
            }
            let next = state.next.take();
            drop(state);
            self.end = match (next, polled) {
                (Some(Next { input, version }), _) => Some(End::ContinuedAsNew { input, version, carried: Vec::new() }),
                (None, Ok(Poll::Pending)) => None,
                (None, Ok(Poll::Ready(Ok(output)))) => Some(End::Completed(output)),
                (None, Ok(Poll::Ready(Err(failure)))) => Some(End::Failed(failure)),
                (None, Err(panic)) => Some(End::Failed(Failure::from_panic(&*panic))),
            };
        }
        if self.end.is_some() {
            self.run = None;
        }
        Ok(())
    }

    /// Whether the code waits although no event can ever reach it.
    fn is_stuck(&self) -> bool {
        self.run.is_some() && self.end.is_none() && !self.shared.lock().waits_for_something()
    }

    /// Notes which actions of the copied turns wait for a result that nobody is about to give.
    fn reopen(&self, outcome: &mut Outcome) {
        if self.end.is_some() {
            return;
        }
        let state = self.shared.lock();
        let is_open = |kind: &EventKind| match kind {
            EventKind::TaskScheduled(task) => state.open.expects(task.event_id, Waits::Task),
            EventKind::TimerCreated { event_id, .. } => state.open.expects(*event_id, Waits::Timer),
            EventKind::SubOrchestrationInstanceCreated(child) => state.open.is_awaited(child.event_id),
            // The entity may have the call of the old execution: one whose result nobody wants need not be seen to.
            EventKind::EntityOperationCalled(sent) => state.open.is_awaited(sent.event_id),
            _ => false,
        };
        let copied = outcome.copied.iter().map(|event| &event.kind);
        outcome.reopened = copied.filter(|kind| is_open(kind)).cloned().collect();
    }

    /// The executions that this one continues after a rewind.
    pub fn continues(&self) -> Vec<RewoundExecution> {
        self.shared.lock().continues.clone()
    }

    /// Numbers the turn's events and says how the turn leaves the execution.
    fn conclude(&mut self, mut recorded: Vec<EventKind>, outcome: &mut Outcome) {
        let mut state = self.shared.lock();
        recorded.append(&mut state.scheduled);
        outcome.cancelled_tasks = std::mem::take(&mut state.cancelled_tasks);
        outcome.cancelled_timers = std::mem::take(&mut state.cancelled_timers);
        outcome.terminated_children = std::mem::take(&mut state.terminated_children);
        outcome.custom_status = state.custom_status.take().or(outcome.custom_status.take());
        outcome.log = std::mem::take(&mut state.log);
        outcome.suspended = self.suspended;
        outcome.awaits_outside = state.awaits_outside();
        if let Some(end) = &mut self.end {
            if let End::ContinuedAsNew { carried, .. } = end {
                *carried = state.take_unused_events();
            }
            outcome.unlocks = state.sections.take_all();
            recorded.push(end.to_event());
            outcome.end = Some(end.clone());
        }
        drop(state);
        if recorded.is_empty() {
            return;
        }
        let kinds = std::iter::once(EventKind::OrchestratorStarted).chain(recorded);
        outcome.events = kinds
            .zip(self.next_sequence..)
            .map(|(kind, n)| Event { sequence: Sequence(n), at: outcome.now, kind })
            .collect();
        self.next_sequence += u32::try_from(outcome.events.len()).unwrap_or(u32::MAX);
    }
}

/// Code that never does anything.
struct NoCode;

impl Code for NoCode {
    fn begin(&self, _context: OrchestrationContext, _input: Payload) -> Run {
        Box::pin(std::future::pending())
    }
}
