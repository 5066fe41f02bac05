//! What clients ask.

use std::cmp::Ordering;
use std::collections::HashMap;

use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseExecutor, DbBackend, EntityTrait, FromQueryResult, IsolationLevel,
    QueryFilter, TransactionTrait, Value,
};

use super::beside::References;
use super::convert;
use super::error::SqlError;
use super::filter::Selection;
use super::statement::sql_of;
use super::tables::instance::{Column, Entity, Model};
use super::tables::task;
use crate::ids::InstanceId;
use crate::model::{Blocked, RuntimeStatus};
use crate::store::{InstanceFilter, InstanceOrder, InstanceQuery, InstanceRecord, StoreError, Values};

/// The most instances that one page holds.
const MAX_PAGE: u32 = 1_000;

/// What a list shows of an instance: all but its values.
macro_rules! listed {
    () => {
        "i.key, i.id, i.name, i.version, i.status, i.lease_owner, i.lease_epoch, i.execution, i.ordinal, i.created_at, \
         i.updated_at, i.completed_at, i.blocked_kind, i.blocked_message, i.blocked_since, i.parent_id, \
         i.parent_execution, i.parent_event_id, i.custom_status, i.failure, i.tags, i.awaits_outside, \
         i.recoveries, i.marked, i.has_set_aside"
    };
}

/// The instance of that id.
pub(super) async fn find(db: &impl ConnectionTrait, id: &InstanceId) -> Result<Option<InstanceRecord>, SqlError> {
    let row = Entity::find().filter(Column::Id.eq(id.as_str())).one(db).await?;
    Ok(records(db, row.into_iter().collect()).await?.pop())
}

/// The instances of those ids, as far as they exist.
pub(super) async fn find_all(
    db: &impl ConnectionTrait,
    ids: &[&InstanceId],
) -> Result<HashMap<InstanceId, InstanceRecord>, SqlError> {
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.as_str()))).all(db).await?;
    Ok(records(db, rows).await?.into_iter().map(|record| (record.id.clone(), record)).collect())
}

/// A page of instances. The lists of several states are read in one snapshot, so that an instance that goes from one state
/// to another meanwhile is in one of them.
pub(super) async fn query(db: &DatabaseExecutor<'_>, query: &InstanceQuery) -> Result<Vec<InstanceRecord>, SqlError> {
    let backend = db.get_database_backend();
    let lists = statements(query, backend);
    if lists.len() <= 1 {
        return page(db, query, lists).await;
    }
    if db.is_transaction() {
        // A caller's transaction is a snapshot on SQLite. On PostgreSQL only a statement is.
        let lists = if backend == DbBackend::Postgres { vec![together(query, backend)] } else { lists };
        return page(db, query, lists).await;
    }
    // SQLite, which has no other isolation, takes the snapshot with the first read.
    let isolation = (backend == DbBackend::Postgres).then_some(IsolationLevel::RepeatableRead);
    let snapshot = db.begin_with_config(isolation, None).await?;
    let found = page(&snapshot, query, lists).await?;
    snapshot.rollback().await?;
    Ok(found)
}

/// The first instances of all `lists`: one range of an index for each state, and for those of the cursor's own age.
async fn page(
    db: &impl ConnectionTrait,
    query: &InstanceQuery,
    lists: Vec<Vec<Part>>,
) -> Result<Vec<InstanceRecord>, SqlError> {
    let limit = query.limit.min(MAX_PAGE);
    let mut rows = Vec::new();
    for parts in lists {
        let mut missing = limit;
        for part in parts {
            let (text, values) = part(missing);
            let found = Model::find_by_statement(sql_of(db, &text, values)).all(db).await?;
            missing -= u32::try_from(found.len()).unwrap_or(missing);
            rows.extend(found);
            if missing == 0 {
                break;
            }
        }
    }
    rows.sort_by(|a, b| compare(query.order, a, b));
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    records(db, rows).await
}

