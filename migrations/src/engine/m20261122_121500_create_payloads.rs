//! Values too large for the rows that mention them, once for each instance.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_121500_create_payloads"
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
            .table("payloads")
            .col(ColumnDef::new("instance_key").big_integer().not_null())
            .col(ColumnDef::new("hash").text().not_null())
            // The execution in which it was mentioned last.
            .col(ColumnDef::new("ordinal").big_integer().not_null())
            .col(ColumnDef::new("value").text().not_null())
            .primary_key(Index::create().col("instance_key").col("hash"));
        manager.create_table(table).await
    }
}
