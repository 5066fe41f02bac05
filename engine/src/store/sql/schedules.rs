//! Schedules: kept, found when they are due, and changed by one writer at a time.

use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use super::convert::{self, Place};
use super::error::SqlError;
use super::statement::sql;
use super::tables::schedule::{Column, Entity, Model};
use crate::clock::Timestamp;
use crate::ids::ScheduleId;
use crate::model::ScheduleRecord;
use crate::store::{DueSchedules, StoreError};

/// The most schedules that one page holds.
const MAX_PAGE: u32 = 1_000;

/// Does what `Store::create_schedule` promises.
pub(super) async fn create(db: &impl ConnectionTrait, record: &ScheduleRecord) -> Result<(), SqlError> {
    let taken = OnConflict::column(Column::Id).do_nothing().to_owned();
    let insert = Entity::insert(row(record).into_active_model()).on_conflict(taken);
    match insert.exec_without_returning(db).await? {
        1 => Ok(()),
        _ => Err(StoreError::ScheduleExists(record.id.clone()).into()),
    }
}

/// Does what `Store::save_schedule` promises.
pub(super) async fn save(db: &impl ConnectionTrait, record: &ScheduleRecord) -> Result<(), SqlError> {
    let row = row(record);
    let saved = Entity::update_many()
        .col_expr(Column::FireAt, row.fire_at.into())
        .col_expr(Column::Queued, row.queued.into())
        .col_expr(Column::UpdatedAt, row.updated_at.into())
        .col_expr(Column::Schedule, row.schedule.into())
        .col_expr(Column::State, row.state.into())
        .filter(Column::Id.eq(record.id.as_str()))
        .exec(db)
        .await?;
    match saved.rows_affected {
        1 => Ok(()),
        _ => Err(StoreError::ScheduleNotFound(record.id.clone()).into()),
    }
}

/// Does what `Store::delete_schedule` promises.
pub(super) async fn delete(db: &impl ConnectionTrait, id: &ScheduleId) -> Result<(), SqlError> {
    match Entity::delete_by_id(id.as_str()).exec(db).await?.rows_affected {
        1 => Ok(()),
        _ => Err(StoreError::ScheduleNotFound(id.clone()).into()),
    }
}

/// The schedule of that id. `lock` holds its row until the end of the transaction, where rows can be held.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    id: &ScheduleId,
    lock: Lock,
) -> Result<Option<ScheduleRecord>, SqlError> {
    let held = matches!(lock, Lock::Held) && db.get_database_backend() == DbBackend::Postgres;
    let row = Entity::find_by_id(id.as_str()).apply_if(held.then_some(()), |select, ()| select.lock(LockType::Update));
    Ok(row.one(db).await?.map(record).transpose()?)
}

/// How a row is read.
#[derive(Clone, Copy)]
pub(super) enum Lock {
    /// As it stands.
    Free,
    /// And nobody else writes it meanwhile.
    Held,
}

/// Does what `Reads::list_schedules` promises.
pub(super) async fn list(
    db: &impl ConnectionTrait,
    after: Option<&ScheduleId>,
    limit: u32,
) -> Result<Vec<ScheduleRecord>, SqlError> {
    let rows = Entity::find()
        .apply_if(after, |select, id| select.filter(Column::Id.gt(id.as_str())))
        .order_by_asc(Column::Id)
        .limit(u64::from(limit.min(MAX_PAGE)))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(record).collect::<Result<_, _>>()?)
}

/// Does what `Store::due_schedules` promises.
pub(super) async fn due(db: &impl ConnectionTrait, now: Timestamp, limit: u32) -> Result<DueSchedules, SqlError> {
    const NEXT: &str = "SELECT MIN(fire_at) FROM schedules WHERE fire_at > $1";
    let due = Entity::find().filter(Column::FireAt.lte(now.as_micros())).order_by_asc(Column::FireAt);
    let row = db.query_one_raw(sql(db, NEXT, [now.as_micros().into()])).await?;
    let next = row.map(|row| row.try_get_by_index::<Option<i64>>(0)).transpose()?.flatten();
    Ok(DueSchedules { ids: ids(db, due, limit).await?, next: next.map(Timestamp::from_micros) })
}

/// Does what `Store::queued_schedules` promises.
pub(super) async fn queued(db: &impl ConnectionTrait, limit: u32) -> Result<Vec<ScheduleId>, SqlError> {
    ids(db, Entity::find().filter(Column::Queued.eq(true)).order_by_asc(Column::Id), limit).await
}

async fn ids(
    db: &impl ConnectionTrait,
    select: sea_orm::Select<Entity>,
    limit: u32,
) -> Result<Vec<ScheduleId>, SqlError> {
    let found = select.select_only().column(Column::Id).limit(u64::from(limit)).into_tuple::<String>().all(db).await?;
    Ok(found.into_iter().map(id).collect::<Result<_, _>>()?)
}

fn id(text: String) -> Result<ScheduleId, StoreError> {
    let parsed = ScheduleId::parse(&text);
    parsed.map_err(|error| Place::new("schedules", &text).unreadable("id", error))
}

fn row(record: &ScheduleRecord) -> Model {
    Model {
        id: record.id.as_str().to_owned(),
        fire_at: record.state.fire_at.map(Timestamp::as_micros),
        queued: record.state.queued.is_some() && record.state.paused.is_none(),
        created_at: record.created_at.as_micros(),
        updated_at: record.updated_at.as_micros(),
        schedule: convert::to_json(&record.schedule),
        state: convert::to_json(&record.state),
    }
}

fn record(row: Model) -> Result<ScheduleRecord, StoreError> {
    let place = Place::new("schedules", &row.id);
    Ok(ScheduleRecord {
        schedule: place.json("schedule", &row.schedule)?,
        state: place.json("state", &row.state)?,
        created_at: Timestamp::from_micros(row.created_at),
        updated_at: Timestamp::from_micros(row.updated_at),
        id: id(row.id.clone())?,
    })
}
