//! Scheduled activities.

use std::collections::HashMap;

use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::beside::Beside;
use super::error::SqlError;
use super::statement::{rows_per_statement, sql};
use super::tables::task::{Column, Entity};
use super::{convert, inbox, lock, poison};
use crate::clock::Timestamp;
use crate::ids::{EventId, ExecutionId, InstanceId, InstanceKey, NodeId, TaskId};
use crate::model::{Answer, Message, Payload, Task, TaskScheduled, Traceparent};
use crate::store::{Claim, TaskRecord, TurnCommit};

/// What [`schedule`] writes of a task.
const WRITTEN: [Column; 14] = [
    Column::InstanceKey,
    Column::Execution,
    Column::EventId,
    Column::FirstEventId,
    Column::Attempt,
    Column::ClaimedBy,
    Column::Recoveries,
    Column::CreatedAt,
    Column::Name,
    Column::Input,
    Column::Traceparent,
    Column::TimeoutUs,
    Column::HeartbeatTimeoutUs,
    Column::Heartbeat,
];

/// The numbers that tasks got, by instance and action.
pub(in crate::store) type Ids = HashMap<(InstanceKey, EventId), TaskId>;

/// A task that a turn schedules.
pub(super) struct Scheduling<'t> {
    pub(super) claim: &'t Claim,
    pub(super) now: Timestamp,
    pub(super) traceparent: Option<Traceparent>,
    pub(super) task: &'t TaskScheduled,
}

/// The tasks that a turn schedules.
pub(super) fn of(turn: &TurnCommit) -> impl Iterator<Item = Scheduling<'_>> {
    let TurnCommit { claim, now, traceparent, .. } = turn;
    turn.tasks.iter().map(|task| Scheduling { claim, now: *now, traceparent: *traceparent, task })
}

