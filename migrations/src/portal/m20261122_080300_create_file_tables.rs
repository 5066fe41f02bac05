//! Files by their SHA-256, in chunks, and which requests refer to them.

use sea_orm_migration::prelude::*;

use super::{maybe_text, number, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_080300_create_file_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_uploads(manager).await?;
        create_chunks(manager).await?;
        create_files(manager).await?;
        create_request_files(manager).await
    }
}

async fn create_uploads(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("uploads")
        .col(text("id").primary_key())
        .col(text("user_id"))
        .col(text("name"))
        .col(number("created_at"))
        .col(maybe_text("file_id"));
    manager.create_table(table).await?;
    manager.create_index(Index::create().name("uploads_by_file").table("uploads").col("file_id").to_owned()).await
}

async fn create_chunks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("chunks")
        .col(text("upload_id"))
        .col(number("number"))
        .col(ColumnDef::new("bytes").blob().not_null())
        .primary_key(Index::create().col("upload_id").col("number"));
    manager.create_table(table).await
}

async fn create_files(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("files")
        .col(text("id").primary_key())
        .col(text("chunks_of").unique_key())
        .col(number("size"))
        .col(text("kind"))
        .col(number("created_at"));
    manager.create_table(table).await
}

async fn create_request_files(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("request_files")
        .col(text("request_id"))
        .col(number("revision"))
        .col(number("number"))
        .col(text("name"))
        .col(text("file_id"))
        .primary_key(Index::create().col("request_id").col("revision").col("number"));
    manager.create_table(table).await?;
    manager
        .create_index(Index::create().name("request_files_by_file").table("request_files").col("file_id").to_owned())
        .await
}
