//! The contract, kept once for all SQL databases: every writing method is one transaction.

use std::collections::HashSet;

use async_trait::async_trait;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::claim::{self, Lease};
use super::commit::Prepared;
use super::database::Database;
use super::error::SqlError;
use super::group::{self, Done, Work};
use super::reads::read;
use super::schedules::{self, Lock};
use super::transaction::Transaction;
use super::{
    again, control, create, entities, expire, health, history, inbox, poison, purge, recover, rewind, tasks, timers,
};
use crate::clock::Timestamp;
use crate::ids::{EntityId, ExecutionId, InstanceId, InstanceKey, MessageId, NodeId, ScheduleId, TaskId};
use crate::model::{
    Answer, Blocked, EntityMessage, EntityState, Event, ExecutionStarted, Message, Payload, RuntimeStatus,
    ScheduleRecord, Task,
};
use crate::observe::names::field;
use crate::store::{
    Claim, Cleaned, Committed, DueSchedules, Fired, Later, Overdue, Parent, Recovered, Started, Store, StoreError,
    TurnCommit, Undelivered, Unfinished, Vitals, Walk, Walked,
};

#[async_trait]
impl<D: Database> Store for D {
    async fn register(&self, node: NodeId, now: Timestamp) -> Result<(), StoreError> {
        let tx = self.begin_writing("register").await?;
        let done = claim::register(tx.connection(), node, self.is_shared_by_nodes(), now).await;
        finish(self, tx, done).await
    }

    async fn recover(&self, node: NodeId) -> Result<Recovered, StoreError> {
        let tx = self.begin_writing("recover").await?;
        let done = recover::recover(tx.connection(), node).await;
        finish(self, tx, done).await
    }

    async fn retire(&self, node: NodeId) -> Result<(), StoreError> {
        let tx = self.begin_writing("retire").await?;
        let done = claim::retire(tx.connection(), node).await;
        finish(self, tx, done).await
    }

    async fn begin(&self, caller: &'static str) -> Result<Transaction, StoreError> {
        self.begin_writing(caller).await
    }

    async fn commit_transaction(&self, tx: Transaction) -> Result<Vec<InstanceKey>, StoreError> {
        let (caller, budget) = (tx.caller(), self.transaction_budget());
        if tx.elapsed() > budget {
            let (connection, _permit) = tx.into_parts();
            roll_back(connection).await;
            let budget_ms = u64::try_from(budget.as_millis()).unwrap_or(u64::MAX);
            return Err(StoreError::Budget { caller, budget_ms });
        }
        let done = self.check(tx.connection()).await.map(|()| tx.take_touched()).map_err(SqlError::from);
        finish(self, tx, done).await
    }

    async fn create(
        &self,
        tx: &Transaction,
        started: &ExecutionStarted,
        now: Timestamp,
    ) -> Result<InstanceKey, StoreError> {
        create::create(tx, started, now).await.map_err(|error| self.refusal(error))
    }

    async fn start(
        &self,
        started: &ExecutionStarted,
        node: Option<NodeId>,
        now: Timestamp,
    ) -> Result<Started, StoreError> {
        match group::submit(self, Work::Start(Box::new(started.clone()), node, now)).await? {
            Done::Start(started) => Ok(started),
            Done::Turn(_) | Done::Tell(_) => unreachable!("a start leads to an instance"),
        }
    }

    async fn tell(&self, id: &InstanceId, message: &Message, now: Timestamp) -> Result<InstanceKey, StoreError> {
        match group::submit(self, Work::Tell(id.clone(), message.clone(), now)).await? {
            Done::Tell(key) => Ok(key),
            Done::Turn(_) | Done::Start(_) => unreachable!("a message has a receiver"),
        }
    }

    async fn send(
        &self,
        tx: &Transaction,
        id: &InstanceId,
        message: &Message,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        control::send(tx, id, message, now).await.map(|_| ()).map_err(|error| self.refusal(error))
    }

    async fn send_later(
        &self,
        tx: &Transaction,
        id: &InstanceId,
        message: &Message,
        later: Later,
    ) -> Result<(), StoreError> {
        control::send_later(tx, id, message, later).await.map_err(|error| self.refusal(error))
    }

    async fn restart(
        &self,
        tx: &Transaction,
        id: &InstanceId,
        input: Option<Payload>,
        execution: ExecutionId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        again::restart(tx, id, input, execution, now).await.map_err(|error| self.refusal(error))
    }

