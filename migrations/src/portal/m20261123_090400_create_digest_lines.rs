//! What digests list: the requests, and the links to decisions by their ids.

use sea_orm_migration::prelude::*;

use super::{maybe_text, number, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_090400_create_digest_lines"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut lines = Table::create();
        lines
            .table("digest_lines")
            .col(text("mail_id"))
            .col(number("position"))
            .col(text("about"))
            .col(text("request_id"))
            .col(maybe_text("link_id"))
            .primary_key(Index::create().col("mail_id").col("position"));
        manager.create_table(lines).await
    }
}
