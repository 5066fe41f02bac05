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
use crate::store::{Claim, TaskRecord};

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

/// Writes tasks, claimed by the lease's owner, and gives them back in their order.
pub(super) async fn schedule(
    db: &impl ConnectionTrait,
    claim: &Claim,
    scheduled: Vec<TaskScheduled>,
    now: Timestamp,
    traceparent: Option<Traceparent>,
) -> Result<Vec<Task>, SqlError> {
    let mut ids = HashMap::with_capacity(scheduled.len());
    let mut beside = Beside::default();
    for rows in scheduled.chunks(rows_per_statement(WRITTEN.len())) {
        let mut insert = Query::insert();
        insert.into_table(Entity).columns(WRITTEN).returning(Query::returning().columns([Column::Id, Column::EventId]));
        for task in rows {
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
            ids.insert(row.try_get_by_index::<i64>(1)?, TaskId(row.try_get_by_index(0)?));
        }
    }
    beside.store(db).await?;
    let task = |task: TaskScheduled| Task {
        id: *ids.get(&i64::from(task.event_id.0)).expect("every inserted row was returned"),
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
    };
    Ok(scheduled.into_iter().map(task).collect())
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
