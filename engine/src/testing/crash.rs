//! Stores whose calls have a fate: they fail, or their node dies, at a moment that a test chooses.

use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::ids::{EntityId, ExecutionId, InstanceId, InstanceKey, MessageId, NodeId, ScheduleId, TaskId};
use crate::model::{
    Answer, Blocked, EntityMessage, EntityState, Event, ExecutionStarted, Message, Payload, RuntimeStatus,
    ScheduleRecord, Task,
};
use crate::store::{
    Claim, Cleaned, Committed, DueSchedules, Fired, Later, Overdue, Parent, Recovered, Started, Store, StoreError,
    Transaction, TurnCommit, Undelivered, Unfinished, Vitals, Walk, Walked,
};

/// Decides what becomes of the calls to a store, and sees what those that succeed lead to.
#[async_trait]
pub trait Fate: Send + Sync + 'static {
    /// Before `call` (the method's name) takes effect. An error is what the caller gets; the call does nothing then.
    async fn before(&self, call: &'static str) -> Result<(), StoreError>;

    /// After `call` took effect. An error is what the caller gets in the place of the answer.
    async fn after(&self, call: &'static str) -> Result<(), StoreError>;

    /// A turn was committed under `claim`: as soon as it is durable, whatever its node comes to know of it.
    fn committed(&self, _claim: &Claim, _committed: &Committed) {}

    /// `call` (`inbox` or `load`) read so many messages or events.
    fn read(&self, _call: &'static str, _rows: usize) {}

    /// These instances have new messages: as soon as that is durable, whatever the caller comes to know of it.
    fn touched(&self, _instances: &[InstanceKey]) {}
}

tokio::task_local! {
    static ASIDE: bool;
}

/// Runs `look`, which looks at what is stored and is no part of a scenario: its calls to a [`FatedStore`] have no fate.
/// They are not counted, and find the store at work although the scenario's node has died.
pub(super) async fn aside<T>(look: impl Future<Output = T>) -> T {
    ASIDE.scope(true, look).await
}

/// A store whose calls go through a [`Fate`].
pub struct FatedStore<F> {
    pub(super) inner: Arc<dyn Store>,
    fate: F,
}

impl<F: Fate> FatedStore<F> {
    /// `inner`, as far as `fate` lets its calls through.
    pub fn under(inner: Arc<dyn Store>, fate: F) -> Self {
        Self { inner, fate }
    }

    /// What decides about the calls.
    pub fn fate(&self) -> &F {
        &self.fate
    }

    pub(super) async fn call<T>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        self.watch(name, call, |_| {}).await
    }

    /// The same for a call of which the fate wants to see what it leads to.
    async fn watch<T>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, StoreError>> + Send,
        see: impl FnOnce(&T) + Send,
    ) -> Result<T, StoreError> {
        if ASIDE.try_with(|aside| *aside).unwrap_or(false) {
            return call.await;
        }
        self.fate.before(name).await?;
        let result = call.await;
        if let Ok(value) = &result {
            see(value);
        }
        self.fate.after(name).await?;
        result
    }
}

#[async_trait]
impl<F: Fate> Store for FatedStore<F> {
    async fn register(&self, node: NodeId, now: Timestamp) -> Result<(), StoreError> {
        self.call("register", self.inner.register(node, now)).await
    }

    async fn recover(&self, node: NodeId) -> Result<Recovered, StoreError> {
        self.call("recover", self.inner.recover(node)).await
    }

    async fn retire(&self, node: NodeId) -> Result<(), StoreError> {
        self.call("retire", self.inner.retire(node)).await
    }

    async fn begin(&self, caller: &'static str) -> Result<Transaction, StoreError> {
        self.call("begin", self.inner.begin(caller)).await
    }

    async fn commit_transaction(&self, tx: Transaction) -> Result<Vec<InstanceKey>, StoreError> {
        let see = |touched: &Vec<InstanceKey>| self.fate.touched(touched);
        self.watch("commit_transaction", self.inner.commit_transaction(tx), see).await
    }

    async fn create(
        &self,
        tx: &Transaction,
        started: &ExecutionStarted,
        now: Timestamp,
    ) -> Result<InstanceKey, StoreError> {
        self.call("create", self.inner.create(tx, started, now)).await
    }

