//! The databases that tests run on: SQLite, or PostgreSQL when the environment variable `COUNTERSIGN_TEST_STORE` is
//! `postgres`.

use std::path::Path;

use countersign::db::Database;
use countersign_engine::store::{Postgres, Sqlite, SqliteOptions};
use countersign_engine::testing::ScratchDatabase;
use tempfile::TempDir;

/// Where a test's database lies; it goes away with this value.
pub(crate) struct Place {
    folder: TempDir,
    postgres: Option<ScratchDatabase>,
}

impl Place {
    /// An empty place of the kind that the environment names.
    pub(crate) async fn new() -> Self {
        let postgres = match std::env::var("COUNTERSIGN_TEST_STORE").as_deref() {
            Ok("postgres") => Some(ScratchDatabase::create().await),
            Err(_) | Ok("sqlite") => None,
            Ok(other) => panic!("COUNTERSIGN_TEST_STORE is sqlite or postgres, not {other}"),
        };
        Self { folder: folder(), postgres }
    }

    /// A copy with everything that is in it. Nobody has it open.
    pub(crate) async fn copy(&self) -> Self {
        const FILE: &str = "countersign.db";
        let folder = folder();
        let postgres = match &self.postgres {
            Some(database) => Some(database.copy().await),
            None => {
                std::fs::copy(self.folder().join(FILE), folder.path().join(FILE)).expect("a copy");
                None
            }
        };
        Self { folder, postgres }
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

/// In memory where the machine has such a place: what is tested is order, not the disk.
fn folder() -> TempDir {
    let shared_memory = Path::new("/dev/shm");
    let folder = if shared_memory.is_dir() { tempfile::tempdir_in(shared_memory) } else { tempfile::tempdir() };
    folder.expect("a folder")
}