    async fn replace(
        &self,
        tx: &Transaction,
        started: &ExecutionStarted,
        unfinished: Unfinished,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        again::replace(tx, started, unfinished, now).await.map_err(|error| self.refusal(error))
    }

    async fn rewind(
        &self,
        tx: &Transaction,
        id: &InstanceId,
        reason: Option<String>,
        execution: ExecutionId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        rewind::rewind(tx, id, reason, execution, now).await.map_err(|error| self.refusal(error))
    }

    async fn purge(&self, tx: &Transaction, instances: &[InstanceKey]) -> Result<u64, StoreError> {
        purge::purge(tx, instances).await.map_err(|error| self.refusal(error))
    }

    async fn sweep(&self, tx: &Transaction, limit: u32) -> Result<bool, StoreError> {
        purge::sweep(tx, limit).await.map_err(|error| self.refusal(error))
    }

    async fn redrive(&self, tx: &Transaction, id: &InstanceId, now: Timestamp) -> Result<(), StoreError> {
        poison::redrive(tx, id, now).await.map_err(|error| self.refusal(error))
    }

    async fn claim(&self, node: NodeId, key: InstanceKey) -> Result<Option<Claim>, StoreError> {
        match read(self, None, || claim::look(self.reader(), node, key)).await? {
            Lease::Held(claim) => Ok(Some(claim)),
            Lease::Taken => Ok(None),
            Lease::Free(claim) => {
                let tx = self.begin_writing("claim").await?;
                let done = claim::take(tx.connection(), &claim).await;
                Ok(finish(self, tx, done).await?.then_some(claim))
            }
        }
    }

    async fn load(&self, claim: &Claim) -> Result<Vec<Event>, StoreError> {
        read(self, None, || history::load(self.reader(), claim.key, claim.ordinal)).await
    }

    async fn inbox(
        &self,
        key: InstanceKey,
        after: MessageId,
        limit: u32,
    ) -> Result<Vec<(MessageId, Message)>, StoreError> {
        read(self, None, || inbox::read(self.reader(), key, after, limit)).await
    }

    async fn commit(&self, turn: TurnCommit) -> Result<Committed, StoreError> {
        match group::submit(self, Work::Turn(Box::new(Prepared::of(turn)))).await? {
            Done::Turn(committed) => Ok(committed),
            Done::Start(_) | Done::Tell(_) => unreachable!("a turn leads to its commit"),
        }
    }

    async fn block(&self, claim: &Claim, blocked: Blocked) -> Result<(), StoreError> {
        let tx = self.begin_writing("block").await?;
        let done = claim::block(tx.connection(), claim, &blocked).await;
        finish(self, tx, done).await
    }

    async fn survived(&self, claim: &Claim) -> Result<(), StoreError> {
        let tx = self.begin_writing("survived").await?;
        let done = poison::survived(tx.connection(), claim).await;
        finish(self, tx, done).await
    }

    async fn mark_turn(&self, claim: &Claim) -> Result<bool, StoreError> {
        let tx = self.begin_writing("mark_turn").await?;
        let done = poison::mark_turn(tx.connection(), claim).await;
        finish(self, tx, done).await
    }

    async fn mark_task(&self, node: NodeId, task: &Task) -> Result<bool, StoreError> {
        let tx = self.begin_writing("mark_task").await?;
        let done = poison::mark(tx.connection(), node, task).await;
        finish(self, tx, done).await
    }

    async fn set_aside(&self, node: NodeId, task: &Task, blocked: Blocked) -> Result<bool, StoreError> {
        let tx = self.begin_writing("set_aside").await?;
        let done = poison::set_aside(tx.connection(), node, task, &blocked).await;
        finish(self, tx, done).await
    }

    async fn release(&self, node: NodeId) -> Result<(), StoreError> {
        let tx = self.begin_writing("release").await?;
        let done = poison::release(tx.connection(), node).await;
        finish(self, tx, done).await
    }

    async fn heartbeat(
        &self,
        node: NodeId,
        task: TaskId,
        details: &Payload,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let tx = self.begin_writing("heartbeat").await?;
        let done = tasks::heartbeat(tx.connection(), node, task, details, now).await;
        finish(self, tx, done).await
    }

    async fn complete_task(&self, task: TaskId, key: InstanceKey, answer: &Answer) -> Result<bool, StoreError> {
        let tx = self.begin_writing("complete_task").await?;
        let done = tasks::complete(tx.connection(), task, key, answer).await;
        finish(self, tx, done).await
    }

