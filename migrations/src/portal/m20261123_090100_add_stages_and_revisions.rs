//! Several stages, revisions, questions that pass from one person to another, observers, and answers that may be changed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use super::{maybe_number, maybe_text, number, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_090100_add_stages_and_revisions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        extend_requests(manager).await?;
        extend_assignments(manager).await?;
        renew_decisions(manager).await?;
        create_revisions(manager).await?;
        create_observers(manager).await
    }
}

async fn extend(manager: &SchemaManager<'_>, table: &'static str, columns: Vec<ColumnDef>) -> Result<(), DbErr> {
    // SQLite adds one column at a time.
    for column in columns {
        manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
    }
    Ok(())
}

async fn extend_requests(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        number("stage").default(1).to_owned(),
        maybe_number("changes_requested_at"),
        maybe_number("ladder_base_at"),
        number("rungs_done").default(0).to_owned(),
    ];
    extend(manager, "requests", columns).await?;
    manager.get_connection().execute_unprepared(&standing(manager.get_database_backend())).await.map(|_| ())
}

/// Where the ladder of each request stands: it had at most one reminder and one escalation, which moved the due time.
fn standing(backend: DbBackend) -> String {
    let [reminds, gives] = match backend {
        DbBackend::Postgres => {
            ["remind_seconds", "escalate_seconds"].map(|field| format!("CAST(policy::json->>'{field}' AS BIGINT)"))
        }
        _ => ["remind_seconds", "escalate_seconds"].map(|field| format!("json_extract(policy, '$.{field}')")),
    };
    format!(
        "UPDATE requests SET \
         ladder_base_at = CASE WHEN escalated_at IS NULL THEN due_at ELSE due_at - COALESCE({gives}, 0) * 1000000 END, \
         rungs_done = CASE WHEN {reminds} IS NULL OR (reminded_at IS NULL AND escalated_at IS NULL) THEN 0 ELSE 1 END \
         + CASE WHEN escalated_at IS NULL THEN 0 ELSE 1 END"
    )
}

async fn extend_assignments(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        number("attempt").default(1).to_owned(),
        number("revision").default(1).to_owned(),
        maybe_text("stands_in_for"),
        maybe_text("stands_in_why"),
        maybe_text("added_by"),
    ];
    extend(manager, "assignments", columns).await?;
    manager.drop_index(Index::drop().name("assignments_natural").table("assignments").to_owned()).await?;
    // The natural key: nobody is asked twice in one stage of one round, unless a revision or a change of mind asks anew.
    let natural = Index::create()
        .name("assignments_natural")
        .table("assignments")
        .col("request_id")
        .col("generation")
        .col("stage")
        .col("user_id")
        .col("attempt")
        .unique()
        .to_owned();
    manager.create_index(natural).await
}

/// A question may have several answers, and a rule may decide a stage once for each revision. SQLite cannot drop the key of a
/// column, so the table is written anew.
async fn renew_decisions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    manager.rename_table(Table::rename().table("decisions", "decisions_before").to_owned()).await?;
    for index in ["decisions_by_request", "decisions_by_rule"] {
        manager.drop_index(Index::drop().name(index).table("decisions_before").to_owned()).await?;
    }
    let mut table = Table::create();
    table
        .table("decisions")
        .col(text("id").primary_key())
        .col(text("request_id"))
        .col(number("generation"))
        .col(number("stage"))
        .col(number("number"))
        .col(number("revision"))
        .col(maybe_text("assignment_id"))
        .col(maybe_text("user_id"))
        .col(text("ruling"))
        .col(text("reason"))
        .col(text("strength"))
        .col(text("revision_hash"))
        .col(number("decided_at"));
    manager.create_table(table).await?;
    db.execute_unprepared(
        "INSERT INTO decisions (id, request_id, generation, stage, number, revision, assignment_id, user_id, ruling, \
         reason, strength, revision_hash, decided_at) SELECT id, request_id, generation, stage, 1, 1, assignment_id, \
         user_id, ruling, reason, strength, revision_hash, decided_at FROM decisions_before",
    )
    .await?;
    manager.drop_table(Table::drop().table("decisions_before").to_owned()).await?;
    let by_request =
        Index::create().name("decisions_by_request").table("decisions").col("request_id").col("generation").to_owned();
    manager.create_index(by_request).await?;
    let by_question = Index::create()
        .name("decisions_by_question")
        .table("decisions")
        .col("assignment_id")
        .col("number")
        .unique()
        .to_owned();
    manager.create_index(by_question).await?;
    let by_rule = "CREATE UNIQUE INDEX decisions_by_rule ON decisions (request_id, generation, stage, revision) \
                   WHERE assignment_id IS NULL";
    db.execute_unprepared(by_rule).await.map(|_| ())
}

async fn create_revisions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("request_revisions")
        .col(text("request_id"))
        .col(number("revision"))
        .col(text("title"))
        .col(text("revision_hash"))
        .col(number("submitted_at"))
        .col(text("submitted_by"))
        .col(text("note"))
        .col(text("text"))
        .primary_key(Index::create().col("request_id").col("revision"));
    manager.create_table(table).await?;
    let first = "INSERT INTO request_revisions (request_id, revision, title, revision_hash, submitted_at, submitted_by, \
                 note, text) SELECT id, revision, title, revision_hash, submitted_at, requester_id, '', text FROM requests";
    manager.get_connection().execute_unprepared(first).await.map(|_| ())
}

async fn create_observers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("request_observers")
        .col(text("request_id"))
        .col(text("user_id"))
        .col(maybe_text("added_by"))
        .col(number("added_at"))
        .primary_key(Index::create().col("request_id").col("user_id"));
    manager.create_table(table).await?;
    let by_user = Index::create()
        .name("request_observers_by_user")
        .table("request_observers")
        .col("user_id")
        .col("request_id")
        .to_owned();
    manager.create_index(by_user).await
}
