//! Which run of a workflow a mail comes from, and what it is about.

use sea_orm_migration::prelude::*;

use super::maybe_text;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_080550_add_runs_to_mails"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for column in ["run_id", "run_title"] {
            let mut table = Table::alter();
            table.table("mails").add_column(maybe_text(column));
            manager.alter_table(table).await?;
        }
        manager.create_index(Index::create().name("mails_by_run").table("mails").col("run_id").to_owned()).await
    }
}