    async fn fire_timers(&self, now: Timestamp, limit: u32) -> Result<Fired, StoreError> {
        let next = read(self, None, || timers::next(self.reader())).await?;
        if next.is_none_or(|next| next > now) {
            return Ok(Fired { next, ..Fired::default() });
        }
        let tx = self.begin_writing("fire_timers").await?;
        let done = timers::fire(tx.connection(), now, limit).await;
        finish(self, tx, done).await
    }

    async fn expire(
        &self,
        tx: &Transaction,
        status: RuntimeStatus,
        until: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        expire::expire(tx, status, until, limit).await.map_err(|error| self.refusal(error))
    }

    async fn first_end(&self, status: RuntimeStatus) -> Result<Option<Timestamp>, StoreError> {
        read(self, None, || expire::first_end(self.reader(), status)).await
    }

    async fn create_schedule(&self, tx: &Transaction, record: &ScheduleRecord) -> Result<(), StoreError> {
        schedules::create(tx.connection(), record).await.map_err(|error| self.refusal(error))
    }

    async fn hold_schedule(&self, tx: &Transaction, id: &ScheduleId) -> Result<Option<ScheduleRecord>, StoreError> {
        schedules::find(tx.connection(), id, Lock::Held).await.map_err(|error| self.refusal(error))
    }

    async fn save_schedule(&self, tx: &Transaction, record: &ScheduleRecord) -> Result<(), StoreError> {
        schedules::save(tx.connection(), record).await.map_err(|error| self.refusal(error))
    }

    async fn delete_schedule(&self, tx: &Transaction, id: &ScheduleId) -> Result<(), StoreError> {
        schedules::delete(tx.connection(), id).await.map_err(|error| self.refusal(error))
    }

    async fn due_schedules(&self, now: Timestamp, limit: u32) -> Result<DueSchedules, StoreError> {
        read(self, None, || schedules::due(self.reader(), now, limit)).await
    }

    async fn queued_schedules(&self, limit: u32) -> Result<Vec<ScheduleId>, StoreError> {
        read(self, None, || schedules::queued(self.reader(), limit)).await
    }

    async fn walk(&self, from: Walk, limit: u32) -> Result<Walked, StoreError> {
        health::walk(self.reader(), from, limit).await.map_err(|error| self.refusal(error))
    }

    async fn vitals(&self, key: InstanceKey) -> Result<Option<Vitals>, StoreError> {
        health::look(self.reader(), key).await.map_err(|error| self.refusal(error))
    }

    async fn have_open_children(&self, parents: &[Parent]) -> Result<HashSet<Parent>, StoreError> {
        health::have_open_children(self.reader(), parents).await.map_err(|error| self.refusal(error))
    }

    async fn overdue(&self, before: Timestamp, limit: u32) -> Result<Overdue, StoreError> {
        health::overdue(self.reader(), before, limit).await.map_err(|error| self.refusal(error))
    }

    async fn undelivered(&self) -> Result<Undelivered, StoreError> {
        health::undelivered(self.reader()).await.map_err(|error| self.refusal(error))
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
        entities::tell(tx, entity, message, later, source, now).await.map_err(|error| self.refusal(error))
    }

    async fn load_entity(&self, claim: &Claim) -> Result<EntityState, StoreError> {
        entities::load(self.reader(), claim).await.map_err(|error| self.refusal(error))
    }

    async fn find_living(&self, executions: &[(InstanceId, ExecutionId)]) -> Result<HashSet<ExecutionId>, StoreError> {
        entities::find_living(self.reader(), executions).await.map_err(|error| self.refusal(error))
    }

    async fn clean_entities(&self, tx: &Transaction, after: InstanceKey, limit: u32) -> Result<Cleaned, StoreError> {
        entities::clean(tx.connection(), after, limit).await.map_err(|error| self.refusal(error))
    }
}

/// Commits what was done within `tx`, or rolls it back if `done` is an error, and gives the writer to the next.
pub(super) async fn finish<T>(
    database: &impl Database,
    tx: Transaction,
    done: Result<T, SqlError>,
) -> Result<T, StoreError> {
    let (connection, permit) = tx.into_parts();
    let ended = match done {
        Ok(value) => connection.commit().await.map(|()| value).map_err(|error| database.commit_error(&error)),
        Err(error) => {
            roll_back(connection).await;
            Err(database.refusal(error))
        }
    };
    drop(permit);
    ended
}

/// A rollback fails when the database has rolled back already; the pool then replaces the connection.
async fn roll_back(connection: DatabaseTransaction) {
    if let Err(error) = connection.rollback().await {
        tracing::debug!({ field::ERROR } = %error, "a transaction was rolled back by the database itself");
    }
}
