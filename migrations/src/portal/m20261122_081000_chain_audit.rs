//! The chain through the audit log: each row's number and hash, the head that says where the chain ends, and the signed
//! checkpoints of single days.
//!
//! Rows that are there already get their number and hash from the portal, at its next start.

use sea_orm_migration::prelude::*;

use super::{maybe_number, maybe_text, number, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_081000_chain_audit"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for column in [maybe_number("seq"), maybe_text("hash")] {
            let mut table = Table::alter();
            table.table("audit").add_column(column);
            manager.alter_table(table).await?;
        }
        let by_seq = Index::create().name("audit_by_seq").table("audit").col("seq").unique().to_owned();
        manager.create_index(by_seq).await?;
        for (name, column) in
            [("audit_by_actor", "actor"), ("audit_by_action", "action"), ("audit_by_object", "object")]
        {
            manager.create_index(Index::create().name(name).table("audit").col(column).col("seq").to_owned()).await?;
        }
        create_head(manager).await?;
        create_checkpoints(manager).await
    }
}

/// One row, which every writer of the log locks: where the chain ends. It is made with the first line of the log.
async fn create_head(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table.table("audit_head").col(number("id").primary_key()).col(number("seq")).col(text("hash"));
    manager.create_table(table).await
}

async fn create_checkpoints(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("audit_checkpoints")
        .col(number("seq").primary_key())
        .col(text("hash"))
        .col(number("at"))
        .col(number("key_id"))
        .col(text("signature"));
    manager.create_table(table).await
}
