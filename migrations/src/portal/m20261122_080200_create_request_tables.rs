//! Requests, their questions, decisions and events.

use sea_orm_migration::prelude::*;

use super::{maybe_number, maybe_text, number, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_080200_create_request_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_requests(manager).await?;
        create_assignments(manager).await?;
        create_decisions(manager).await?;
        create_request_events(manager).await
    }
}

async fn create_requests(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("requests")
        .col(text("id").primary_key())
        .col(text("title"))
        .col(text("requester_id"))
        .col(number("generation"))
        .col(number("revision"))
        .col(text("revision_hash"))
        .col(number("submitted_at"))
        .col(number("updated_at"))
        .col(maybe_number("due_at"))
        .col(maybe_number("reminded_at"))
        .col(maybe_number("escalated_at"))
        .col(maybe_number("held_at"))
        .col(maybe_text("ending"))
        .col(maybe_number("closed_at"))
        .col(maybe_text("closed_by"))
        .col(text("closed_reason"))
        // The two that grow come last, so that lists read past neither.
        .col(text("policy"))
        .col(text("text"));
    manager.create_table(table).await?;
    let by_requester =
        Index::create().name("requests_by_requester").table("requests").col("requester_id").col("id").to_owned();
    manager.create_index(by_requester).await
}

async fn create_assignments(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("assignments")
        .col(text("id").primary_key())
        .col(text("request_id"))
        .col(number("generation"))
        .col(number("stage"))
        .col(text("user_id"))
        .col(number("position"))
        .col(ColumnDef::new("escalation").boolean().not_null())
        .col(text("state"))
        .col(number("reminders"))
        .col(number("created_at"))
        .col(maybe_number("settled_at"));
    manager.create_table(table).await?;
    // The natural key: nobody is asked twice in one stage of one round.
    let natural = Index::create()
        .name("assignments_natural")
        .table("assignments")
        .col("request_id")
        .col("generation")
        .col("stage")
        .col("user_id")
        .unique()
        .to_owned();
    manager.create_index(natural).await?;
    let waiting = "CREATE INDEX assignments_waiting ON assignments (user_id, request_id) WHERE state = 'pending'";
    manager.get_connection().execute_unprepared(waiting).await.map(|_| ())
}

async fn create_decisions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("decisions")
        .col(text("id").primary_key())
        .col(text("request_id"))
        .col(number("generation"))
        .col(number("stage"))
        .col(maybe_text("assignment_id").unique_key())
        .col(maybe_text("user_id"))
        .col(text("ruling"))
        .col(text("reason"))
        .col(text("strength"))
        .col(text("revision_hash"))
        .col(number("decided_at"));
    manager.create_table(table).await?;
    let by_request =
        Index::create().name("decisions_by_request").table("decisions").col("request_id").col("generation").to_owned();
    manager.create_index(by_request).await?;
    // A rule decides a stage at most once.
    let by_rule = "CREATE UNIQUE INDEX decisions_by_rule ON decisions (request_id, generation, stage) WHERE assignment_id IS NULL";
    manager.get_connection().execute_unprepared(by_rule).await.map(|_| ())
}

async fn create_request_events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("request_events")
        .col(text("request_id"))
        .col(number("seq"))
        .col(number("at"))
        .col(text("kind"))
        .col(maybe_text("actor_id"))
        .col(maybe_text("subject_id"))
        .col(text("note"))
        .primary_key(Index::create().col("request_id").col("seq"));
    manager.create_table(table).await
}