/// Writes tasks, claimed by the leases' owners: at most one of each action.
pub(super) async fn schedule(db: &impl ConnectionTrait, scheduled: &[Scheduling<'_>]) -> Result<Ids, SqlError> {
    let mut ids = HashMap::with_capacity(scheduled.len());
    let mut beside = Beside::default();
    for rows in scheduled.chunks(rows_per_statement(WRITTEN.len())) {
        let mut insert = Query::insert();
        let returned = Query::returning().columns([Column::Id, Column::InstanceKey, Column::EventId]);
        insert.into_table(Entity).columns(WRITTEN).returning(returned);
        for Scheduling { claim, now, traceparent, task } in rows {
            insert.values_panic([
                claim.key.0.into(),
                convert::execution(claim.execution).into(),
                i64::from(task.event_id.0).into(),
                i64::from(task.first_event_id.0).into(),
                i64::from(task.attempt).into(),
                convert::node(claim.owner).into(),
                0_i64.into(),
                now.as_micros().into(),
                task.name.as_ref().to_owned().into(),
                beside.text(claim.key, &task.input).into(),
                traceparent.map(String::from).into(),
                task.timeouts.start_to_close.map(convert::micros).into(),
                task.timeouts.heartbeat.map(convert::micros).into(),
                task.last_heartbeat.as_ref().map(convert::json).into(),
            ]);
        }
        for row in db.query_all(&insert).await? {
            let (id, key): (i64, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let event_id = convert::Place::new("tasks", &id).event_id("event_id", row.try_get_by_index(2)?)?;
            ids.insert((InstanceKey(key), event_id), TaskId(id));
        }
    }
    beside.store(db).await?;
    Ok(ids)
}

/// A task as the node that scheduled it under `claim` runs it.
pub(super) fn to_run(claim: &Claim, task: TaskScheduled, ids: &Ids, traceparent: Option<Traceparent>) -> Task {
    Task {
        id: *ids.get(&(claim.key, task.event_id)).expect("every inserted row was returned"),
        key: claim.key,
        instance: claim.instance.clone(),
        execution: claim.execution,
        event_id: task.event_id,
        first_event_id: task.first_event_id,
        attempt: task.attempt,
        name: task.name,
        input: task.input,
        timeouts: task.timeouts,
        last_heartbeat: task.last_heartbeat,
        recoveries: 0,
        set_aside: None,
        traceparent,
    }
}

/// Removes tasks whose answers turns have read, and says how many of them were there.
pub(super) async fn answered(db: &impl ConnectionTrait, done: &[TaskId]) -> Result<usize, SqlError> {
    let mut removed = 0;
    for ids in done.chunks(rows_per_statement(1)) {
        let mut delete = Query::delete();
        delete
            .from_table(Entity)
            .and_where(Column::Id.is_in(ids.iter().map(|id| id.0)))
            .returning(Query::returning().columns([Column::InstanceKey, Column::SetAsideKind]));
        for row in db.query_all(&delete).await? {
            removed += 1;
            if row.try_get_by_index::<Option<String>>(1)?.is_some() {
                poison::look_again(db, InstanceKey(row.try_get_by_index(0)?)).await?;
            }
        }
    }
    Ok(removed)
}

/// Removes tasks that nobody waits for any more.
pub(super) async fn cancel(
    db: &impl ConnectionTrait,
    key: InstanceKey,
    execution: ExecutionId,
    cancelled: &[EventId],
) -> Result<(), SqlError> {
    let mut was_set_aside = false;
    for ids in cancelled.chunks(rows_per_statement(1)) {
        let mut delete = Query::delete();
        delete
            .from_table(Entity)
            .and_where(Column::InstanceKey.eq(key.0))
            .and_where(Column::Execution.eq(convert::execution(execution)))
            .and_where(Column::EventId.is_in(ids.iter().map(|id| i64::from(id.0))))
            .returning(Query::returning().columns([Column::SetAsideKind]));
        for row in db.query_all(&delete).await? {
            was_set_aside |= row.try_get_by_index::<Option<String>>(0)?.is_some();
        }
    }
    if was_set_aside { poison::look_again(db, key).await } else { Ok(()) }
}

/// Does what `Store::complete_task` promises.
pub(super) async fn complete(
    db: &impl ConnectionTrait,
    task: TaskId,
    key: InstanceKey,
    answer: &Answer,
) -> Result<bool, SqlError> {
    lock::instance(db, key).await?;
    let Some(was_set_aside) = poison::remove(db, task, key).await? else { return Ok(false) };
    if was_set_aside {
        poison::look_again(db, key).await?;
    }
    inbox::put(db, &[(key, Message::TaskDone(answer.clone()))]).await?;
    Ok(true)
}

/// Does what `Store::heartbeat` promises.
pub(super) async fn heartbeat(
    db: &impl ConnectionTrait,
    node: NodeId,
    task: TaskId,
    details: &Payload,
    now: Timestamp,
) -> Result<bool, SqlError> {
    const BEAT: &str = "UPDATE tasks SET heartbeat = $1, heartbeat_at = $2 WHERE id = $3 AND claimed_by = $4";
    let values = [convert::json(details).into(), now.as_micros().into(), task.0.into(), convert::node(node).into()];
    Ok(db.execute_raw(sql(db, BEAT, values)).await?.rows_affected() == 1)
}

/// Does what `Reads::list_tasks` promises.
pub(super) async fn list(db: &impl ConnectionTrait, id: &InstanceId) -> Result<Vec<TaskRecord>, SqlError> {
    const KEY: &str = "SELECT key FROM instances WHERE id = $1";
    let Some(row) = db.query_one_raw(sql(db, KEY, [id.as_str().into()])).await? else { return Ok(Vec::new()) };
    let rows = Entity::find()
        .filter(Column::InstanceKey.eq(row.try_get_by_index::<i64>(0)?))
        .order_by_asc(Column::EventId)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(convert::task_record).collect::<Result<_, _>>()?)
}
