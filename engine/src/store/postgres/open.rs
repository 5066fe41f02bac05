//! Opening and closing a database.

use std::sync::Arc;

use countersign_migrations::engine::{Migrator, MigratorTrait};
use sea_orm::sqlx::Error as SqlxError;
use sea_orm::sqlx::postgres::PgPool;
use sea_orm::{DatabaseConnection, DbErr, RuntimeErr, SqlxPostgresConnector};

use super::lock::{self, ServerLock};
use super::options::{Freshness, Target};
use super::{PostgresOptions, errors};
use crate::observe::names::field;
use crate::store::StoreError;
use crate::store::sql::{Upgrade, Waiting};

/// A PostgreSQL database: the engine's store, and the place of the portal's own tables.
///
/// It needs a database of its own, whose tables it makes, and the right to make them. Transactions go on side by side; those
/// that touch the same instance take turns.
#[derive(Debug)]
pub struct Postgres {
    pub(super) writer: DatabaseConnection,
    pub(super) reader: DatabaseConnection,
    pub(super) waiting: Waiting<Self>,
    pub(super) options: PostgresOptions,
    pub(super) fresh: Freshness,
    /// Of the one process that serves the database.
    pub(super) server_lock: Option<ServerLock>,
    target: Target,
}

impl Postgres {
    /// Opens the database at `url` for serving, with the defaults. See [`Postgres::open_with`].
    pub async fn open(url: &str) -> Result<Arc<Self>, StoreError> {
        Self::open_with(url, PostgresOptions::default()).await
    }

    /// Opens the database at `url` (`postgres://user:password@host:port/database`) for serving and brings the engine's
    /// tables up to date. [`StoreError::InUse`] while another server has the database.
    ///
    /// The error of an unusable URL or an unreachable server never contains the password.
    pub async fn open_with(url: &str, options: PostgresOptions) -> Result<Arc<Self>, StoreError> {
        let target = Target::parse(url).map_err(|error| cannot_read_url(&error))?;
        let lock = ServerLock::take(&target, options.patience).await.map_err(|error| cannot_connect(&target, error))?;
        let lock = lock.ok_or_else(|| StoreError::InUse { place: target.name() })?;
        Self::connect(target, options, Some(lock)).await
    }

    /// Opens the database at `url` beside a server that may run, for a command that reads or writes a little and ends; it
    /// must not run instances. The engine's tables are brought up to date as [`Postgres::migrate`] says.
    pub async fn open_shared(url: &str) -> Result<Arc<Self>, StoreError> {
        let target = Target::parse(url).map_err(|error| cannot_read_url(&error))?;
        Self::connect(target, PostgresOptions::default(), None).await
    }

    /// The connections for reading. They refuse to write; for that there are transactions.
    pub fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Brings the tables of the list `M` up to date, such as the portal's. Each migration is whole or not at all, and
    /// processes that do this at the same time take turns.
    ///
    /// A database opened by [`Postgres::open_shared`] does not change tables that a running server uses: that is
    /// [`StoreError::Unavailable`].
    pub async fn migrate<M: MigratorTrait>(&self) -> Result<(), StoreError> {
        let alone = lock::migrate(&self.target).await.map_err(|error| cannot_connect(&self.target, error))?;
        let alone = connection(alone);
        let upgrade = Upgrade::of::<M>(&alone).await.map_err(refused)?;
        let done = match upgrade {
            Upgrade::Nothing => Ok(()),
            Upgrade::Changes if self.server_lock.is_none() && self.is_served().await? => Err(Upgrade::refusal()),
            Upgrade::Changes | Upgrade::Everything => M::up(&alone, None).await.map_err(refused),
        };
        close(&alone).await;
        done
    }

    /// Closes all connections, after those who use one have ended. What comes later meets [`StoreError::Unavailable`].
    pub async fn close(&self) {
        close(&self.reader).await;
        close(&self.writer).await;
        if let Some(lock) = &self.server_lock {
            lock.release();
        }
    }

    async fn connect(
        target: Target,
        options: PostgresOptions,
        server_lock: Option<ServerLock>,
    ) -> Result<Arc<Self>, StoreError> {
        let fresh = Freshness::default();
        let cannot = |error| cannot_connect(&target, error);
        let writer = connection(options.writer(&target, &fresh).await.map_err(cannot)?);
        let reader = connection(options.reader(&target, &fresh).await.map_err(cannot)?);
        let store = Arc::new_cyclic(|myself| Self {
            writer,
            reader,
            waiting: Waiting::of(myself),
            options,
            fresh,
            server_lock,
            target,
        });
        store.migrate::<Migrator>().await?;
        Ok(store)
    }

    async fn is_served(&self) -> Result<bool, StoreError> {
        lock::is_served(&self.target).await.map_err(|error| cannot_connect(&self.target, error))
    }

    /// Which database on which server, for people: without the password.
    pub fn place(&self) -> String {
        self.target.name()
    }
}

fn connection(pool: PgPool) -> DatabaseConnection {
    SqlxPostgresConnector::from_sqlx_postgres_pool(pool)
}

async fn close(connection: &DatabaseConnection) {
    if let Err(error) = connection.close_by_ref().await {
        tracing::warn!({ field::ERROR } = %error, "a connection did not close in order");
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn refused(error: DbErr) -> StoreError {
    errors::of_statement(&error)
}

fn cannot_read_url(error: &SqlxError) -> StoreError {
    StoreError::Database(format!("its URL cannot be used: {error}"))
}

/// Names the database, for the reason alone does not say whose it is; where a pool gave up there is not even a reason.
fn cannot_connect(target: &Target, error: SqlxError) -> StoreError {
    let place = target.name();
    let problem = match &error {
        SqlxError::PoolTimedOut => format!("no connection to {place} came about in time"),
        reason => format!("{place}: {reason}"),
    };
    match refused(DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))) {
        StoreError::Unavailable(_) => StoreError::Unavailable(problem),
        StoreError::Database(_) => StoreError::Database(problem),
        other => other,
    }
}
