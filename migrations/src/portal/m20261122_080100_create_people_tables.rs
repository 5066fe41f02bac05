//! People, sessions, signed links and the audit log.
//!
//! Ids are lower-case text so that people can read the database. A link's row opens nothing: its text is made from the row
//! and a key that is not here.

use sea_orm_migration::prelude::*;

use super::{maybe_number, maybe_text, number, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_080100_create_people_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_users(manager).await?;
        create_sessions(manager).await?;
        create_links(manager).await?;
        create_audit(manager).await
    }
}

async fn create_users(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("users")
        .col(text("id").primary_key())
        .col(text("email").unique_key())
        .col(text("name"))
        .col(text("state"))
        .col(text("roles"))
        .col(maybe_text("password_hash"))
        .col(maybe_number("invited_at"))
        .col(maybe_number("signed_in_at"))
        .col(number("created_at"));
    manager.create_table(table).await
}

async fn create_sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("sessions")
        .col(text("id_hash").primary_key())
        .col(maybe_text("user_id"))
        .col(text("data"))
        .col(number("created_at"))
        .col(number("touched_at"))
        .col(number("expires_at"));
    manager.create_table(table).await?;
    manager.create_index(Index::create().name("sessions_by_user").table("sessions").col("user_id").to_owned()).await
}

async fn create_links(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("links")
        .col(text("id").primary_key())
        .col(text("purpose"))
        .col(maybe_text("user_id"))
        .col(maybe_text("assignment_id"))
        .col(number("key_id"))
        .col(text("binding"))
        .col(number("created_at"))
        .col(number("expires_at"))
        .col(text("state"));
    manager.create_table(table).await?;
    let by_assignment =
        Index::create().name("links_by_assignment").table("links").col("assignment_id").col("created_at").to_owned();
    manager.create_index(by_assignment).await?;
    manager.create_index(Index::create().name("links_by_user").table("links").col("user_id").to_owned()).await
}

async fn create_audit(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("audit")
        .col(number("id").auto_increment().primary_key())
        .col(number("at"))
        .col(text("actor_kind"))
        .col(text("actor"))
        .col(text("action"))
        .col(text("object"))
        .col(text("detail"));
    manager.create_table(table).await
}
