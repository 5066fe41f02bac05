//! Who may serve a database, and who may change its tables: advisory locks, which end with the connection that holds them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgListener, PgPool};
use sea_orm::sqlx::{self, AssertSqlSafe};
use tokio::task::JoinHandle;

use super::errors;
use super::options::Target;
use crate::clock::{Clock, SystemClock};
use crate::observe::names::field;

/// The first half of the numbers of this program's locks: "CSGN".
const OURS: i32 = 0x4353_474e;

/// Held by the one process that serves the database.
const SERVER: i32 = 1;

/// Held while tables are brought up to date, by servers and commands alike.
const MIGRATION: i32 = 2;

/// How long to wait before a lost connection to the server is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// The server's lock: as long as it lives, no other process serves the database.
#[derive(Debug)]
pub(super) struct ServerLock {
    taken_over: Arc<AtomicBool>,
    guard: JoinHandle<()>,
}

impl ServerLock {
    /// Takes the lock, for which it waits as long as `patience`; `None` when another process keeps it.
    pub(super) async fn take(target: &Target, patience: Duration) -> Result<Option<Self>, sqlx::Error> {
        let Some(held) = hold(target, patience).await? else { return Ok(None) };
        let taken_over = Arc::new(AtomicBool::new(false));
        let guard = tokio::spawn(keep(held, target.clone(), Arc::clone(&taken_over)));
        Ok(Some(Self { taken_over, guard }))
    }

    /// Whether the lock was lost with its connection and another process has it now.
    pub(super) fn is_taken_over(&self) -> bool {
        self.taken_over.load(Ordering::Relaxed)
    }

    /// Gives the lock back.
    pub(super) fn release(&self) {
        self.guard.abort();
    }
}

impl Drop for ServerLock {
    fn drop(&mut self) {
        self.release();
    }
}

/// Waits until nobody else changes the tables. The pool has one connection, to which the lock belongs.
pub(super) async fn migrate(target: &Target) -> Result<PgPool, sqlx::Error> {
    let pool = target.single().await?;
    sqlx::query("SELECT pg_advisory_lock($1, $2)").bind(OURS).bind(MIGRATION).execute(&pool).await?;
    Ok(pool)
}

/// Whether a server runs at this moment.
pub(super) async fn is_served(target: &Target) -> Result<bool, sqlx::Error> {
    Ok(hold(target, Duration::ZERO).await?.is_none())
}

/// A connection that has the server's lock. It listens to nothing; a listener is what notices at once that it is cut off.
async fn hold(target: &Target, patience: Duration) -> Result<Option<PgListener>, sqlx::Error> {
    let mut listener = PgListener::connect_with(&target.single().await?).await?;
    listener.eager_reconnect(false);
    let millis = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX).max(1);
    sqlx::raw_sql(AssertSqlSafe(format!("SET lock_timeout = {millis}"))).execute(&mut listener).await?;
    match sqlx::query("SELECT pg_advisory_lock($1, $2)").bind(OURS).bind(SERVER).execute(&mut listener).await {
        Ok(_) => Ok(Some(listener)),
        Err(error) if errors::is_collision(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Watches the connection that has the lock, and takes it again where the connection is lost.
async fn keep(mut held: PgListener, target: Target, taken_over: Arc<AtomicBool>) {
    loop {
        while let Ok(Some(_)) = held.try_recv().await {}
        tracing::warn!(
            { field::DATABASE } = target.name(),
            "the connection that marks this server as the only one was lost"
        );
        drop(held);
        held = loop {
            match hold(&target, Duration::ZERO).await {
                Ok(Some(again)) => break again,
                Ok(None) => {
                    taken_over.store(true, Ordering::Relaxed);
                    tracing::error!(
                        { field::DATABASE } = target.name(),
                        "another server has taken over; this one writes no more"
                    );
                    return;
                }
                Err(error) => {
                    tracing::debug!({ field::ERROR } = %error, "the database is still out of reach");
                    SystemClock.sleep_until(SystemClock.now() + PAUSE).await;
                }
            }
        };
        tracing::info!({ field::DATABASE } = target.name(), "this server is marked as the only one again");
    }
}
