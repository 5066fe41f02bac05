//! Messages that are delivered at a later moment: timers that become something else than `TimerFired`.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_113000_add_delayed_messages"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let message = ColumnDef::new("message").text().to_owned();
        manager.alter_table(Table::alter().table("timers").add_column(message).to_owned()).await
    }
}
