//! Schedules. What is asked for by its moment or by its waiting run has a column; the rest is JSON.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_115500_create_schedules"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("schedules")
            .col(ColumnDef::new("id").text().not_null().primary_key())
            .col(ColumnDef::new("fire_at").big_integer())
            .col(ColumnDef::new("queued").boolean().not_null())
            .col(ColumnDef::new("created_at").big_integer().not_null())
            .col(ColumnDef::new("updated_at").big_integer().not_null())
            .col(ColumnDef::new("schedule").text().not_null())
            .col(ColumnDef::new("state").text().not_null());
        manager.create_table(table).await?;
        let by_moment = "CREATE INDEX schedules_by_moment ON schedules (fire_at) WHERE fire_at IS NOT NULL";
        manager.get_connection().execute_unprepared(by_moment).await?;
        let queued = "CREATE INDEX schedules_queued ON schedules (id) WHERE queued";
        manager.get_connection().execute_unprepared(queued).await?;
        Ok(())
    }
}
