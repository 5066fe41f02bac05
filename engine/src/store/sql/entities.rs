//! Entities: rows among the instances that come into being by their first message, and their states and locks.
//!
//! An entity's row has the state [`STATUS`], which no orchestration has: it keeps entities out of everything that is asked of
//! orchestrations, by the indexes that exist for them, and no turn changes it.

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, Order, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::error::SqlError;
use super::statement::{rows_per_statement, sql};
use super::tables::entity::{ActiveModel, Column, Entity};
use super::tables::instance;
use super::transaction::Transaction;
use super::{convert, inbox, lock, timers};
use crate::clock::Timestamp;
use crate::ids::{EntityId, ExecutionId, InstanceId, InstanceKey};
use crate::model::{EntityMessage, EntityState, Message, Payload};
use crate::store::{Claim, Cleaned, EntityChange, Later};

/// What stands in the place of a state of an orchestration.
pub(super) const STATUS: &str = "Entity";

/// What [`create`] writes of an entity.
const WRITTEN: [instance::Column; 10] = [
    instance::Column::Id,
    instance::Column::Name,
    instance::Column::Version,
    instance::Column::Status,
    instance::Column::LeaseEpoch,
    instance::Column::Execution,
    instance::Column::Ordinal,
    instance::Column::CreatedAt,
    instance::Column::UpdatedAt,
    instance::Column::Input,
];

/// Does what `Store::tell_entity` promises.
pub(super) async fn tell(
    tx: &Transaction,
    entity: &EntityId,
    message: &EntityMessage,
    later: Option<Later>,
    source: Uuid,
    now: Timestamp,
) -> Result<(), SqlError> {
    let db = tx.connection();
    let id = InstanceId::of_entity(entity);
    let mut keys = find_keys(db, &[&id]).await?;
    create(db, [entity.clone()], &mut keys, source, now).await?;
    let Some(&key) = keys.get(id.as_str()) else { return Ok(()) };
    lock::instance(db, key).await?;
    let message = Message::Entity(message.clone());
    match later {
        Some(later) => {
            timers::delay(db, &[(key, &message, later)]).await?;
            tx.falls_due(later.at);
        }
        None => {
            inbox::put(db, &[(key, message)]).await?;
            tx.touch(key);
        }
    }
    Ok(())
}

/// The keys of those instances that exist, with their ids. They are locked until the end of the transaction, in one order,
/// where the database has more than one writer: so nobody removes a receiver, and its messages are in the order of the commits.
pub(super) async fn find_keys(
    db: &impl ConnectionTrait,
    ids: &[&InstanceId],
) -> Result<HashMap<String, InstanceKey>, SqlError> {
    let mut keys = HashMap::new();
    for ids in ids.chunks(rows_per_statement(1)) {
        let mut select = Query::select();
        select
            .columns([instance::Column::Key, instance::Column::Id])
            .from(instance::Entity)
            .and_where(instance::Column::Id.is_in(ids.iter().map(|id| id.as_str())))
            .order_by(instance::Column::Key, Order::Asc)
            .lock_exclusive();
        for row in db.query_all(&select).await? {
            keys.insert(row.try_get_by_index::<String>(1)?, InstanceKey(row.try_get_by_index(0)?));
        }
    }
    Ok(keys)
}

/// Creates those `entities` that have no key in `keys` yet, and adds theirs; `true` if there were any. What each does once in
/// its life derives from `source`.
pub(super) async fn create(
    db: &impl ConnectionTrait,
    entities: impl IntoIterator<Item = EntityId>,
    keys: &mut HashMap<String, InstanceKey>,
    source: Uuid,
    now: Timestamp,
) -> Result<bool, SqlError> {
    let mut missing: Vec<EntityId> =
        entities.into_iter().filter(|entity| !keys.contains_key(entity.as_str())).collect();
    // In one order, so that two who create the same ones do not wait for each other.
    missing.sort_unstable();
    missing.dedup();
    for rows in missing.chunks(rows_per_statement(WRITTEN.len())) {
        let mut insert = Query::insert();
        insert
            .into_table(instance::Entity)
            .columns(WRITTEN)
            .on_conflict(OnConflict::column(instance::Column::Id).do_nothing().to_owned());
        for entity in rows {
            let life = Uuid::new_v5(&source, entity.as_str().as_bytes());
            insert.values_panic([
                entity.as_str().into(),
                entity.name().into(),
                "".into(),
                STATUS.into(),
                0_i64.into(),
                convert::execution(ExecutionId(life)).into(),
                1_i64.into(),
                now.as_micros().into(),
                now.as_micros().into(),
                convert::json(&Payload::null()).into(),
            ]);
        }
        db.execute(&insert).await?;
        let ids: Vec<_> = rows.iter().map(InstanceId::of_entity).collect();
        // Read back and not returned by the insert: who lost a race against another creator has to know the key as well.
        keys.extend(find_keys(db, &ids.iter().collect::<Vec<_>>()).await?);
    }
    Ok(!missing.is_empty())
}

