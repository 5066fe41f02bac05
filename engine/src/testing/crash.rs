//! A store that dies at a chosen call, for tests that crash a node at every step in turn.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::ids::{ExecutionId, InstanceId, InstanceKey, MessageId, NodeId, TaskId};
use crate::model::{Answer, Blocked, Event, ExecutionStarted, Message, Payload, RuntimeStatus};
use crate::store::{
    Claim, Committed, Fired, InstanceQuery, InstanceRecord, Recovered, Store, StoreError, Transaction, TurnCommit,
};

/// When the node dies: at the n-th call to its store (from 1), before it takes effect or after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrashAt {
    /// The call does nothing.
    Before(u64),
    /// The call takes effect, but its caller never hears of it.
    After(u64),
}

/// A store as a node that dies sees it: from the chosen call on, nothing works any more.
pub struct CrashingStore {
    inner: Arc<dyn Store>,
    at: CrashAt,
    calls: AtomicU64,
    dead: AtomicBool,
}

impl CrashingStore {
    /// `inner`, until the call that `at` names.
    pub fn new(inner: Arc<dyn Store>, at: CrashAt) -> Self {
        Self { inner, at, calls: AtomicU64::new(0), dead: AtomicBool::new(false) }
    }

    /// Whether the crash has happened: when it has not, the scenario made fewer calls.
    pub fn has_crashed(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    async fn call<T>(&self, call: impl Future<Output = Result<T, StoreError>> + Send) -> Result<T, StoreError> {
        if self.has_crashed() {
            return Err(Self::crash());
        }
        let number = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        if self.at == CrashAt::Before(number) {
            self.dead.store(true, Ordering::SeqCst);
            return Err(Self::crash());
        }
        let result = call.await;
        if self.at == CrashAt::After(number) {
            self.dead.store(true, Ordering::SeqCst);
            return Err(Self::crash());
        }
        result
    }

    fn crash() -> StoreError {
        StoreError::Unknown("the node has crashed".to_owned())
    }
}

#[async_trait]
impl Store for CrashingStore {
    async fn recover(&self, node: NodeId, now: Timestamp) -> Result<Recovered, StoreError> {
        self.call(self.inner.recover(node, now)).await
    }

    async fn begin(&self, caller: &'static str) -> Result<Transaction, StoreError> {
        self.call(self.inner.begin(caller)).await
    }

    async fn commit_transaction(&self, tx: Transaction) -> Result<Vec<InstanceKey>, StoreError> {
        self.call(self.inner.commit_transaction(tx)).await
    }

    async fn create(
        &self,
        tx: &Transaction,
        started: &ExecutionStarted,
        now: Timestamp,
    ) -> Result<InstanceKey, StoreError> {
        self.call(self.inner.create(tx, started, now)).await
    }

    async fn send(
        &self,
        tx: &Transaction,
        id: &InstanceId,
        message: &Message,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.call(self.inner.send(tx, id, message, now)).await
    }

    async fn restart(
        &self,
        tx: &Transaction,
        id: &InstanceId,
        input: Option<Payload>,
        execution: ExecutionId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.call(self.inner.restart(tx, id, input, execution, now)).await
    }

    async fn claim(&self, node: NodeId, key: InstanceKey) -> Result<Option<Claim>, StoreError> {
        self.call(self.inner.claim(node, key)).await
    }

    async fn load(&self, claim: &Claim) -> Result<Vec<Event>, StoreError> {
        self.call(self.inner.load(claim)).await
    }

    async fn inbox(
        &self,
        key: InstanceKey,
        after: MessageId,
        limit: u32,
    ) -> Result<Vec<(MessageId, Message)>, StoreError> {
        self.call(self.inner.inbox(key, after, limit)).await
    }

    async fn commit(&self, turn: TurnCommit) -> Result<Committed, StoreError> {
        self.call(self.inner.commit(turn)).await
    }

    async fn block(&self, claim: &Claim, blocked: Blocked) -> Result<(), StoreError> {
        self.call(self.inner.block(claim, blocked)).await
    }

    async fn complete_task(&self, task: TaskId, key: InstanceKey, answer: &Answer) -> Result<bool, StoreError> {
        self.call(self.inner.complete_task(task, key, answer)).await
    }

    async fn fire_timers(&self, now: Timestamp, limit: u32) -> Result<Fired, StoreError> {
        self.call(self.inner.fire_timers(now, limit)).await
    }

    async fn find(&self, id: &InstanceId) -> Result<Option<InstanceRecord>, StoreError> {
        self.call(self.inner.find(id)).await
    }

    async fn query(&self, query: &InstanceQuery) -> Result<Vec<InstanceRecord>, StoreError> {
        self.call(self.inner.query(query)).await
    }

    async fn count_by_status(&self) -> Result<Vec<(RuntimeStatus, u64)>, StoreError> {
        self.call(self.inner.count_by_status()).await
    }

    async fn history(&self, id: &InstanceId, ordinal: Option<u32>) -> Result<Vec<Event>, StoreError> {
        self.call(self.inner.history(id, ordinal)).await
    }
}
