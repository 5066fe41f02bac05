//! The contract, kept by SQLite: every writing method is one `BEGIN IMMEDIATE` … `COMMIT` under the permit.

use async_trait::async_trait;

use super::write::{finish, roll_back};
use super::{Sqlite, errors};
use crate::clock::Timestamp;
use crate::ids::{ExecutionId, InstanceId, InstanceKey, MessageId, NodeId, TaskId};
use crate::model::{Answer, Blocked, Event, ExecutionStarted, Message, Payload, RuntimeStatus};
use crate::store::sql::{self, Lease, Transaction};
use crate::store::{Claim, Committed, Fired, InstanceQuery, InstanceRecord, Recovered, Store, StoreError, TurnCommit};

#[async_trait]
impl Store for Sqlite {
    async fn recover(&self, node: NodeId, now: Timestamp) -> Result<Recovered, StoreError> {
        let tx = self.begin_writing("recover").await?;
        let db = tx.connection();
        let done = match sql::retire_others(db, node).await {
            Ok(()) => sql::recover(db, node, now).await,
            Err(error) => Err(error),
        };
        finish(tx, done).await
    }

    async fn begin(&self, caller: &'static str) -> Result<Transaction, StoreError> {
        self.begin_writing(caller).await
    }

    async fn commit_transaction(&self, tx: Transaction) -> Result<Vec<InstanceKey>, StoreError> {
        let (caller, budget) = (tx.caller(), self.options.transaction_budget);
        if tx.elapsed() > budget {
            let (connection, _permit) = tx.into_parts();
            roll_back(connection).await;
            let budget_ms = u64::try_from(budget.as_millis()).unwrap_or(u64::MAX);
            return Err(StoreError::Budget { caller, budget_ms });
        }
        let touched = tx.take_touched();
        finish(tx, Ok(touched)).await
    }

    async fn create(
        &self,
        tx: &Transaction,
        started: &ExecutionStarted,
        now: Timestamp,
    ) -> Result<InstanceKey, StoreError> {
        sql::create(tx, started, now).await.map_err(errors::of_statement)
    }

    async fn send(
        &self,
        tx: &Transaction,
        id: &InstanceId,
        message: &Message,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sql::send(tx, id, message, now).await.map_err(errors::of_statement)
    }

    async fn restart(
        &self,
        tx: &Transaction,
        id: &InstanceId,
        input: Option<Payload>,
        execution: ExecutionId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sql::restart(tx, id, input, execution, now).await.map_err(errors::of_statement)
    }

    async fn claim(&self, node: NodeId, key: InstanceKey) -> Result<Option<Claim>, StoreError> {
        match sql::look(&self.reader, node, key).await.map_err(errors::of_statement)? {
            Lease::Held(claim) => Ok(Some(claim)),
            Lease::Taken => Ok(None),
            Lease::Free(claim) => {
                let tx = self.begin_writing("claim").await?;
                let done = sql::take(tx.connection(), &claim).await;
                Ok(finish(tx, done).await?.then_some(claim))
            }
        }
    }

    async fn load(&self, claim: &Claim) -> Result<Vec<Event>, StoreError> {
        sql::load(&self.reader, claim.key, claim.ordinal).await.map_err(errors::of_statement)
    }

    async fn inbox(
        &self,
        key: InstanceKey,
        after: MessageId,
        limit: u32,
    ) -> Result<Vec<(MessageId, Message)>, StoreError> {
        sql::read_inbox(&self.reader, key, after, limit).await.map_err(errors::of_statement)
    }

    async fn commit(&self, turn: TurnCommit) -> Result<Committed, StoreError> {
        let tx = self.begin_writing("commit").await?;
        let done = sql::commit(tx.connection(), turn).await;
        finish(tx, done).await
    }

    async fn block(&self, claim: &Claim, blocked: Blocked) -> Result<(), StoreError> {
        let tx = self.begin_writing("block").await?;
        let done = sql::block(tx.connection(), claim, &blocked).await;
        finish(tx, done).await
    }

    async fn complete_task(&self, task: TaskId, key: InstanceKey, answer: &Answer) -> Result<bool, StoreError> {
        let tx = self.begin_writing("complete_task").await?;
        let done = sql::complete_task(tx.connection(), task, key, answer).await;
        finish(tx, done).await
    }

    async fn fire_timers(&self, now: Timestamp, limit: u32) -> Result<Fired, StoreError> {
        let next = sql::next_timer(&self.reader).await.map_err(errors::of_statement)?;
        if next.is_none_or(|next| next > now) {
            return Ok(Fired { next, ..Fired::default() });
        }
        let tx = self.begin_writing("fire_timers").await?;
        let done = sql::fire_timers(tx.connection(), now, limit).await;
        finish(tx, done).await
    }

    async fn find(&self, id: &InstanceId) -> Result<Option<InstanceRecord>, StoreError> {
        sql::find(&self.reader, id).await.map_err(errors::of_statement)
    }

    async fn query(&self, query: &InstanceQuery) -> Result<Vec<InstanceRecord>, StoreError> {
        sql::query(&self.reader, query).await.map_err(errors::of_statement)
    }

    async fn count_by_status(&self) -> Result<Vec<(RuntimeStatus, u64)>, StoreError> {
        sql::count_by_status(&self.reader).await.map_err(errors::of_statement)
    }

    async fn history(&self, id: &InstanceId, ordinal: Option<u32>) -> Result<Vec<Event>, StoreError> {
        sql::find_history(&self.reader, id, ordinal).await.map_err(errors::of_statement)
    }
}
