//! The databases that tests run on: SQLite, or PostgreSQL when the environment variable `COUNTERSIGN_TEST_STORE` is
//! `postgres`.

use std::path::Path;

use countersign::db::Database;
use countersign_engine::store::{Postgres, Sqlite, SqliteOptions};
use countersign_engine::testing::{ScratchDatabase, ScratchFolder};
use countersign_migrations::portal::Migrator;

/// Where a test's database lies, with no rows in it; it belongs to this value.
pub(crate) struct Place {
    folder: ScratchFolder,
    postgres: Option<ScratchDatabase>,
}

impl Place {
    /// A place of the kind that the environment names.
    pub(crate) async fn new() -> Self {
        if !is_on_a_server() {
            return Self { folder: ScratchFolder::with_tables().await, postgres: None };
        }
        let database = ScratchDatabase::with_tables_of::<Migrator>().await;
        Self { folder: ScratchFolder::create(), postgres: Some(database) }
    }

    /// The same without tables: what somebody has who starts the program for the first time.
    pub(crate) async fn untouched() -> Self {
        let place = Self::untouched_folder();
        let postgres = if is_on_a_server() { Some(ScratchDatabase::create().await) } else { None };
        Self { postgres, ..place }
    }

    /// An empty folder for an SQLite database, whatever the environment says.
    pub(crate) fn untouched_folder() -> Self {
        Self { folder: ScratchFolder::create(), postgres: None }
    }

    /// The database, with the portal's tables.
    pub(crate) async fn open(&self) -> Database {
        let database = match &self.postgres {
            Some(database) => Database::Postgres(Postgres::open(database.url()).await.expect("a database")),
            None => Database::Sqlite(Sqlite::open(self.folder()).await.expect("a database")),
        };
        database.migrate().await.expect("the portal's tables");
        database
    }

    /// An SQLite database with these options, whatever the environment says.
    pub(crate) async fn open_sqlite(&self, options: SqliteOptions) -> Database {
        let database = Database::Sqlite(Sqlite::open_with(self.folder(), options).await.expect("a database"));
        database.migrate().await.expect("the portal's tables");
        database
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The URL of a database that is not in the data folder.
    pub(crate) fn url(&self) -> Option<&str> {
        self.postgres.as_ref().map(ScratchDatabase::url)
    }
}

/// Whether tests stand on PostgreSQL.
pub(crate) fn is_on_a_server() -> bool {
    match std::env::var("COUNTERSIGN_TEST_STORE").as_deref() {
        Ok("postgres") => true,
        Err(_) | Ok("sqlite") => false,
        Ok(other) => panic!("COUNTERSIGN_TEST_STORE is sqlite or postgres, not {other}"),
    }
}
