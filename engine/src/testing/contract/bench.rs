//! What the contract's tests stand on: a store, the node that works on it, and short forms of the calls.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::clock::{Clock, SystemClock, Timestamp};
use crate::ids::{EventId, ExecutionId, InstanceId, InstanceKey, MessageId, NodeId, Sequence, TaskId};
use crate::model::{
    Answer, Blocked, Event, EventKind, ExecutionStarted, Message, ParentLink, Payload, Raised, RuntimeStatus, Tags,
    Task, TaskScheduled, TaskTimeouts,
};
use crate::store::sql::TRANSACTION_BUDGET;
use crate::store::{
    Claim, Committed, Ending, InstanceRecord, Later, Outgoing, Recovered, Store, StoreError, TaskRecord, TurnCommit,
    Unfinished,
};

/// Where a test's database lies. Opening it again, after the store of before was dropped, gives the same data.
#[async_trait]
pub trait Place: Send + Sync + 'static {
    /// Opens the database; transactions may last for `budget`.
    async fn open(&self, budget: Duration) -> Arc<dyn Store>;
}

/// A store and the node that works on it.
pub struct Bench {
    place: Box<dyn Place>,
    store: Option<Arc<dyn Store>>,
    /// The node that works.
    pub node: NodeId,
}

impl Bench {
    /// Opens the database at `place` and starts a node on it.
    pub async fn new(place: impl Place) -> Self {
        let mut bench = Self { place: Box::new(place), store: None, node: new_node() };
        bench.restart_process().await;
        bench
    }

    /// The store.
    pub fn store(&self) -> &dyn Store {
        &**self.store.as_ref().expect("a bench is open between two restarts")
    }

    /// Closes the database and opens it again, with a new node, as a process does that was killed and started.
    pub async fn restart_process(&mut self) -> Recovered {
        self.reopen(TRANSACTION_BUDGET).await;
        self.start_node().await
    }

    /// Closes the database and opens it again with another budget for transactions.
    pub async fn reopen(&mut self, budget: Duration) {
        drop(self.store.take());
        self.store = Some(self.place.open(budget).await);
    }

    /// Starts another node in the place of the present one.
    pub async fn start_node(&mut self) -> Recovered {
        self.node = new_node();
        self.store().register(self.node, at(0)).await.expect("a node can start");
        self.store().recover(self.node).await.expect("it is registered")
    }

    /// Creates an instance of the orchestration `Work`.
    pub async fn create(&self, name: &str) -> InstanceKey {
        self.try_create(&started(name)).await.expect("the id is free")
    }

    /// Creates an instance.
    pub async fn try_create(&self, started: &ExecutionStarted) -> Result<InstanceKey, StoreError> {
        self.create_at(started, at(1)).await
    }

    /// Creates an instance at a moment.
    pub async fn create_at(&self, started: &ExecutionStarted, now: Timestamp) -> Result<InstanceKey, StoreError> {
        let tx = self.store().begin("create").await?;
        let key = self.store().create(&tx, started, now).await?;
        self.store().commit_transaction(tx).await?;
        Ok(key)
    }

    /// Starts an instance in the place of another one, in a transaction of its own.
    pub async fn replace(
        &self,
        started: &ExecutionStarted,
        unfinished: Unfinished,
    ) -> Result<Vec<InstanceKey>, StoreError> {
        let tx = self.store().begin("replace").await?;
        self.store().replace(&tx, started, unfinished, at(3)).await?;
        self.store().commit_transaction(tx).await
    }

    /// Creates an instance and takes its lease.
    pub async fn claimed(&self, name: &str) -> Claim {
        let key = self.create(name).await;
        self.claim(key).await
    }

    /// Creates an instance, takes its lease and commits a first turn that reads the start message.
    pub async fn begun(&self, name: &str) -> Claim {
        let claim = self.claimed(name).await;
        let turn = TurnCommit { consumed: self.unread(claim.key).await, ..turn(&claim, 0) };
        self.commit(turn).await;
        claim
    }

