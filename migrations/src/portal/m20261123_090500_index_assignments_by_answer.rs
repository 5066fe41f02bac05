//! The workload: how long answers took in the last days.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_090500_index_assignments_by_answer"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let by_answer = Index::create().name("assignments_by_answer").table("assignments").col("settled_at").to_owned();
        manager.create_index(by_answer).await
    }
}
