//! Calls that programs may repeat: which thing the first one with a key made, for a day.

use sea_orm_migration::prelude::*;

use super::{number, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_080900_create_idempotency_keys"
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
            .table("idempotency_keys")
            .col(text("id").primary_key())
            .col(text("fingerprint"))
            .col(text("object"))
            .col(number("at"));
        manager.create_table(table).await?;
        let by_age = Index::create().name("idempotency_keys_by_age").table("idempotency_keys").col("at").to_owned();
        manager.create_index(by_age).await
    }
}
