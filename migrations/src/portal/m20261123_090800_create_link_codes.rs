//! Codes that are mailed besides a link: what proves them and how often they were missed, never their digits.

use sea_orm_migration::prelude::*;

use super::{number, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_090800_create_link_codes"
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
            .table("link_codes")
            .col(text("id").primary_key())
            .col(text("assignment_id"))
            .col(text("link_id"))
            .col(text("mail_id").unique_key())
            .col(number("key_id"))
            .col(text("revision_hash"))
            .col(text("proof"))
            .col(number("created_at"))
            .col(number("expires_at"))
            .col(number("tries"))
            .col(text("state"));
        manager.create_table(table).await?;
        let of_question = Index::create()
            .name("link_codes_by_assignment")
            .table("link_codes")
            .col("assignment_id")
            .col("created_at")
            .to_owned();
        manager.create_index(of_question).await?;
        let by_age = Index::create().name("link_codes_by_age").table("link_codes").col("created_at").to_owned();
        manager.create_index(by_age).await
    }
}