    async fn start(
        &self,
        started: &ExecutionStarted,
        node: Option<NodeId>,
        now: Timestamp,
    ) -> Result<Started, StoreError> {
        let see = |started: &Started| self.fate.touched(&[started.key]);
        self.watch("start", self.inner.start(started, node, now), see).await
    }

    async fn tell(&self, id: &InstanceId, message: &Message, now: Timestamp) -> Result<InstanceKey, StoreError> {
        let see = |key: &InstanceKey| self.fate.touched(&[*key]);
        self.watch("tell", self.inner.tell(id, message, now), see).await
    }

    async fn send(
        &self,
        tx: &Transaction,
        id: &InstanceId,
        message: &Message,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.call("send", self.inner.send(tx, id, message, now)).await
    }

    async fn send_later(
        &self,
        tx: &Transaction,
        id: &InstanceId,
        message: &Message,
        later: Later,
    ) -> Result<(), StoreError> {
        self.call("send_later", self.inner.send_later(tx, id, message, later)).await
    }

    async fn restart(
        &self,
        tx: &Transaction,
        id: &InstanceId,
        input: Option<Payload>,
        execution: ExecutionId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.call("restart", self.inner.restart(tx, id, input, execution, now)).await
    }

    async fn replace(
        &self,
        tx: &Transaction,
        started: &ExecutionStarted,
        unfinished: Unfinished,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.call("replace", self.inner.replace(tx, started, unfinished, now)).await
    }

    async fn rewind(
        &self,
        tx: &Transaction,
        id: &InstanceId,
        reason: Option<String>,
        execution: ExecutionId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.call("rewind", self.inner.rewind(tx, id, reason, execution, now)).await
    }

    async fn purge(&self, tx: &Transaction, instances: &[InstanceKey]) -> Result<u64, StoreError> {
        self.call("purge", self.inner.purge(tx, instances)).await
    }

    async fn sweep(&self, tx: &Transaction, limit: u32) -> Result<bool, StoreError> {
        self.call("sweep", self.inner.sweep(tx, limit)).await
    }

    async fn redrive(&self, tx: &Transaction, id: &InstanceId, now: Timestamp) -> Result<(), StoreError> {
        self.call("redrive", self.inner.redrive(tx, id, now)).await
    }

    async fn claim(&self, node: NodeId, key: InstanceKey) -> Result<Option<Claim>, StoreError> {
        self.call("claim", self.inner.claim(node, key)).await
    }

    async fn load(&self, claim: &Claim) -> Result<Vec<Event>, StoreError> {
        self.watch("load", self.inner.load(claim), |events: &Vec<Event>| self.fate.read("load", events.len())).await
    }

    async fn inbox(
        &self,
        key: InstanceKey,
        after: MessageId,
        limit: u32,
    ) -> Result<Vec<(MessageId, Message)>, StoreError> {
        let see = |messages: &Vec<(MessageId, Message)>| self.fate.read("inbox", messages.len());
        self.watch("inbox", self.inner.inbox(key, after, limit), see).await
    }

    async fn commit(&self, turn: TurnCommit) -> Result<Committed, StoreError> {
        let claim = turn.claim.clone();
        let see = |committed: &Committed| {
            self.fate.committed(&claim, committed);
            self.fate.touched(&committed.touched);
        };
        self.watch("commit", self.inner.commit(turn), see).await
    }

    async fn block(&self, claim: &Claim, blocked: Blocked) -> Result<(), StoreError> {
        self.call("block", self.inner.block(claim, blocked)).await
    }

    async fn survived(&self, claim: &Claim) -> Result<(), StoreError> {
        self.call("survived", self.inner.survived(claim)).await
    }

    async fn mark_turn(&self, claim: &Claim) -> Result<bool, StoreError> {
        self.call("mark_turn", self.inner.mark_turn(claim)).await
    }

    async fn mark_task(&self, node: NodeId, task: &Task) -> Result<bool, StoreError> {
        self.call("mark_task", self.inner.mark_task(node, task)).await
    }

    async fn set_aside(&self, node: NodeId, task: &Task, blocked: Blocked) -> Result<bool, StoreError> {
        self.call("set_aside", self.inner.set_aside(node, task, blocked)).await
    }