/// Does what `Store::load_entity` promises.
pub(super) async fn load(db: &impl ConnectionTrait, claim: &Claim) -> Result<EntityState, SqlError> {
    match Entity::find_by_id(claim.key.0).one(db).await? {
        Some(row) => Ok(convert::entity_state(row)?),
        None => Ok(EntityState::default()),
    }
}

/// Writes what a turn has changed.
pub(super) async fn save(db: &impl ConnectionTrait, key: InstanceKey, change: &EntityChange) -> Result<(), SqlError> {
    let lock = change.state.lock.as_ref();
    let row = ActiveModel {
        instance_key: Set(key.0),
        state: Set(change.state.value.as_ref().map(convert::json)),
        lock_instance: Set(lock.map(|lock| lock.section.instance.to_string())),
        lock_execution: Set(lock.map(|lock| convert::execution(lock.section.execution))),
        lock_event_id: Set(lock.map(|lock| i64::from(lock.section.event_id.0))),
        locked_at: Set(lock.map(|lock| lock.since.as_micros())),
    };
    let locks = [Column::LockInstance, Column::LockExecution, Column::LockEventId, Column::LockedAt];
    let state = change.changed.then_some(Column::State);
    let again = OnConflict::column(Column::InstanceKey).update_columns(locks.into_iter().chain(state)).to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}

/// Does what `Store::find_living` promises.
pub(super) async fn find_living(
    db: &impl ConnectionTrait,
    executions: &[(InstanceId, ExecutionId)],
) -> Result<HashSet<ExecutionId>, SqlError> {
    let mut current = HashSet::new();
    for rows in executions.chunks(rows_per_statement(1)) {
        let living = instance::Entity::find()
            .select_only()
            .column(instance::Column::Execution)
            .filter(instance::Column::Id.is_in(rows.iter().map(|(id, _)| id.as_str())))
            .filter(instance::Column::CompletedAt.is_null());
        current.extend(living.into_tuple::<String>().all(db).await?);
    }
    let lives = |(_, execution): &&(InstanceId, ExecutionId)| current.contains(&convert::execution(*execution));
    Ok(executions.iter().filter(lives).map(|(_, execution)| *execution).collect())
}

/// Removes what has neither state nor lock nor anything to read: see `Store::clean_entities`.
pub(super) async fn clean(db: &impl ConnectionTrait, after: InstanceKey, limit: u32) -> Result<Cleaned, SqlError> {
    const LOOK: &str = "SELECT instance_key, state IS NULL AND lock_execution IS NULL \
        AND NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.instance_key = entities.instance_key) \
        AND NOT EXISTS (SELECT 1 FROM timers WHERE timers.instance_key = entities.instance_key) AS is_empty \
        FROM entities WHERE instance_key > $1 ORDER BY instance_key LIMIT $2";
    let look = || Looked::find_by_statement(sql(db, LOOK, [after.0.into(), i64::from(limit).into()])).all(db);
    let keys_of = |rows: &[Looked]| rows.iter().filter(|row| row.is_empty).map(|row| row.instance_key).collect();
    let mut rows = look().await?;
    let mut empty: Vec<i64> = keys_of(&rows);
    if !empty.is_empty() {
        // Looked at again once nobody can send to them.
        let keys: Vec<_> = empty.iter().copied().map(InstanceKey).collect();
        lock::keys(db, keys.iter()).await?;
        rows = look().await?;
        let locked: HashSet<i64> = empty.into_iter().collect();
        empty = keys_of(&rows);
        empty.retain(|key| locked.contains(key));
    }
    for keys in empty.chunks(rows_per_statement(1)) {
        Entity::delete_many().filter(Column::InstanceKey.is_in(keys.iter().copied())).exec(db).await?;
        let of_instances = instance::Column::Key.is_in(keys.iter().copied());
        instance::Entity::delete_many().filter(of_instances).exec(db).await?;
    }
    let full = u32::try_from(rows.len()) == Ok(limit);
    let next = rows.last().filter(|_| full).map(|row| InstanceKey(row.instance_key));
    Ok(Cleaned { removed: u64::try_from(empty.len()).unwrap_or(u64::MAX), next })
}

#[derive(FromQueryResult)]
struct Looked {
    instance_key: i64,
    is_empty: bool,
}
