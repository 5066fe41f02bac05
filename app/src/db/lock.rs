//! Locks on what no single row stands for, where several transactions write at the same time. SQLite has one writer, who
//! needs none of them.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::portal::error::Result;

/// What is locked until the end of the transaction.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lock {
    /// Which files there are, and what refers to them.
    Files = 1,
    /// Who is an administrator.
    Admins = 2,
    /// Who reports to whom.
    Managers = 3,
}

/// Sets the portal's locks apart from the engine's.
const OURS: i32 = 0x4353_4750;

/// Waits until it is the only one that has the lock.
pub(super) async fn alone(db: &impl ConnectionTrait, lock: Lock) -> Result<()> {
    take(db, "SELECT pg_advisory_xact_lock($1, $2)", lock).await
}

/// Waits until nobody has the lock [`alone`].
pub(super) async fn shared(db: &impl ConnectionTrait, lock: Lock) -> Result<()> {
    take(db, "SELECT pg_advisory_xact_lock_shared($1, $2)", lock).await
}

async fn take(db: &impl ConnectionTrait, statement: &str, lock: Lock) -> Result<()> {
    if has_many_writers(db) {
        let values = [OURS.into(), (lock as i32).into()];
        db.query_all_raw(Statement::from_sql_and_values(DbBackend::Postgres, statement, values)).await?;
    }
    Ok(())
}

/// Whether transactions write side by side.
pub(super) fn has_many_writers(db: &impl ConnectionTrait) -> bool {
    db.get_database_backend() == DbBackend::Postgres
}
