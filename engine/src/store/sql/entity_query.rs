//! What clients and the sweeper ask about entities.

use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult, Order};

use super::convert::{self, Place};
use super::entities::STATUS;
use super::error::SqlError;
use super::statement::sql;
use super::tables::{entity, instance};
use crate::clock::Timestamp;
use crate::ids::{EntityId, InstanceKey};
use crate::model::ActionLink;
use crate::store::{EntityQuery, EntityRecord, OrphanLock};

/// The most entities that one page holds.
const MAX_PAGE: u32 = 1_000;

#[derive(FromQueryResult)]
struct Row {
    key: i64,
    id: String,
    created_at: i64,
    updated_at: i64,
    blocked_kind: Option<String>,
    blocked_message: Option<String>,
    blocked_since: Option<i64>,
    state: Option<String>,
    lock_instance: Option<String>,
    lock_execution: Option<String>,
    lock_event_id: Option<i64>,
    locked_at: Option<i64>,
}

/// Does what `Reads::find_entity` promises.
pub(super) async fn find(db: &impl ConnectionTrait, id: &EntityId) -> Result<Option<EntityRecord>, SqlError> {
    let mut select = entities();
    select.and_where(id_column().eq(id.as_str()));
    let row = db.query_one(&select).await?;
    row.map(|row| record(Row::from_query_result(&row, "")?)).transpose()
}

/// Does what `Reads::list_entities` promises.
pub(super) async fn list(db: &impl ConnectionTrait, query: &EntityQuery) -> Result<Vec<EntityRecord>, SqlError> {
    let Some(select) = page(query) else { return Ok(Vec::new()) };
    let rows = db.query_all(&select).await?;
    rows.iter().map(|row| record(Row::from_query_result(row, "")?)).collect()
}

/// The statement that reads what `query` means. `None` when there can be no such entities.
pub(super) fn page(query: &EntityQuery) -> Option<SelectStatement> {
    // No column holds the character zero, and PostgreSQL does not even take it in a question.
    if [&query.name, &query.key_prefix].into_iter().flatten().any(|text| text.contains('\0')) {
        return None;
    }
    let updated = || Expr::col((instance::Entity, instance::Column::UpdatedAt));
    let mut select = entities();
    if let Some(ids) = &query.ids {
        // Nothing but an entity has such an id. To ask for the state too would lead the database to the index of all of them.
        select.and_where(id_column().is_in(ids.iter().map(EntityId::as_str)));
    } else {
        // Written out, because no database finds the indices of entities by a value that is bound.
        let status = Expr::col((instance::Entity, instance::Column::Status));
        select.and_where(status.eq(Expr::cust(format!("'{STATUS}'"))));
    }
    if let Some(name) = &query.name {
        let name = name.to_lowercase();
        let prefix = format!("@{name}@{}", query.key_prefix.as_deref().unwrap_or_default());
        select.and_where(Expr::col((instance::Entity, instance::Column::Name)).eq(name));
        select.and_where_option(query.key_prefix.is_some().then(|| begins_with(&prefix)));
    }
    let not_empty = Expr::col((entity::Entity, entity::Column::State)).is_not_null();
    select
        .and_where_option((!query.include_empty).then_some(not_empty))
        .and_where_option(query.updated_from.map(|from| updated().gte(from.as_micros())))
        .and_where_option(query.updated_to.map(|to| updated().lte(to.as_micros())))
        .and_where_option(query.after.map(|after| Expr::col((instance::Entity, instance::Column::Key)).gt(after.0)))
        .order_by((instance::Entity, instance::Column::Key), Order::Asc)
        .limit(u64::from(Ord::min(query.limit, MAX_PAGE)));
    Some(select)
}

/// All columns of all instances; whoever asks says which are entities.
fn entities() -> SelectStatement {
    let mut select = Query::select();
    let of_instance = |column| (instance::Entity, column);
    let of_entity = |column| (entity::Entity, column);
    select
        .columns(
            [
                instance::Column::Key,
                instance::Column::Id,
                instance::Column::CreatedAt,
                instance::Column::UpdatedAt,
                instance::Column::BlockedKind,
                instance::Column::BlockedMessage,
                instance::Column::BlockedSince,
            ]
            .map(of_instance),
        )
        .columns(
            [
                entity::Column::State,
                entity::Column::LockInstance,
                entity::Column::LockExecution,
                entity::Column::LockEventId,
                entity::Column::LockedAt,
            ]
            .map(of_entity),
        )
        .from(instance::Entity)
        .left_join(
            entity::Entity,
            Expr::col(of_entity(entity::Column::InstanceKey)).equals(of_instance(instance::Column::Key)),
        );
    select
}

fn id_column() -> Expr {
    Expr::col((instance::Entity, instance::Column::Id))
}

/// Compared character by character, as among the instances.
fn begins_with(prefix: &str) -> Expr {
    let length = i32::try_from(prefix.chars().count()).unwrap_or(i32::MAX);
    Expr::from(Func::cust("substr").arg(id_column()).arg(1_i32).arg(length)).eq(prefix)
}

fn record(row: Row) -> Result<EntityRecord, SqlError> {
    let place = Place::new("instances", &row.key);
    let blocked = place.obstacle(row.blocked_kind.as_deref(), row.blocked_message.as_deref(), row.blocked_since)?;
    let state = convert::entity_state(entity::Model {
        instance_key: row.key,
        state: row.state,
        lock_instance: row.lock_instance,
        lock_execution: row.lock_execution,
        lock_event_id: row.lock_event_id,
        locked_at: row.locked_at,
    })?;
    Ok(EntityRecord {
        key: InstanceKey(row.key),
        id: place.entity_id("id", &row.id)?,
        state: state.value,
        lock: state.lock,
        blocked,
        created_at: Timestamp::from_micros(row.created_at),
        updated_at: Timestamp::from_micros(row.updated_at),
    })
}

#[derive(FromQueryResult)]
struct Orphan {
    key: i64,
    id: String,
    lock_instance: String,
    lock_execution: String,
    lock_event_id: i64,
    locked_at: i64,
}

/// Does what `Reads::find_orphan_locks` promises. It reads the locks that are held, and not the entities as a
/// whole. A message of a holder that is not read yet may be the release.
pub(super) async fn orphan_locks(db: &impl ConnectionTrait) -> Result<Vec<OrphanLock>, SqlError> {
    const ORPHANS: &str = "SELECT instances.key, instances.id, lock_instance, lock_execution, lock_event_id, locked_at \
        FROM entities JOIN instances ON instances.key = entities.instance_key \
        WHERE lock_execution IS NOT NULL AND NOT EXISTS (SELECT 1 FROM instances AS holder \
        WHERE holder.id = lock_instance AND holder.execution = lock_execution AND holder.completed_at IS NULL) \
        AND NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.instance_key = entities.instance_key AND inbox.is_start) \
        ORDER BY instances.key";
    let rows = Orphan::find_by_statement(sql(db, ORPHANS, [])).all(db).await?;
    let orphan = |row: Orphan| {
        let place = Place::new("entities", &row.key);
        Ok(OrphanLock {
            entity: place.entity_id("id", &row.id)?,
            section: ActionLink {
                instance: place.instance_id("lock_instance", row.lock_instance)?,
                execution: place.execution(&row.lock_execution)?,
                event_id: place.event_id("lock_event_id", row.lock_event_id)?,
            },
            since: Timestamp::from_micros(row.locked_at),
        })
    };
    rows.into_iter().map(orphan).collect()
}
