//! Mails: what they are about and where they stand, never a link.

use sea_orm_migration::prelude::*;

use super::{maybe_number, maybe_text, number, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_080400_create_mail_tables"
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
            .table("mails")
            .col(text("id").primary_key())
            .col(text("kind"))
            .col(text("user_id"))
            .col(maybe_text("request_id"))
            .col(maybe_text("link_id"))
            .col(text("natural_key").unique_key())
            .col(text("note"))
            .col(maybe_text("by_user_id"))
            .col(maybe_text("ruling"))
            .col(text("state"))
            .col(number("attempts"))
            .col(maybe_text("error"))
            .col(maybe_text("failed_step"))
            .col(maybe_number("next_attempt_at"))
            .col(number("created_at"))
            .col(maybe_number("sent_at"));
        manager.create_table(table).await?;
        manager
            .create_index(Index::create().name("mails_by_state").table("mails").col("state").col("id").to_owned())
            .await?;
        manager.create_index(Index::create().name("mails_by_link").table("mails").col("link_id").to_owned()).await
    }
}
