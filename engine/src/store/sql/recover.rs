//! What a node finds when it starts.

use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use super::beside::References;
use super::convert::{self, Place};
use super::error::SqlError;
use super::statement::sql;
use super::{claim, lock, poison};
use crate::ids::{InstanceKey, NodeId, TaskId};
use crate::model::{BlockedKind, SUSPECT, Task, TaskTimeouts};
use crate::store::{Recovered, StoreError};

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    instance_key: i64,
    instance: String,
    execution: String,
    event_id: i64,
    first_event_id: i64,
    attempt: i64,
    recoveries: i64,
    set_aside_kind: Option<String>,
    set_aside_message: Option<String>,
    set_aside_since: Option<i64>,
    name: String,
    input: String,
    traceparent: Option<String>,
    timeout_us: Option<i64>,
    heartbeat_timeout_us: Option<i64>,
    heartbeat: Option<String>,
}

/// Does what `Store::recover` promises. It reads the tasks and the inbox, both as long as the work in flight, and never
/// the instances as a whole.
pub(super) async fn recover(db: &impl ConnectionTrait, node: NodeId) -> Result<Recovered, SqlError> {
    lock::all_turns(db).await?;
    if !claim::is_alive(db, node).await? {
        return Err(StoreError::LeaseLost.into());
    }
    poison::count_instances(db).await?;
    Ok(Recovered { tasks: claim_tasks(db, node).await?, instances: find_readers(db, node).await? })
}

async fn claim_tasks(db: &impl ConnectionTrait, node: NodeId) -> Result<Vec<Task>, SqlError> {
    const CLAIM: &str = "UPDATE tasks SET claimed_by = $1, marked = FALSE, recoveries = recoveries + \
        CASE WHEN claimed_by IS NOT NULL AND (recoveries = 0 OR marked) THEN 1 ELSE 0 END \
        WHERE claimed_by IS NULL OR claimed_by NOT IN (SELECT id FROM nodes)";
    let node = convert::node(node);
    db.execute_raw(sql(db, CLAIM, [node.clone().into()])).await?;
    let to_run = "tasks.claimed_by = $1 AND COALESCE(tasks.set_aside_kind, '') <> $2";
    read_tasks(db, to_run, [node.into(), BlockedKind::Poison.as_str().into()]).await
}

/// The tasks of which `condition` is true: suspects first, so that they run alone before anything else has begun, the others
/// in the order in which they were scheduled.
pub(super) async fn read_tasks<const N: usize>(
    db: &impl ConnectionTrait,
    condition: &str,
    values: [Value; N],
) -> Result<Vec<Task>, SqlError> {
    let text = format!(
        "SELECT tasks.id, instance_key, instances.id AS instance, tasks.execution, event_id, first_event_id, attempt, \
        tasks.recoveries, tasks.set_aside_kind, tasks.set_aside_message, tasks.set_aside_since, tasks.name, \
        tasks.input, tasks.traceparent, timeout_us, heartbeat_timeout_us, heartbeat \
        FROM tasks JOIN instances ON instances.key = tasks.instance_key WHERE {condition} \
        ORDER BY tasks.recoveries < {SUSPECT}, tasks.id"
    );
    let rows = Row::find_by_statement(sql(db, &text, values)).all(db).await?;
    let mut tasks = rows.into_iter().map(task).collect::<Result<Vec<_>, _>>()?;
    let mut references = References::default();
    tasks.iter_mut().for_each(|task| references.add(task.key, &mut task.input));
    references.resolve(db).await?;
    Ok(tasks)
}

fn task(row: Row) -> Result<Task, SqlError> {
    let place = Place::new("tasks", &row.id);
    Ok(Task {
        id: TaskId(row.id),
        key: InstanceKey(row.instance_key),
        instance: place.instance_id("instance_key", row.instance)?,
        execution: place.execution(&row.execution)?,
        event_id: place.event_id("event_id", row.event_id)?,
        first_event_id: place.event_id("first_event_id", row.first_event_id)?,
        attempt: place.small("attempt", row.attempt)?,
        name: row.name.into(),
        input: place.payload("input", row.input)?,
        timeouts: TaskTimeouts {
            start_to_close: place.duration("timeout_us", row.timeout_us)?,
            heartbeat: place.duration("heartbeat_timeout_us", row.heartbeat_timeout_us)?,
        },
        last_heartbeat: row.heartbeat.map(|text| place.payload("heartbeat", text)).transpose()?,
        recoveries: place.small("recoveries", row.recoveries)?,
        set_aside: place.obstacle(
            row.set_aside_kind.as_deref(),
            row.set_aside_message.as_deref(),
            row.set_aside_since,
        )?,
        traceparent: place.traceparent("traceparent", row.traceparent)?,
    })
}

/// Instances with unread messages that nobody else works on: suspects first, then in the order of their oldest messages.
async fn find_readers(db: &impl ConnectionTrait, node: NodeId) -> Result<Vec<InstanceKey>, SqlError> {
    const READERS: &str = "SELECT inbox.instance_key FROM inbox JOIN instances ON instances.key = inbox.instance_key \
        WHERE instances.completed_at IS NULL AND NOT EXISTS \
        (SELECT 1 FROM nodes WHERE nodes.id = instances.lease_owner AND nodes.id <> $1) \
        GROUP BY inbox.instance_key ORDER BY MIN(CASE WHEN instances.recoveries < $2 THEN 1 ELSE 0 END), MIN(inbox.id)";
    let rows = db.query_all_raw(sql(db, READERS, [convert::node(node).into(), i64::from(SUSPECT).into()])).await?;
    rows.iter().map(|row| Ok(InstanceKey(row.try_get_by_index(0)?))).collect()
}
