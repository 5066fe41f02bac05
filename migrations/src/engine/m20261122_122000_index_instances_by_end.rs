//! Finished instances in the order of their ends, for those that are not kept for ever.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_122000_index_instances_by_end"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let by_end = "CREATE INDEX instances_by_end ON instances (status, completed_at) WHERE completed_at IS NOT NULL";
        manager.get_connection().execute_unprepared(by_end).await.map(drop)
    }
}
