//! A bench that runs one execution in memory and replays its history after every turn.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use countersign_engine::ids::{EventId, ExecutionId, MessageId};
use countersign_engine::model::{Answer, ExecutionStarted, Message, Raised, Tags};
use countersign_engine::replay::{Code, End, Live, Mismatch, Outcome, Rewind, Run};
use countersign_engine::{Event, EventKind, Failure, InstanceId, OrchestrationContext, Payload, Strictness, Timestamp};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// Code made of a function from context and JSON input to JSON output.
pub(crate) struct Scripted<F>(pub(crate) F);

impl<F, Fut> Code for Scripted<F>
where
    F: Fn(OrchestrationContext, Value) -> Fut + Send + Sync,
    Fut: Future<Output = Result<Value, Failure>> + Send + 'static,
{
    fn begin(&self, context: OrchestrationContext, input: Payload) -> Run {
        let running = (self.0)(context, input.decode().expect("any JSON is a value"));
        Box::pin(async move { Payload::encode(&running.await?) })
    }
}

/// The code under test, from a closure.
pub(crate) fn code<F, Fut>(function: F) -> Arc<dyn Code>
where
    F: Fn(OrchestrationContext, Value) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Value, Failure>> + Send + 'static,
{
    Arc::new(Scripted(function))
}

/// One execution, fed by hand.
pub(crate) struct Bench {
    code: Arc<dyn Code>,
    live: Live,
    started: ExecutionStarted,
    now: Timestamp,
    next_message: i64,
    pub(crate) history: Vec<Event>,
}

impl Bench {
    /// An execution that has not had its first turn.
    pub(crate) fn new(code: Arc<dyn Code>) -> Self {
        let started = ExecutionStarted {
            instance: InstanceId::parse("bench").expect("a valid id"),
            execution: ExecutionId(Uuid::from_u128(7)),
            name: "Bench".into(),
            version: "".into(),
            input: Payload::null(),
            parent: None,
            tags: Tags::default(),
            scheduled_at: None,
            seed: Uuid::from_u128(7),
            traceparent: None,
        };
        let live = Live::begin(Arc::clone(&code), &started);
        Self { code, live, started, now: Timestamp::from_micros(1_000_000), next_message: 1, history: Vec::new() }
    }

    /// An execution whose first turn has run.
    pub(crate) fn started(code: Arc<dyn Code>) -> Self {
        let mut bench = Self::new(code);
        let start = bench.start_message();
        bench.turn([start]);
        bench
    }

    pub(crate) fn start_message(&self) -> Message {
        Message::Start { started: Box::new(self.started.clone()), carried: Vec::new() }
    }

    /// Runs a turn over `messages`, and replays the history that it leads to.
    pub(crate) fn turn(&mut self, messages: impl IntoIterator<Item = Message>) -> Outcome {
        let outcome = self.try_turn(messages).expect("the turn is deterministic");
        let replayed = Live::replay_as(Arc::clone(&self.code), self.history.clone(), Strictness::Strict);
        let replayed = replayed.unwrap_or_else(|mismatch| panic!("replay of {:#?}: {mismatch}", self.history));
        assert_eq!(replayed.end().map(without_carried), self.live.end().map(without_carried), "replay leads elsewhere");
        outcome
    }

    /// Runs a turn without replaying the history, for many turns on a long one.
    pub(crate) fn quick_turn(&mut self, messages: impl IntoIterator<Item = Message>) -> Outcome {
        self.try_turn(messages).expect("the turn is deterministic")
    }

    pub(crate) fn try_turn(&mut self, messages: impl IntoIterator<Item = Message>) -> Result<Outcome, Mismatch> {
        let numbered = messages.into_iter().map(|message| {
            self.next_message += 1;
            (MessageId(self.next_message), message)
        });
        let outcome = self.live.advance(self.now, numbered.collect::<Vec<_>>())?;
        self.history.extend(outcome.copied.iter().chain(&outcome.events).cloned());
        Ok(outcome)
    }

    /// Drops the run from memory and rebuilds it from the history, as after an eviction or a crash.
    pub(crate) fn evict(&mut self) {
        self.live = Live::replay(Arc::clone(&self.code), self.history.clone()).expect("the history replays");
    }

    /// Continues the failed execution in another one, whose first turn it runs.
    pub(crate) fn rewind(&mut self) -> Outcome {
        let execution = ExecutionId(Uuid::from_u128(self.started.execution.0.as_u128() + 1));
        let rewind = Rewind::of(std::mem::take(&mut self.history), execution, None);
        let live = Live::rewind(Arc::clone(&self.code), rewind, Strictness::Strict);
        self.live = live.expect("the turns that stay replay");
        self.started.execution = execution;
        self.turn([Message::Rewind { reason: None, from: 1, parent: None }])
    }

