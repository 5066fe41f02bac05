//! Lists of requests that are narrowed to a state.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_081600_index_requests_by_ending"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // What is open has no ending, so that the index finds the few that are due without the many that are over.
        let by_ending = Index::create().name("requests_by_ending").table("requests").col("ending").col("id").to_owned();
        manager.create_index(by_ending).await
    }
}
