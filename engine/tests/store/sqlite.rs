//! The contract, kept by SQLite, on real files.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use countersign_engine::store::{Sqlite, SqliteOptions, Store};
use countersign_engine::testing::contract::Place;
use tempfile::TempDir;

/// A folder of its own for each test.
struct Folder(TempDir);

#[async_trait]
impl Place for Folder {
    async fn open(&self, transaction_budget: Duration) -> Arc<dyn Store> {
        let options = SqliteOptions { transaction_budget, ..SqliteOptions::default() };
        Sqlite::open_with(self.0.path(), options).await.expect("the folder is free")
    }
}

fn place() -> impl Place {
    Folder(TempDir::new().expect("a temporary folder can be made"))
}

countersign_engine::store_contract! { contract, crate::sqlite::place() }