/// The rows as clients see them. An instance that is not blocked itself shows the first of its activities that is set aside.
async fn records(db: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<InstanceRecord>, SqlError> {
    let shows_set_aside = |row: &&Model| row.has_set_aside && row.blocked_kind.is_none();
    let with_set_aside: Vec<i64> = rows.iter().filter(shows_set_aside).map(|row| row.key).collect();
    let mut records = rows.into_iter().map(convert::record).collect::<Result<Vec<_>, _>>()?;
    References::of_records(&mut records).resolve(db).await?;
    if with_set_aside.is_empty() {
        return Ok(records);
    }
    for obstacle in first_set_aside(db, with_set_aside).await? {
        if let Some(record) = records.iter_mut().find(|record| record.key.0 == obstacle.instance_key) {
            record.blocked = obstacle.read()?;
        }
    }
    Ok(records)
}

/// Why an activity is set aside.
#[derive(FromQueryResult)]
struct SetAside {
    id: i64,
    instance_key: i64,
    set_aside_kind: Option<String>,
    set_aside_message: Option<String>,
    set_aside_since: Option<i64>,
}

impl SetAside {
    fn read(&self) -> Result<Option<Blocked>, StoreError> {
        let (kind, message) = (self.set_aside_kind.as_deref(), self.set_aside_message.as_deref());
        convert::Place::new("tasks", &self.id).obstacle(kind, message, self.set_aside_since)
    }
}

/// What stops the first activity that is set aside of each instance, without the activities' values: there may be many.
async fn first_set_aside(db: &impl ConnectionTrait, instances: Vec<i64>) -> Result<Vec<SetAside>, SqlError> {
    use task::Column::{Id, InstanceKey, SetAsideKind, SetAsideMessage, SetAsideSince};
    let mut first = Query::select();
    first
        .expr(Id.min())
        .from(task::Entity)
        .and_where(InstanceKey.is_in(instances))
        .and_where(SetAsideKind.is_not_null())
        .group_by_col(InstanceKey);
    let mut shown = Query::select();
    shown
        .columns([Id, InstanceKey, SetAsideKind, SetAsideMessage, SetAsideSince])
        .from(task::Entity)
        .and_where(Id.in_subquery(first));
    let rows = db.query_all(&shown).await?;
    Ok(rows.iter().map(|row| SetAside::from_query_result(row, "")).collect::<Result<_, _>>()?)
}

/// A statement that reads at most so many rows, with its values.
type Part = Box<dyn FnOnce(u32) -> (String, Vec<Value>) + Send>;

/// What a page is read by: for each state that is asked for, the parts of its list after the cursor, in their order.
pub(super) fn statements(query: &InstanceQuery, backend: DbBackend) -> Vec<Vec<Part>> {
    selections(query, backend).into_iter().map(|list| parts(query, list)).collect()
}

/// The same with one list for all states, which may have to be sorted. Its parts differ by age, which does not change.
fn together(query: &InstanceQuery, backend: DbBackend) -> Vec<Part> {
    let Some(mut list) = Selection::of(&query.filter, query.order, backend) else { return Vec::new() };
    list.statuses(&query.filter.statuses);
    parts(query, list)
}

fn parts(query: &InstanceQuery, list: Selection) -> Vec<Part> {
    let columns: &'static str = match query.values {
        Values::Omitted => concat!(listed!(), ", NULL AS input, NULL AS output"),
        Values::Included => concat!(listed!(), ", i.input, i.output"),
    };
    let order = query.order;
    let part = |part: Selection| -> Part { Box::new(move |limit| part.page(columns, order, limit)) };
    list.after(order, query.after.as_ref()).into_iter().map(part).collect()
}

/// How many instances are in each state that any is in.
pub(super) async fn count_by_status(
    db: &impl ConnectionTrait,
    filter: &InstanceFilter,
) -> Result<Vec<(RuntimeStatus, u64)>, SqlError> {
    let Some(mut selection) = Selection::of(filter, InstanceOrder::default(), db.get_database_backend()) else {
        return Ok(Vec::new());
    };
    selection.statuses(&filter.statuses);
    let (text, values) = selection.counts();
    let mut counts = Vec::new();
    for row in db.query_all_raw(sql_of(db, &text, values)).await? {
        let status: String = row.try_get_by_index(0)?;
        let count: i64 = row.try_get_by_index(1)?;
        counts.push((convert::Place::new("instances", &"of every key").status(&status)?, count.unsigned_abs()));
    }
    counts.sort_unstable();
    Ok(counts)
}

/// One selection for each state, because an index holds each state in the order of the list, but not several together.
fn selections(query: &InstanceQuery, backend: DbBackend) -> Vec<Selection> {
    const ENDED: [RuntimeStatus; 3] = [RuntimeStatus::Completed, RuntimeStatus::Failed, RuntimeStatus::Terminated];
    let (filter, order) = (&query.filter, query.order);
    let any = || Selection::of(filter, order, backend);
    let mut statuses = filter.statuses.clone();
    if statuses.is_empty() && order == InstanceOrder::ByEnd {
        statuses.extend(ENDED);
    }
    if statuses.is_empty() {
        return any().into_iter().collect();
    }
    statuses.sort_unstable();
    statuses.dedup();
    let of_status = |status| {
        let mut selection = any()?;
        selection.status(status, filter);
        Some(selection)
    };
    statuses.into_iter().filter_map(of_status).collect()
}

fn compare(order: InstanceOrder, a: &Model, b: &Model) -> Ordering {
    match order {
        InstanceOrder::NewestFirst => (b.created_at, b.key).cmp(&(a.created_at, a.key)),
        InstanceOrder::OldestFirst => (a.created_at, a.key).cmp(&(b.created_at, b.key)),
        InstanceOrder::ById => a.id.cmp(&b.id),
        InstanceOrder::ByEnd => (a.completed_at, a.key).cmp(&(b.completed_at, b.key)),
    }
}
