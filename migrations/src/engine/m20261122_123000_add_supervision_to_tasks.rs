//! What a node must know to supervise an activity: how long it may take and be silent, and what it said last.
//!
//! Durations are whole microseconds.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_123000_add_supervision_to_tasks"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ColumnDef::new("timeout_us").big_integer().to_owned(),
            ColumnDef::new("heartbeat_timeout_us").big_integer().to_owned(),
            ColumnDef::new("heartbeat").text().to_owned(),
            ColumnDef::new("heartbeat_at").big_integer().to_owned(),
        ];
        // One statement each: SQLite adds one column at a time.
        for column in columns {
            manager.alter_table(Table::alter().table("tasks").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
