//! The health of what is stored. Reads only, in pages.

use std::collections::HashSet;

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, FromQueryResult, QueryResult};

use super::convert::{self, Place};
use super::entities;
use super::error::SqlError;
use super::statement::{rows_per_statement, sql};
use super::tables::instance::{Column, Entity};
use crate::clock::Timestamp;
use crate::ids::{InstanceKey, MessageId, ScheduleId};
use crate::model::RuntimeStatus;
use crate::store::{Overdue, Parent, StoreError, Undelivered, Vitals, Walk, Walked};

/// The states of what has not ended, entities last; an index leads through each of them, the oldest first.
fn state(place: usize) -> Option<&'static str> {
    let open = [RuntimeStatus::Pending, RuntimeStatus::Running, RuntimeStatus::Suspended].map(RuntimeStatus::as_str);
    open.into_iter().chain([entities::STATUS]).nth(place)
}

/// What is read of an instance.
const VITALS: &str = "SELECT key, id, execution, status, created_at, updated_at, \
    CASE WHEN blocked_kind IS NULL AND has_set_aside THEN (SELECT set_aside_kind FROM tasks \
    WHERE tasks.instance_key = instances.key AND set_aside_kind IS NOT NULL ORDER BY tasks.id LIMIT 1) \
    ELSE blocked_kind END AS blocked_kind, \
    CASE WHEN blocked_kind IS NULL AND has_set_aside THEN (SELECT set_aside_message FROM tasks \
    WHERE tasks.instance_key = instances.key AND set_aside_kind IS NOT NULL ORDER BY tasks.id LIMIT 1) \
    ELSE blocked_message END AS blocked_message, \
    CASE WHEN blocked_kind IS NULL AND has_set_aside THEN (SELECT set_aside_since FROM tasks \
    WHERE tasks.instance_key = instances.key AND set_aside_kind IS NOT NULL ORDER BY tasks.id LIMIT 1) \
    ELSE blocked_since END AS blocked_since, \
    awaits_outside, EXISTS (SELECT 1 FROM nodes WHERE nodes.id = instances.lease_owner) AS is_held, \
    (SELECT MIN(inbox.id) FROM inbox WHERE inbox.instance_key = instances.key) AS first_unread, \
    EXISTS (SELECT 1 FROM tasks WHERE tasks.instance_key = instances.key) AS has_task, \
    EXISTS (SELECT 1 FROM tasks WHERE tasks.instance_key = instances.key AND tasks.set_aside_kind IS NULL AND (tasks.claimed_by IS NULL \
    OR NOT EXISTS (SELECT 1 FROM nodes WHERE nodes.id = tasks.claimed_by))) AS has_stranded_task, \
    EXISTS (SELECT 1 FROM timers WHERE timers.instance_key = instances.key) AS has_timer, \
    (SELECT MAX(history.first_sequence) FROM history \
    WHERE history.instance_key = instances.key AND history.ordinal = instances.ordinal) AS events FROM instances";

#[derive(FromQueryResult)]
struct Row {
    key: i64,
    id: String,
    execution: String,
    status: String,
    created_at: i64,
    updated_at: i64,
    blocked_kind: Option<String>,
    blocked_message: Option<String>,
    blocked_since: Option<i64>,
    awaits_outside: Option<bool>,
    is_held: bool,
    first_unread: Option<i64>,
    has_task: bool,
    has_stranded_task: bool,
    has_timer: bool,
    events: Option<i64>,
}

/// Does what `Store::walk` promises.
pub(super) async fn walk(db: &impl ConnectionTrait, from: Walk, limit: u32) -> Result<Walked, SqlError> {
    let Some(status) = state(from.state) else { return Ok(Walked::default()) };
    let (created_at, key) = from.after;
    let values = [status.into(), created_at.into(), key.into(), i64::from(limit).into()];
    let rows = Row::find_by_statement(sql(db, &page(), values)).all(db).await?;
    let next = match rows.last() {
        Some(last) if rows.len() == limit as usize => Walk { state: from.state, after: (last.created_at, last.key) },
        _ => Walk { state: from.state + 1, ..Walk::default() },
    };
    let instances = rows.into_iter().map(vitals).collect::<Result<_, _>>()?;
    Ok(Walked { instances, next: state(next.state).map(|_| next) })
}

/// The statement that reads a page of a walk: a range of the index of states, in an order that never changes.
pub(super) fn page() -> String {
    format!("{VITALS} WHERE status = $1 AND (created_at, key) > ($2, $3) ORDER BY created_at, key LIMIT $4")
}

