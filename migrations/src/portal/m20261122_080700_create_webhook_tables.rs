//! Webhooks and what was posted to them, never a secret.

use sea_orm_migration::prelude::*;

use super::{maybe_number, maybe_text, number, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_080700_create_webhook_tables"
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
            .table("webhooks")
            .col(text("id").primary_key())
            .col(text("url"))
            .col(text("events"))
            .col(text("description"))
            .col(text("owner_id"))
            .col(number("secret_number"))
            .col(number("secret_key_id"))
            .col(maybe_number("old_secret_number"))
            .col(maybe_number("old_secret_key_id"))
            .col(maybe_number("old_secret_until"))
            .col(maybe_number("disabled_at"))
            .col(text("disabled_why"))
            .col(number("created_at"))
            .col(number("updated_at"));
        manager.create_table(table).await?;
        create_deliveries(manager).await
    }
}

async fn create_deliveries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("webhook_deliveries")
        .col(text("id").primary_key())
        .col(text("webhook_id"))
        .col(text("event"))
        .col(text("natural_key").unique_key())
        .col(text("payload"))
        .col(text("state"))
        .col(number("attempts"))
        .col(maybe_number("status"))
        .col(text("answer"))
        .col(maybe_text("error"))
        .col(maybe_number("next_attempt_at"))
        .col(number("created_at"))
        .col(maybe_number("attempted_at"))
        .col(maybe_number("delivered_at"));
    manager.create_table(table).await?;
    let index = |name: &str| Index::create().name(name).table("webhook_deliveries").to_owned();
    manager.create_index(index("webhook_deliveries_by_webhook").col("webhook_id").col("id").to_owned()).await?;
    manager.create_index(index("webhook_deliveries_by_age").col("created_at").to_owned()).await
}
