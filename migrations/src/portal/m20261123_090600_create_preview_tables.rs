//! Previews of files, and their pages as pictures.

use sea_orm_migration::prelude::*;

use super::{maybe_number, maybe_text, number, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_090600_create_preview_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_previews(manager).await?;
        create_pages(manager).await
    }
}

async fn create_previews(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("previews")
        .col(text("file_id").primary_key())
        .col(text("state"))
        .col(maybe_number("total"))
        .col(maybe_text("why"))
        .col(number("queued_at"))
        .col(maybe_number("finished_at"));
    manager.create_table(table).await
}

/// The pictures come last: whoever asks for the sizes of pages reads past none of them.
async fn create_pages(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("preview_pages")
        .col(text("file_id"))
        .col(number("page"))
        .col(number("width"))
        .col(number("height"))
        .col(maybe_text("why"))
        .col(ColumnDef::new("image").blob())
        .primary_key(Index::create().col("file_id").col("page"));
    manager.create_table(table).await
}
