//! Instances and what belongs to them.
//!
//! The hot tables lead with the instance's integer key, and rows of one instance lie together. Ids of nodes and executions
//! are lower-case text, times are microseconds since 1970 in UTC, JSON is text that is stored as it came.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_080000_create_engine_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_instances(manager).await?;
        create_history(manager).await?;
        create_inbox(manager).await?;
        create_tasks(manager).await?;
        create_timers(manager).await?;
        create_nodes(manager).await
    }
}

async fn create_instances(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("instances")
        .col(ColumnDef::new("key").big_integer().not_null().auto_increment().primary_key())
        .col(ColumnDef::new("id").text().not_null().unique_key())
        .col(ColumnDef::new("name").text().not_null())
        .col(ColumnDef::new("version").text().not_null())
        .col(ColumnDef::new("status").text().not_null())
        .col(ColumnDef::new("lease_owner").text())
        .col(ColumnDef::new("lease_epoch").big_integer().not_null())
        .col(ColumnDef::new("execution").text().not_null())
        .col(ColumnDef::new("ordinal").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .col(ColumnDef::new("completed_at").big_integer())
        .col(ColumnDef::new("blocked_kind").text())
        .col(ColumnDef::new("blocked_message").text())
        .col(ColumnDef::new("blocked_since").big_integer())
        .col(ColumnDef::new("parent_id").text())
        .col(ColumnDef::new("parent_execution").text())
        .col(ColumnDef::new("parent_event_id").big_integer())
        .col(ColumnDef::new("custom_status").text())
        .col(ColumnDef::new("output").text())
        .col(ColumnDef::new("failure").text())
        .col(ColumnDef::new("input").text().not_null());
    manager.create_table(table).await?;
    let by_status = Index::create().name("instances_by_status").table("instances").col("status").col("key").to_owned();
    manager.create_index(by_status).await
}

async fn create_history(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("history")
        .col(ColumnDef::new("instance_key").big_integer().not_null())
        .col(ColumnDef::new("ordinal").big_integer().not_null())
        .col(ColumnDef::new("first_sequence").big_integer().not_null())
        .col(ColumnDef::new("events").text().not_null())
        .primary_key(Index::create().col("instance_key").col("ordinal").col("first_sequence"));
    clustered(manager, &mut table);
    manager.create_table(table).await
}

async fn create_inbox(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("inbox")
        .col(ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key())
        .col(ColumnDef::new("instance_key").big_integer().not_null())
        .col(ColumnDef::new("is_start").boolean().not_null())
        .col(ColumnDef::new("message").text().not_null());
    manager.create_table(table).await?;
    // In the order in which an instance reads: a start message first, then the others as they came.
    let in_reading_order = Index::create()
        .name("inbox_in_reading_order")
        .table("inbox")
        .col("instance_key")
        .col(("is_start", IndexOrder::Desc))
        .col("id")
        .to_owned();
    manager.create_index(in_reading_order).await
}

async fn create_tasks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("tasks")
        .col(ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key())
        .col(ColumnDef::new("instance_key").big_integer().not_null())
        .col(ColumnDef::new("execution").text().not_null())
        .col(ColumnDef::new("event_id").big_integer().not_null())
        .col(ColumnDef::new("first_event_id").big_integer().not_null())
        .col(ColumnDef::new("attempt").big_integer().not_null())
        .col(ColumnDef::new("claimed_by").text())
        .col(ColumnDef::new("recoveries").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("name").text().not_null())
        .col(ColumnDef::new("input").text().not_null());
    manager.create_table(table).await?;
    let by_action = Index::create()
        .name("tasks_by_action")
        .table("tasks")
        .col("instance_key")
        .col("execution")
        .col("event_id")
        .unique()
        .to_owned();
    manager.create_index(by_action).await
}

async fn create_timers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("timers")
        .col(ColumnDef::new("instance_key").big_integer().not_null())
        .col(ColumnDef::new("execution").text().not_null())
        .col(ColumnDef::new("event_id").big_integer().not_null())
        .col(ColumnDef::new("fire_at").big_integer().not_null())
        .primary_key(Index::create().col("instance_key").col("execution").col("event_id"));
    clustered(manager, &mut table);
    manager.create_table(table).await?;
    let by_moment = Index::create().name("timers_by_moment").table("timers").col("fire_at").to_owned();
    manager.create_index(by_moment).await
}

async fn create_nodes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("nodes")
        .col(ColumnDef::new("id").text().not_null().primary_key())
        .col(ColumnDef::new("started_at").big_integer().not_null())
        .col(ColumnDef::new("heartbeat_at").big_integer().not_null());
    manager.create_table(table).await
}

/// Keeps rows in the order of the primary key where the database can, so that a turn writes one page and not two.
fn clustered(manager: &SchemaManager<'_>, table: &mut TableCreateStatement) {
    if manager.get_database_backend() == DbBackend::Sqlite {
        table.extra("WITHOUT ROWID");
    }
}
