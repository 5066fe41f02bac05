//! An empty database for each run: a copy of one whose tables were made once.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use countersign_engine::store::{Sqlite, SqliteOptions, Store};
use tempfile::{Builder, TempDir};

/// Memory that looks like a folder, where there is such a thing: a commit waits for no disk.
const MEMORY: &str = "/dev/shm";

/// The file of a database, as the store names it.
const FILE: &str = "countersign.db";

/// An empty database with its tables, to be copied.
pub(crate) struct Template(Vec<u8>);

/// A database and the folder that ends with it.
pub(crate) struct Database {
    pub(crate) store: Arc<Sqlite>,
    _folder: TempDir,
}

impl Template {
    pub(crate) async fn new() -> Self {
        let folder = folder();
        Sqlite::open(folder.path()).await.expect("a new database").close().await;
        Self(fs::read(folder.path().join(FILE)).expect("the database is in its file"))
    }

    /// An empty database that several nodes share.
    pub(crate) async fn copy(&self) -> Database {
        let folder = folder();
        fs::write(folder.path().join(FILE), &self.0).expect("there is room");
        let options = SqliteOptions { shared_by_nodes: true, readers: 1, ..SqliteOptions::default() };
        let store = Sqlite::open_with(folder.path(), options).await.expect("a copy of the database");
        Database { store, _folder: folder }
    }
}

impl Database {
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }
}

fn folder() -> TempDir {
    let mut builder = Builder::new();
    builder.prefix("countersign-simulation-");
    let place = if Path::new(MEMORY).is_dir() { builder.tempdir_in(MEMORY) } else { builder.tempdir() };
    place.expect("a temporary folder")
}