    /// Goes on with other code, from the history.
    pub(crate) fn rebuild(&mut self, code: Arc<dyn Code>) {
        self.code = code;
        self.evict();
    }

    /// Replays the history against other code, with other inputs as mismatches.
    pub(crate) fn replay_strictly_against(&self, code: Arc<dyn Code>) -> Result<(), Mismatch> {
        Live::replay_as(code, self.history.clone(), Strictness::Strict).map(|_| ())
    }

    /// Replays the history against other code.
    pub(crate) fn replay_against(&self, code: Arc<dyn Code>) -> Result<(), Mismatch> {
        Live::replay(code, self.history.clone()).map(|_| ())
    }

    pub(crate) fn pass(&mut self, duration: Duration) {
        self.now = self.now + duration;
    }

    /// Sets the clock back, as an operator or another machine's clock does.
    pub(crate) fn set_back(&mut self, duration: Duration) {
        self.now = self.now - duration;
    }

    /// How much memory the run says it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.live.bytes()
    }

    pub(crate) fn end(&self) -> Option<&End> {
        self.live.end()
    }

    /// The output, decoded.
    pub(crate) fn output(&self) -> Value {
        match self.end() {
            Some(End::Completed(output)) => output.decode().expect("any JSON is a value"),
            other => panic!("not completed: {other:?}"),
        }
    }

    pub(crate) fn failure(&self) -> &Failure {
        match self.end() {
            Some(End::Failed(failure)) => failure,
            other => panic!("not failed: {other:?}"),
        }
    }

    pub(crate) fn done(&self, event_id: u32, result: impl Serialize) -> Message {
        self.answer(event_id, Ok(Payload::encode(&result).expect("serialisable")))
    }

    pub(crate) fn failed(&self, event_id: u32, failure: Failure) -> Message {
        self.answer(event_id, Err(failure))
    }

    pub(crate) fn child_done(&self, event_id: u32, result: impl Serialize) -> Message {
        self.child_ended(event_id, Ok(Payload::encode(&result).expect("serialisable")))
    }

    pub(crate) fn child_ended(&self, event_id: u32, result: Result<Payload, Failure>) -> Message {
        Message::ChildDone(Answer { execution: self.started.execution, event_id: EventId(event_id), result })
    }

    /// The answer of an entity to the call `event_id`.
    pub(crate) fn operation_done(&self, event_id: u32, result: Result<i64, Failure>) -> Message {
        let result = result.map(|output| Payload::encode(&output).expect("serialisable"));
        Message::OperationDone(Answer { execution: self.started.execution, event_id: EventId(event_id), result })
    }

    /// The locks that the action `event_id` asked for.
    pub(crate) fn granted(&self, event_id: u32) -> Message {
        Message::LockGranted { execution: self.started.execution, event_id: EventId(event_id) }
    }

    pub(crate) fn child_failed(&self, event_id: u32, failure: Failure) -> Message {
        let execution = self.started.execution;
        Message::ChildDone(Answer { execution, event_id: EventId(event_id), result: Err(failure) })
    }

    pub(crate) fn fired(&self, event_id: u32) -> Message {
        Message::TimerFired { execution: self.started.execution, event_id: EventId(event_id), fire_at: self.now }
    }

    fn answer(&self, event_id: u32, result: Result<Payload, Failure>) -> Message {
        Message::TaskDone(Answer { execution: self.started.execution, event_id: EventId(event_id), result })
    }
}

pub(crate) fn raised(name: &str, value: impl Serialize) -> Message {
    Message::Raise(Raised { name: name.into(), input: Payload::encode(&value).expect("serialisable") })
}

/// The names of the events that `outcome` recorded.
pub(crate) fn names(outcome: &Outcome) -> Vec<&'static str> {
    outcome.events.iter().map(|event| event.kind.name()).collect()
}

/// The numbers of the actions that `outcome` scheduled.
pub(crate) fn scheduled(outcome: &Outcome) -> Vec<u32> {
    let ids = outcome.events.iter().filter_map(|event| match &event.kind {
        EventKind::TaskScheduled(task) => Some(task.event_id.0),
        EventKind::TimerCreated { event_id, .. } => Some(event_id.0),
        EventKind::SubOrchestrationInstanceCreated(child) => Some(child.event_id.0),
        EventKind::EntityOperationSignaled(sent) | EventKind::EntityOperationCalled(sent) => Some(sent.event_id.0),
        EventKind::EntityLockRequested { event_id, .. } | EventKind::EntityUnlockSent { event_id, .. } => {
            Some(event_id.0)
        }
        _ => None,
    });
    ids.collect()
}

fn without_carried(end: &End) -> End {
    match end {
        End::ContinuedAsNew { input, version, .. } => {
            End::ContinuedAsNew { input: input.clone(), version: version.clone(), carried: Vec::new() }
        }
        other => other.clone(),
    }
}
