//! The words by which requests are found, the filters that people keep, and the indexes of the tabs of the list.
//!
//! The words of requests that are there already are written by the portal, in the background after its next start: it
//! splits texts the same way for both databases.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use super::{number, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_090700_create_search"
    }
}

/// FTS5 keeps no text of its own, and takes what the portal has split as it is: everything but white space belongs to a
/// word. Its rows go by numbers; those of `requests` have none that survives a `VACUUM`, so that they are given one.
const OF_SQLITE: [&str; 2] = [
    "CREATE TABLE request_search (number INTEGER PRIMARY KEY, request_id TEXT NOT NULL UNIQUE)",
    "CREATE VIRTUAL TABLE request_words USING fts5(words, content='', contentless_delete=1, \
     tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* S* Co'\")",
];

const OF_POSTGRES: [&str; 2] = [
    "CREATE TABLE request_search (request_id TEXT PRIMARY KEY, words TSVECTOR NOT NULL)",
    "CREATE INDEX request_search_by_word ON request_search USING GIN (words)",
];

/// What tabs are read from, without a sort and without a look at what does not belong to them. The state in the index of what
/// waits is always the same; with it SQLite prefers that index to the other one, which begins with the same column.
const INDEXES: [&str; 4] = [
    "DROP INDEX assignments_waiting",
    "CREATE INDEX assignments_waiting ON assignments (user_id, state, request_id) WHERE state = 'pending'",
    "CREATE INDEX assignments_by_user ON assignments (user_id, request_id, generation, state)",
    "CREATE INDEX requests_ended_by_requester ON requests (requester_id, id) WHERE ending IS NOT NULL",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let of_search = match manager.get_database_backend() {
            DbBackend::Postgres => OF_POSTGRES,
            _ => OF_SQLITE,
        };
        for statement in of_search.iter().chain(&INDEXES) {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        add_shortcuts(manager).await?;
        create_saved_views(manager).await
    }
}

async fn add_shortcuts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let shortcuts = ColumnDef::new("shortcuts").boolean().not_null().default(true).to_owned();
    let mut table = Table::alter();
    table.table("users").add_column(shortcuts);
    manager.alter_table(table).await
}

async fn create_saved_views(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("saved_views")
        .col(text("id").primary_key())
        .col(text("user_id"))
        .col(text("name"))
        .col(text("tab"))
        .col(text("query"))
        .col(number("position"))
        .col(number("created_at"));
    manager.create_table(table).await?;
    // Nobody has two of one name.
    let by_name =
        Index::create().name("saved_views_by_name").table("saved_views").col("user_id").col("name").unique().to_owned();
    manager.create_index(by_name).await
}
