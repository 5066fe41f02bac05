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
        match std::env::var("COUNTERSIGN_TEST_STORE").as_deref() {
            Ok("postgres") => {
                let database = ScratchDatabase::with_tables_of::<Migrator>().await;
                Self { folder: ScratchFolder::create(), postgres: Some(database) }
            }
            Err(_) | Ok("sqlite") => Self { folder: ScratchFolder::with_tables().await, postgres: None },
            Ok(other) => panic!("COUNTERSIGN_TEST_STORE is sqlite or postgres, not {other}"),
        }
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
}