    /// Takes the lease, which must be free or held already.
    pub async fn claim(&self, key: InstanceKey) -> Claim {
        self.store().claim(self.node, key).await.expect("the store answers").expect("the lease is free")
    }

    /// Commits a turn that must succeed.
    pub async fn commit(&self, turn: TurnCommit) -> Committed {
        self.store().commit(turn).await.expect("the turn can be committed")
    }

    /// Ends an instance with the output `"done"`.
    pub async fn finish(&self, claim: &Claim, sequence: u32) -> Committed {
        self.commit(TurnCommit { ending: finished(None), ..turn(claim, sequence) }).await
    }

    /// Puts a message into an inbox, in a transaction of its own.
    pub async fn send(&self, name: &str, message: Message) -> Result<Vec<InstanceKey>, StoreError> {
        let tx = self.store().begin("send").await?;
        self.store().send(&tx, &id(name), &message, at(2)).await?;
        self.store().commit_transaction(tx).await
    }

    /// Puts a message into an inbox at a later moment, in a transaction of its own.
    pub async fn send_later(&self, name: &str, message: Message, later: Later) -> Result<Vec<InstanceKey>, StoreError> {
        let tx = self.store().begin("send_later").await?;
        self.store().send_later(&tx, &id(name), &message, later).await?;
        self.store().commit_transaction(tx).await
    }

    /// Begins a finished instance anew, in a transaction of its own.
    pub async fn restart(&self, name: &str, input: Option<Payload>) -> Result<Vec<InstanceKey>, StoreError> {
        let tx = self.store().begin("restart").await?;
        self.store().restart(&tx, &id(name), input, new_execution(), at(3)).await?;
        self.store().commit_transaction(tx).await
    }

    /// Records a heartbeat of the present node; whether the task was there.
    pub async fn heartbeat(&self, task: TaskId, details: &str, moment: i64) -> bool {
        self.store().heartbeat(self.node, task, &json(details), at(moment)).await.expect("the store answers")
    }

    /// Marks a turn as begun; whether the lease holds.
    pub async fn mark_turn(&self, claim: &Claim) -> bool {
        self.store().mark_turn(claim).await.expect("the store answers")
    }

    /// Marks a task as begun by the present node; whether it was there.
    pub async fn mark(&self, task: &Task) -> bool {
        self.store().mark_task(self.node, task).await.expect("the store answers")
    }

    /// Sets a task of the present node aside; whether it was there.
    pub async fn set_aside(&self, task: &Task, blocked: Blocked) -> bool {
        self.store().set_aside(self.node, task, blocked).await.expect("the store answers")
    }

    /// Has what is blocked tried again, in a transaction of its own.
    pub async fn redrive(&self, name: &str) -> Result<Vec<InstanceKey>, StoreError> {
        let tx = self.store().begin("redrive").await?;
        self.store().redrive(&tx, &id(name), at(8)).await?;
        self.store().commit_transaction(tx).await
    }

    /// The instance's activities that have not ended.
    pub async fn tasks(&self, name: &str) -> Vec<TaskRecord> {
        self.store().list_tasks(None, &id(name)).await.expect("the store answers")
    }

    /// All unread messages.
    pub async fn inbox(&self, key: InstanceKey) -> Vec<Message> {
        self.read(key).await.into_iter().map(|(_, message)| message).collect()
    }

    /// The numbers of all unread messages.
    pub async fn unread(&self, key: InstanceKey) -> Vec<MessageId> {
        self.read(key).await.into_iter().map(|(id, _)| id).collect()
    }

    async fn read(&self, key: InstanceKey) -> Vec<(MessageId, Message)> {
        self.store().inbox(key, MessageId(0), 1_000).await.expect("the inbox can be read")
    }

    /// The instance, which must exist.
    pub async fn record(&self, name: &str) -> InstanceRecord {
        self.store().find(None, &id(name)).await.expect("the store answers").expect("the instance exists")
    }

    /// The instance's visible state.
    pub async fn status(&self, name: &str) -> RuntimeStatus {
        self.record(name).await.status
    }
}

fn new_node() -> NodeId {
    NodeId(SystemClock.new_id())
}

