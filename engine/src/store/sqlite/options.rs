//! What may be chosen when a database is opened, and the connections that follow from it.

use std::path::PathBuf;
use std::time::Duration;

use futures::future::BoxFuture;
use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sea_orm::sqlx::{self, ConnectOptions, Connection};

use crate::store::sql::TRANSACTION_BUDGET;

/// How long a connection waits for a connection of its pool: longer than any writer holds the writer.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);

/// The size to which the write-ahead log shrinks once it is written back, in bytes.
const LOG_SIZE_LIMIT: u32 = 64 * 1024 * 1024;

/// `PRAGMA synchronous` as a number: every commit is on the disk before it is acknowledged.
const SYNCHRONOUS_FULL: i64 = 2;

/// Where a database is.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// In this file.
    File(PathBuf),
    /// In the memory of the process, under this name.
    Memory(String),
}

/// What may be chosen when a database is opened. The defaults are for a server.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// How long a write waits for another process's write (a command line's), before it is tried again a few times.
    pub busy_timeout: Duration,
    /// How long a caller's transaction may last.
    pub transaction_budget: Duration,
    /// How many reads go on at the same time.
    pub readers: u32,
    /// The most pages the file may have; writes beyond it meet [`crate::store::StoreError::Full`].
    pub max_page_count: Option<u32>,
    /// Whether several nodes of this process work on the database at a time, as those of a simulation do. Otherwise a node
    /// that starts declares all others dead.
    pub shared_by_nodes: bool,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            busy_timeout: Duration::from_secs(5),
            transaction_budget: TRANSACTION_BUDGET,
            readers: 4,
            max_page_count: None,
            shared_by_nodes: false,
        }
    }
}

impl SqliteOptions {
    /// The one connection that writes.
    pub(super) async fn writer(&self, place: &Place) -> Result<SqlitePool, sqlx::Error> {
        let mut options = self.connection(place);
        if let Some(pages) = self.max_page_count {
            options = options.pragma("max_page_count", pages.to_string());
        }
        let pool = match place {
            Place::File(_) => pool(1).after_connect(|connection, _| check_durability(connection)),
            Place::Memory(_) => pool(1),
        };
        pool.connect_with(options).await
    }

    /// The connections that read. They refuse to write, so that nobody writes without the permit by mistake.
    pub(super) async fn reader(&self, place: &Place) -> Result<SqlitePool, sqlx::Error> {
        pool(self.readers).connect_with(self.connection(place).pragma("query_only", "ON")).await
    }

    /// Makes a connection of another kind write as the one of [`SqliteOptions::writer`] does.
    pub(super) fn set_up(&self, connection: &rusqlite::Connection, place: &Place) -> Result<(), rusqlite::Error> {
        if let Place::File(_) = place {
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "journal_size_limit", LOG_SIZE_LIMIT)?;
        }
        if let Some(pages) = self.max_page_count {
            connection.pragma_update(None, "max_page_count", pages)?;
        }
        connection.pragma_update(None, "foreign_keys", true)?;
        let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
        let is_safe = matches!(place, Place::Memory(_)) || number("synchronous")? == SYNCHRONOUS_FULL;
        if is_safe && number("foreign_keys")? == 1 { Ok(()) } else { Err(rusqlite::Error::InvalidQuery) }
    }

    fn connection(&self, place: &Place) -> SqliteConnectOptions {
        let options = SqliteConnectOptions::new();
        let options = match place {
            Place::File(file) => options
                .filename(file)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .pragma("journal_size_limit", LOG_SIZE_LIMIT.to_string()),
            // Without a log, which needs files; so here readers and the writer may have to wait for each other.
            Place::Memory(name) => options.filename(name).vfs("memdb").journal_mode(SqliteJournalMode::Memory),
        };
        options
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(self.busy_timeout)
            // Statements carry people's data, which belongs in no log.
            .disable_statement_logging()
    }
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .min_connections(1)
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        // When the disk is full SQLite may roll back by itself; sqlx then believes that a transaction is still open and
        // begins all later ones as savepoints, which do not take the writer's lock. Such a connection is replaced.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
}

/// SQLite takes a wrong word for `synchronous` or `journal_mode` without an error, and then loses commits when the power
/// fails. So what it answers decides, on every new connection.
fn check_durability(connection: &mut SqliteConnection) -> BoxFuture<'_, Result<(), sqlx::Error>> {
    Box::pin(async move {
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *connection).await?;
        let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
        let foreign_keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(&mut *connection).await?;
        if (synchronous, journal.as_str(), foreign_keys) == (SYNCHRONOUS_FULL, "wal", 1) {
            return Ok(());
        }
        let found = format!("synchronous={synchronous}, journal_mode={journal}, foreign_keys={foreign_keys}");
        Err(sqlx::Error::Configuration(format!("the database cannot keep commits safe: {found}").into()))
    })
}
