//! Empty stores for tests, made fast: the tables are made once and copied from then on.

use std::any::Any;
use std::path::Path;
use std::sync::Arc;

use tempfile::{Builder, TempDir};
use tokio::sync::OnceCell;

#[cfg(feature = "postgres")]
use super::ScratchDatabase;
#[cfg(feature = "postgres")]
use crate::store::Postgres;
use crate::store::{Sqlite, Store};

/// The environment variable with the kind of store that tests run on.
const KIND: &str = "COUNTERSIGN_TEST_STORE";

/// Memory that looks like a folder, where there is such a thing: a commit waits for no disk.
const MEMORY: &str = "/dev/shm";

/// The file of a database, as [`Sqlite::open`] names it.
const FILE: &str = "countersign.db";

/// An empty store on a database of its own, which goes away with this value.
pub struct ScratchStore {
    /// The store. It serves the database.
    pub store: Arc<dyn Store>,
    _place: Box<dyn Any + Send + Sync>,
}

impl ScratchStore {
    /// On the database that the environment variable `COUNTERSIGN_TEST_STORE` names: `sqlite`, also without it, or `postgres`.
    /// Panics with the reason when that cannot be.
    pub async fn create() -> Self {
        match std::env::var(KIND).as_deref() {
            #[cfg(feature = "postgres")]
            Ok("postgres") => Self::on_postgres().await,
            Err(_) | Ok("sqlite") => Self::on_sqlite().await,
            Ok(other) => panic!("{KIND} is {other}, and there is no such store here"),
        }
    }

    /// On SQLite.
    pub async fn on_sqlite() -> Self {
        let folder = ScratchFolder::with_tables().await;
        let store = Sqlite::open(folder.path()).await;
        Self { store: store.unwrap_or_else(|error| panic!("no store: {error}")), _place: Box::new(folder) }
    }

    /// On PostgreSQL.
    #[cfg(feature = "postgres")]
    pub async fn on_postgres() -> Self {
        let database = ScratchDatabase::with_tables().await;
        let store = Postgres::open(database.url()).await;
        Self { store: store.unwrap_or_else(|error| panic!("no store: {error}")), _place: Box::new(database) }
    }
}

/// A folder for an SQLite database, which goes away with this value. It lies in memory where the machine has such a place:
/// what is tested is order, not the disk.
#[derive(Debug)]
pub struct ScratchFolder(TempDir);

impl ScratchFolder {
    /// An empty folder.
    pub fn create() -> Self {
        let mut builder = Builder::new();
        builder.prefix("countersign-test-");
        let folder = if Path::new(MEMORY).is_dir() { builder.tempdir_in(MEMORY) } else { builder.tempdir() };
        Self(folder.unwrap_or_else(|error| panic!("no temporary folder: {error}")))
    }

    /// A folder with a database that has the engine's tables and nothing in them.
    pub async fn with_tables() -> Self {
        static TABLES: OnceCell<Vec<u8>> = OnceCell::const_new();
        let database = TABLES.get_or_init(async || {
            let folder = Self::create();
            let store = Sqlite::open(folder.path()).await;
            store.unwrap_or_else(|error| panic!("no database for a test: {error}")).close().await;
            std::fs::read(folder.path().join(FILE)).unwrap_or_else(|error| panic!("the database is gone: {error}"))
        });
        let database = database.await;
        let folder = Self::create();
        std::fs::write(folder.path().join(FILE), database).unwrap_or_else(|error| panic!("no copy: {error}"));
        folder
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}
