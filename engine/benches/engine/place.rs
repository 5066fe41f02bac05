//! The databases that the engine is measured on.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_engine::Client;
use countersign_engine::store::{Postgres, Sqlite, Store};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};

use crate::Error;

/// Where `iChange` lies in the index of a write-ahead log: SQLite counts there every transaction that wrote
/// (sqlite.org/walformat.html, "WAL-Index Header").
const TRANSACTIONS_WRITTEN: u64 = 8;

/// An open database.
pub(crate) enum Place {
    Sqlite { store: Arc<Sqlite>, folder: PathBuf },
    Postgres(Arc<Postgres>),
}

impl Place {
    /// As the product opens it: every commit is on the disk before it is acknowledged.
    pub(crate) async fn open(folder: &Path, postgres: Option<&str>) -> Result<Self, Error> {
        Ok(match postgres {
            Some(url) => Self::Postgres(Postgres::open(url).await?),
            None => Self::Sqlite { store: Sqlite::open(folder).await?, folder: folder.to_owned() },
        })
    }

    pub(crate) fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Sqlite { store, .. } => Arc::<Sqlite>::clone(store),
            Self::Postgres(store) => Arc::<Postgres>::clone(store),
        }
    }

    /// How many transactions have written, as the database itself counts them; on PostgreSQL those of the whole server.
    pub(crate) async fn transactions(&self) -> Result<u64, Error> {
        match self {
            Self::Sqlite { folder, .. } => {
                let mut bytes = [0; 4];
                File::open(database_file(folder, "-shm"))?.read_exact_at(&mut bytes, TRANSACTIONS_WRITTEN)?;
                Ok(u32::from_ne_bytes(bytes).into())
            }
            Self::Postgres(store) => {
                let last = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS n";
                let row = store.read().query_one_raw(Statement::from_string(DbBackend::Postgres, last)).await?;
                Ok(row.ok_or("no answer")?.try_get::<i64>("", "n")?.try_into()?)
            }
        }
    }

    /// How many rows the two connections that write have inserted, updated and deleted; `None` on PostgreSQL.
    pub(crate) async fn rows(&self, client: &Client) -> Result<Option<u64>, Error> {
        let Self::Sqlite { store, .. } = self else { return Ok(None) };
        let in_groups = store.rows_in_groups();
        let counting = client.transaction("bench", |tx| {
            Box::pin(async move {
                let changes = Statement::from_string(DbBackend::Sqlite, "SELECT total_changes() AS n");
                let row = tx.connection().query_one_raw(changes).await?.ok_or("no answer")?;
                Ok::<_, Error>(row.try_get::<i64>("", "n")?)
            })
        });
        Ok(Some(in_groups + u64::try_from(counting.await?)?))
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { store, .. } => store.close().await,
            Self::Postgres(store) => store.close().await,
        }
    }
}

/// The database's file in a folder that [`Sqlite::open`] made, or the one beside it with that ending.
pub(crate) fn database_file(folder: &Path, ending: &str) -> PathBuf {
    folder.join(format!("countersign.db{ending}"))
}

/// A database of this process on a PostgreSQL server.
pub(crate) struct ServerDatabase {
    server: String,
    name: String,
}

impl ServerDatabase {
    pub(crate) fn on(server: &str) -> Self {
        Self { server: server.to_owned(), name: format!("countersign_bench_{}", std::process::id()) }
    }

    /// Makes it, empty, and gives its URL.
    pub(crate) async fn create(&self) -> Result<String, Error> {
        self.remove().await?;
        self.execute(&format!("CREATE DATABASE {}", self.name)).await?;
        let (place, options) = self.server.split_once('?').unwrap_or((&self.server, ""));
        let (server, _) = place.rsplit_once('/').ok_or("the URL names no database")?;
        Ok(format!("{server}/{}?{options}", self.name))
    }

    pub(crate) async fn remove(&self) -> Result<(), Error> {
        self.execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)).await
    }

    /// What the server says of itself and of its durability.
    pub(crate) async fn description(&self) -> Result<String, Error> {
        let settings = "SELECT 'PostgreSQL ' || current_setting('server_version') || ', fsync ' || current_setting('fsync') \
            || ', synchronous_commit ' || current_setting('synchronous_commit') AS said";
        let server = Database::connect(&self.server).await?;
        let row = server.query_one_raw(Statement::from_string(DbBackend::Postgres, settings)).await?;
        Ok(row.ok_or("no answer")?.try_get("", "said")?)
    }

    async fn execute(&self, statement: &str) -> Result<(), Error> {
        let server = Database::connect(&self.server).await?;
        server.execute_unprepared(statement).await?;
        Ok(server.close().await?)
    }
}
