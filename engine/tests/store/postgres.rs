//! The contract, kept by PostgreSQL, on real databases.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use countersign_engine::store::{Postgres, PostgresOptions, Store};
use countersign_engine::testing::ScratchDatabase;
use countersign_engine::testing::contract::Place;

/// A database of its own for each test.
struct Database(ScratchDatabase);

#[async_trait]
impl Place for Database {
    async fn open(&self, transaction_budget: Duration) -> Arc<dyn Store> {
        let options = PostgresOptions { transaction_budget, ..PostgresOptions::default() };
        Postgres::open_with(self.0.url(), options).await.expect("nobody serves the database")
    }
}

async fn place() -> impl Place {
    Database(ScratchDatabase::with_tables().await)
}

countersign_engine::store_contract! { contract, crate::postgres::place().await }
