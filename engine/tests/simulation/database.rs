//! An empty database for each run.

use std::sync::Arc;

use countersign_engine::store::{Sqlite, SqliteOptions, Store};
use countersign_engine::testing::ScratchFolder;

/// A database and the folder that ends with it.
pub(crate) struct Database {
    pub(crate) store: Arc<Sqlite>,
    _folder: ScratchFolder,
}

impl Database {
    /// An empty database that several nodes share.
    pub(crate) async fn new() -> Self {
        let folder = ScratchFolder::with_tables().await;
        let options = SqliteOptions { shared_by_nodes: true, readers: 1, ..SqliteOptions::default() };
        let store = Sqlite::open_with(folder.path(), options).await.expect("an empty database");
        Self { store, _folder: folder }
    }

    pub(crate) fn store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }
}