    async fn release(&self, node: NodeId) -> Result<(), StoreError> {
        self.call("release", self.inner.release(node)).await
    }

    async fn heartbeat(
        &self,
        node: NodeId,
        task: TaskId,
        details: &Payload,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.call("heartbeat", self.inner.heartbeat(node, task, details, now)).await
    }

    async fn complete_task(&self, task: TaskId, key: InstanceKey, answer: &Answer) -> Result<bool, StoreError> {
        let see = |done: &bool| self.fate.touched(if *done { std::slice::from_ref(&key) } else { &[] });
        self.watch("complete_task", self.inner.complete_task(task, key, answer), see).await
    }

    async fn fire_timers(&self, now: Timestamp, limit: u32) -> Result<Fired, StoreError> {
        let see = |fired: &Fired| self.fate.touched(&fired.touched);
        self.watch("fire_timers", self.inner.fire_timers(now, limit), see).await
    }

    async fn expire(
        &self,
        tx: &Transaction,
        status: RuntimeStatus,
        until: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        self.call("expire", self.inner.expire(tx, status, until, limit)).await
    }

    async fn first_end(&self, status: RuntimeStatus) -> Result<Option<Timestamp>, StoreError> {
        self.call("first_end", self.inner.first_end(status)).await
    }

    async fn create_schedule(&self, tx: &Transaction, record: &ScheduleRecord) -> Result<(), StoreError> {
        self.call("create_schedule", self.inner.create_schedule(tx, record)).await
    }

    async fn hold_schedule(&self, tx: &Transaction, id: &ScheduleId) -> Result<Option<ScheduleRecord>, StoreError> {
        self.call("hold_schedule", self.inner.hold_schedule(tx, id)).await
    }

    async fn save_schedule(&self, tx: &Transaction, record: &ScheduleRecord) -> Result<(), StoreError> {
        self.call("save_schedule", self.inner.save_schedule(tx, record)).await
    }

    async fn delete_schedule(&self, tx: &Transaction, id: &ScheduleId) -> Result<(), StoreError> {
        self.call("delete_schedule", self.inner.delete_schedule(tx, id)).await
    }

    async fn due_schedules(&self, now: Timestamp, limit: u32) -> Result<DueSchedules, StoreError> {
        self.call("due_schedules", self.inner.due_schedules(now, limit)).await
    }

    async fn queued_schedules(&self, limit: u32) -> Result<Vec<ScheduleId>, StoreError> {
        self.call("queued_schedules", self.inner.queued_schedules(limit)).await
    }

    async fn walk(&self, from: Walk, limit: u32) -> Result<Walked, StoreError> {
        self.call("walk", self.inner.walk(from, limit)).await
    }

    async fn vitals(&self, key: InstanceKey) -> Result<Option<Vitals>, StoreError> {
        self.call("vitals", self.inner.vitals(key)).await
    }

    async fn have_open_children(&self, parents: &[Parent]) -> Result<HashSet<Parent>, StoreError> {
        self.call("have_open_children", self.inner.have_open_children(parents)).await
    }

    async fn overdue(&self, before: Timestamp, limit: u32) -> Result<Overdue, StoreError> {
        self.call("overdue", self.inner.overdue(before, limit)).await
    }

    async fn undelivered(&self) -> Result<Undelivered, StoreError> {
        self.call("undelivered", self.inner.undelivered()).await
    }

    async fn tell_entity(
        &self,
        tx: &Transaction,
        entity: &EntityId,
        message: &EntityMessage,
        later: Option<Later>,
        source: Uuid,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.call("tell_entity", self.inner.tell_entity(tx, entity, message, later, source, now)).await
    }

    async fn load_entity(&self, claim: &Claim) -> Result<EntityState, StoreError> {
        self.call("load_entity", self.inner.load_entity(claim)).await
    }

    async fn find_living(&self, executions: &[(InstanceId, ExecutionId)]) -> Result<HashSet<ExecutionId>, StoreError> {
        self.call("find_living", self.inner.find_living(executions)).await
    }

    async fn clean_entities(&self, tx: &Transaction, after: InstanceKey, limit: u32) -> Result<Cleaned, StoreError> {
        self.call("clean_entities", self.inner.clean_entities(tx, after, limit)).await
    }
}
