//! People whose requests are still found by a name that they had before: what the portal writes anew in the background.

use sea_orm_migration::prelude::*;

use super::text;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261124_101500_create_search_renames"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        // The requests that are left are those with smaller ids.
        table.table("search_renames").col(text("user_id").primary_key()).col(text("before_id"));
        manager.create_table(table).await
    }
}
