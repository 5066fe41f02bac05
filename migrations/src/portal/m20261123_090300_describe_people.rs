//! Who somebody's manager is, how the portal speaks to them, and groups of people.
//!
//! A group's `name_key` is its name in lower case, as the program lowers it: databases lower letters outside of ASCII
//! differently or not at all.

use sea_orm_migration::prelude::*;

use super::{maybe_text, number, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_090300_describe_people"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let with_default = |name, default: &str| text(name).default(default.to_owned()).to_owned();
        let columns = [
            maybe_text("manager_id"),
            with_default("language", "en"),
            with_default("zone", "UTC"),
            with_default("digest", "never"),
        ];
        // SQLite adds one column at a time.
        for column in columns {
            let mut table = Table::alter();
            table.table("users").add_column(column);
            manager.alter_table(table).await?;
        }
        create_groups(manager).await
    }
}

async fn create_groups(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut groups = Table::create();
    groups
        .table("groups")
        .col(text("id").primary_key())
        .col(text("name"))
        .col(text("name_key").unique_key())
        .col(number("created_at"));
    manager.create_table(groups).await?;
    let mut members = Table::create();
    members
        .table("group_members")
        .col(text("group_id"))
        .col(text("user_id"))
        .primary_key(Index::create().col("group_id").col("user_id"));
    manager.create_table(members).await
}