/// Does what `Store::vitals` promises.
pub(super) async fn look(db: &impl ConnectionTrait, key: InstanceKey) -> Result<Option<Vitals>, SqlError> {
    let text = format!("{VITALS} WHERE key = $1 AND completed_at IS NULL");
    let row = Row::find_by_statement(sql(db, &text, [key.0.into()])).one(db).await?;
    Ok(row.map(vitals).transpose()?)
}

fn vitals(row: Row) -> Result<Vitals, StoreError> {
    let place = Place::new("instances", &row.key);
    Ok(Vitals {
        key: InstanceKey(row.key),
        execution: place.execution(&row.execution)?,
        suspended: row.status == RuntimeStatus::Suspended.as_str(),
        blocked: place.obstacle(row.blocked_kind.as_deref(), row.blocked_message.as_deref(), row.blocked_since)?,
        updated_at: Timestamp::from_micros(row.updated_at),
        awaits_outside: row.awaits_outside,
        is_held: row.is_held,
        first_unread: row.first_unread.map(MessageId),
        has_task: row.has_task,
        has_stranded_task: row.has_stranded_task,
        has_timer: row.has_timer,
        events: place.small("first_sequence", row.events.unwrap_or(0))?,
        id: row.id.into(),
    })
}

/// Does what `Store::have_open_children` promises.
pub(super) async fn have_open_children(
    db: &impl ConnectionTrait,
    parents: &[Parent],
) -> Result<HashSet<Parent>, SqlError> {
    let mut found = HashSet::new();
    for rows in parents.chunks(rows_per_statement(1)) {
        let mut open = Query::select();
        open.distinct()
            .columns([Column::ParentId, Column::ParentExecution])
            .from(Entity)
            .and_where(Column::ParentId.is_in(rows.iter().map(|(id, _)| id.as_str())))
            .and_where(Expr::col(Column::CompletedAt).is_null());
        for row in db.query_all(&open).await? {
            found.insert((row.try_get_by_index::<String>(0)?, row.try_get_by_index::<String>(1)?));
        }
    }
    let is_found =
        |(id, execution): &&Parent| found.contains(&(id.as_str().to_owned(), convert::execution(*execution)));
    Ok(parents.iter().filter(is_found).cloned().collect())
}

/// Does what `Store::overdue` promises.
pub(super) async fn overdue(db: &impl ConnectionTrait, before: Timestamp, limit: u32) -> Result<Overdue, SqlError> {
    const TIMERS: &str = "SELECT instances.id, fire_at FROM timers JOIN instances ON instances.key = instance_key \
        WHERE fire_at < $1 ORDER BY fire_at LIMIT $2";
    const SCHEDULES: &str = "SELECT id, fire_at FROM schedules WHERE fire_at < $1 ORDER BY fire_at LIMIT $2";
    let values = || [before.as_micros().into(), i64::from(limit).into()];
    let timers = db.query_all_raw(sql(db, TIMERS, values())).await?;
    let schedules = db.query_all_raw(sql(db, SCHEDULES, values())).await?;
    let timer = |(id, moment): (String, Timestamp)| (id.into(), moment);
    let schedule = |(id, moment): (String, Timestamp)| Ok((schedule_id(&id)?, moment));
    Ok(Overdue {
        timers: timers.iter().map(moment).map(|row| row.map(timer)).collect::<Result<_, _>>()?,
        schedules: schedules.iter().map(|row| schedule(moment(row)?)).collect::<Result<_, SqlError>>()?,
    })
}

fn moment(row: &QueryResult) -> Result<(String, Timestamp), DbErr> {
    Ok((row.try_get_by_index(0)?, Timestamp::from_micros(row.try_get_by_index(1)?)))
}

fn schedule_id(text: &str) -> Result<ScheduleId, StoreError> {
    ScheduleId::parse(text).map_err(|error| Place::new("schedules", &text).unreadable("id", error))
}

/// Does what `Store::undelivered` promises.
pub(super) async fn undelivered(db: &impl ConnectionTrait) -> Result<Undelivered, SqlError> {
    const COUNT: &str = "SELECT COUNT(*), COUNT(DISTINCT inbox.instance_key) FROM inbox \
        JOIN instances ON instances.key = inbox.instance_key WHERE instances.completed_at IS NOT NULL";
    let Some(row) = db.query_one_raw(sql(db, COUNT, [])).await? else { return Ok(Undelivered::default()) };
    let count = |index| row.try_get_by_index::<i64>(index).map(i64::unsigned_abs);
    Ok(Undelivered { messages: count(0)?, instances: count(1)? })
}
