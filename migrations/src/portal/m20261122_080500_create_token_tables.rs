//! API tokens. A row opens nothing: it holds the SHA-256 of a text that is kept nowhere.

use sea_orm_migration::prelude::*;

use super::{maybe_number, number, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_080500_create_token_tables"
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
            .table("tokens")
            .col(text("id").primary_key())
            .col(text("user_id"))
            .col(text("name"))
            .col(text("hash").unique_key())
            .col(text("scopes"))
            .col(number("created_at"))
            .col(maybe_number("expires_at"))
            .col(maybe_number("last_used_at"))
            .col(maybe_number("revoked_at"));
        manager.create_table(table).await?;
        let by_user = Index::create().name("tokens_by_user").table("tokens").col("user_id").col("id").to_owned();
        manager.create_index(by_user).await
    }
}
