//! Locks on the rows of instances.
//!
//! Whoever puts a message into an inbox, or changes what belongs to an instance, holds the lock on the instance's row until
//! the end of the transaction. So the numbers of an inbox are in the order of the commits, and what was read of an instance stays true.
//! Several rows are locked by one statement in the order of their keys, before anything else is written: two
//! transactions that need the same rows never wait for each other.
//!
//! Where a database has a single writer, as SQLite has, nothing needs to be locked.

use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend};

use super::error::SqlError;
use super::tables::instance::{Column, Entity};
use crate::ids::{InstanceId, InstanceKey};

/// The end of a `SELECT` from the instances that locks what it finds.
pub(super) fn for_update(db: &impl ConnectionTrait) -> &'static str {
    if has_single_writer(db) { "" } else { " FOR UPDATE" }
}

/// Locks an instance.
pub(super) async fn instance(db: &impl ConnectionTrait, key: InstanceKey) -> Result<(), SqlError> {
    instances(db, Column::Key.eq(key.0)).await
}

/// Locks several instances by their keys.
pub(super) async fn keys<'k>(
    db: &impl ConnectionTrait,
    keys: impl Iterator<Item = &'k InstanceKey> + Send,
) -> Result<(), SqlError> {
    instances(db, Column::Key.is_in(keys.map(|key| key.0))).await
}

/// Locks those instances whose keys `rows` selects, and says which they are. `None` where nothing needs to be locked.
pub(super) async fn owners(db: &impl ConnectionTrait, rows: &SelectStatement) -> Result<Option<Vec<i64>>, SqlError> {
    if has_single_writer(db) {
        return Ok(None);
    }
    let locked = db.query_all(&locking(Column::Key.in_subquery(rows.clone()))).await?;
    Ok(Some(locked.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?))
}

/// Locks instances by their keys, and others by their ids as far as they exist.
pub(super) async fn keys_and_ids(
    db: &impl ConnectionTrait,
    keys: &[InstanceKey],
    ids: &[&InstanceId],
) -> Result<(), SqlError> {
    let by_key = Column::Key.is_in(keys.iter().map(|key| key.0));
    instances(db, by_key.or(Column::Id.is_in(ids.iter().map(|id| id.as_str())))).await
}

async fn instances(db: &impl ConnectionTrait, which: Expr) -> Result<(), SqlError> {
    if !has_single_writer(db) {
        db.query_all(&locking(which)).await?;
    }
    Ok(())
}

fn locking(which: Expr) -> SelectStatement {
    let mut select = Query::select();
    select.column(Column::Key).from(Entity).and_where(which).order_by(Column::Key, Order::Asc).lock_exclusive();
    select
}

/// Has a transaction give up soon when it has to wait for a lock: it holds those of many, who must not wait for one.
pub(super) async fn impatiently(db: &impl ConnectionTrait) -> Result<(), SqlError> {
    if !has_single_writer(db) {
        db.execute_unprepared("SET LOCAL lock_timeout = '100ms'").await?;
    }
    Ok(())
}

/// Waits until all turns that are being committed have ended, and keeps others from it until the end of the transaction.
pub(super) async fn all_turns(db: &impl ConnectionTrait) -> Result<(), SqlError> {
    if !has_single_writer(db) {
        // Every commit of a turn reads this table, to see that its node lives.
        db.execute_unprepared("LOCK TABLE nodes IN ACCESS EXCLUSIVE MODE").await?;
    }
    Ok(())
}

fn has_single_writer(db: &impl ConnectionTrait) -> bool {
    db.get_database_backend() == DbBackend::Sqlite
}
