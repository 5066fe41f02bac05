//! Whether an instance waits for something that has no row of its own, such as an external event: what tells one that waits
//! from one that was forgotten.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_124500_add_awaits_outside"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::alter();
        table.table("instances").add_column(ColumnDef::new("awaits_outside").boolean());
        manager.alter_table(table).await?;
        // What waits already is believed to wait for something until its next turn says more.
        let waiting = "UPDATE instances SET awaits_outside = TRUE WHERE completed_at IS NULL";
        manager.get_connection().execute_unprepared(waiting).await.map(drop)
    }
}