/// A new execution.
pub(super) fn new_execution() -> ExecutionId {
    ExecutionId(SystemClock.new_id())
}

/// The moment `seconds` after the beginning of time.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

/// The instance id of that text.
pub(super) fn id(name: &str) -> InstanceId {
    InstanceId::parse(name).expect("the test's id is valid")
}

/// The JSON text as a payload.
pub(super) fn json(text: &str) -> Payload {
    Payload::from_json(text.to_owned()).expect("the test's text is JSON")
}

/// How an instance of the orchestration `Work` begins.
pub(super) fn started(name: &str) -> ExecutionStarted {
    let execution = new_execution();
    ExecutionStarted {
        instance: id(name),
        execution,
        name: "Work".into(),
        version: "".into(),
        input: json("{\"a\": 1.0}"),
        parent: None,
        tags: Tags::default(),
        scheduled_at: None,
        seed: execution.0,
        traceparent: None,
    }
}

/// The same, filed under tags.
pub(super) fn tagged(name: &str, tags: &[(&str, &str)]) -> ExecutionStarted {
    let file = |all: Tags, (name, value): &(&str, &str)| all.with(*name, *value).expect("the test's tag is short");
    ExecutionStarted { tags: tags.iter().fold(Tags::default(), file), ..started(name) }
}

/// How a child begins that the claim's execution starts by the action `event_id`.
pub(super) fn child(name: &str, parent: &Claim, event_id: u32) -> ExecutionStarted {
    let link =
        ParentLink { instance: parent.instance.clone(), execution: parent.execution, event_id: EventId(event_id) };
    ExecutionStarted { parent: Some(link), ..started(name) }
}

/// A turn that records one event and waits.
pub(super) fn turn(claim: &Claim, sequence: u32) -> TurnCommit {
    TurnCommit { events: vec![event(sequence)], ..TurnCommit::new(claim.clone(), at(10)) }
}

/// The end of an instance with the output `"done"`.
pub(super) fn finished(parent: Option<(InstanceId, Answer)>) -> Ending {
    Ending::Finished { status: RuntimeStatus::Completed, output: Some(json("\"done\"")), failure: None, parent }
}

/// Any event.
pub(super) fn event(sequence: u32) -> Event {
    Event { sequence: Sequence(sequence), at: at(10), kind: EventKind::OrchestratorStarted }
}

/// A call of the activity `Step`.
pub(super) fn task(event_id: u32) -> TaskScheduled {
    let event_id = EventId(event_id);
    TaskScheduled {
        event_id,
        name: "Step".into(),
        input: json("[1]"),
        attempt: 1,
        first_event_id: event_id,
        timeouts: TaskTimeouts::default(),
        last_heartbeat: None,
    }
}

/// An external event.
pub(super) fn raised(name: &str) -> Raised {
    Raised { name: name.into(), input: json("true") }
}

/// An external event for another instance, at once.
pub(super) fn event_to(name: &str, event: &str) -> Outgoing {
    Outgoing { to: id(name), message: Message::Raise(raised(event)), later: None }
}

/// When a message is delivered that waits for the second `seconds`.
pub(super) fn later(seconds: i64) -> Later {
    Later { at: at(seconds), id: SystemClock.new_id() }
}

/// A result `"ok"` for an action of the claim's execution.
pub(super) fn answer(claim: &Claim, event_id: u32) -> Answer {
    Answer { execution: claim.execution, event_id: EventId(event_id), result: Ok(json("\"ok\"")) }
}

/// A client's wish that an instance pauses.
pub(super) fn suspend() -> Message {
    Message::Suspend { reason: None }
}

/// A client's wish that an instance goes on.
pub(super) fn resume() -> Message {
    Message::Resume { reason: None }
}

/// The next execution of the claim's instance, of which `keep` histories stay.
pub(super) fn continued(claim: &Claim, carried: Vec<Raised>, keep: u32) -> Ending {
    let next = ExecutionStarted { input: json("2"), ..started(claim.instance.as_str()) };
    Ending::ContinuedAsNew { next: Box::new(next), carried, keep }
}
