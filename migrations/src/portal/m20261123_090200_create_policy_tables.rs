//! Policies: how each is called, and what each version of it says.
//!
//! A policy's `name_key` is its name in lower case, as the program lowers it. A version's `draft` is the text of the policy
//! (TOML) with ids of groups in place of their names; versions are added and never changed.

use sea_orm_migration::prelude::*;

use super::{maybe_number, maybe_text, number, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_090200_create_policy_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut policies = Table::create();
        policies
            .table("policies")
            .col(text("id").primary_key())
            .col(text("name"))
            .col(text("name_key").unique_key())
            .col(number("version"))
            .col(number("created_at"))
            .col(maybe_number("archived_at"));
        manager.create_table(policies).await?;
        let mut versions = Table::create();
        versions
            .table("policy_versions")
            .col(text("policy_id"))
            .col(number("version"))
            .col(text("draft"))
            .col(maybe_text("saved_by"))
            .col(number("saved_at"))
            .primary_key(Index::create().col("policy_id").col("version"));
        manager.create_table(versions).await
    }
}
