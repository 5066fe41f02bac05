//! Requests are found by their words. `request_search` has a row for each request whose words are kept; on SQLite the words
//! themselves are in `request_words`, by the number of that row.
//!
//! The words of a request are all written anew with each change that adds some, in the transaction of that change.

use async_trait::async_trait;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
    Value,
};

use super::lock::has_many_writers;
use super::reads::DbReads;
use super::search_text::{Question, Words};
use super::tables::{request, request_event, request_file, user};
use super::words::{Row, Word};
use super::work::Unit;
use crate::portal::error::Result;
use crate::portal::ids::{RequestId, UserId};
use crate::portal::request::EventKind;
use crate::portal::search::{SearchReads, SearchWork};

/// The newest notes of a request that it is found by.
const MAX_NOTES: u64 = 1_000;
/// The newest requests of somebody that are found by a name that was changed; all are found by the address, which never is.
/// So few that the change of the name keeps within the time that a unit has, however long their texts are.
const MAX_RENAMED: u64 = 50;
/// From so many found requests on, each row of the list is looked up among them; of fewer, the list is made of them. The
/// databases cannot know how much a question finds, and each way is slow where the other one is right.
const MANY: i64 = 4_000;

const WRITE_POSTGRES: &str = "INSERT INTO request_search (request_id, words) VALUES ($1, $2::tsvector) \
                              ON CONFLICT (request_id) DO UPDATE SET words = excluded.words";
const NUMBER: &str = "INSERT INTO request_search (request_id) VALUES ($1) ON CONFLICT (request_id) DO NOTHING";
const WRITE_SQLITE: &str = "INSERT OR REPLACE INTO request_words (rowid, words) \
                            SELECT number, $2 FROM request_search WHERE request_id = $1";
const COUNT_POSTGRES: &str = "SELECT count(*) AS found FROM \
                              (SELECT 1 FROM request_search WHERE words @@ $1::tsquery LIMIT $2) AS f";
const COUNT_SQLITE: &str = "SELECT count(*) AS found FROM \
                            (SELECT 1 FROM request_words WHERE request_words MATCH $1 LIMIT $2) AS f";
const UNINDEXED: &str = "SELECT r.id FROM requests r LEFT JOIN request_search s ON s.request_id = r.id \
                         WHERE r.id > $1 AND s.request_id IS NULL ORDER BY r.id LIMIT $2";

const FEW_POSTGRES: &str = "requests.id = ANY(ARRAY(SELECT request_id FROM request_search WHERE words @@ $1::tsquery))";
const MANY_POSTGRES: &str = "requests.id IN (SELECT request_id FROM request_search WHERE words @@ $1::tsquery)";
const FEW_SQLITE: &str = "requests.id IN (SELECT s.request_id FROM request_words w \
                          JOIN request_search s ON s.number = w.rowid WHERE w.request_words MATCH ?)";
const MANY_SQLITE: &str = "(SELECT number FROM request_search WHERE request_id = requests.id) \
                           IN (SELECT rowid FROM request_words WHERE request_words MATCH ?)";

/// Writes the words of a request anew, from its rows. Nothing happens when there is no such request.
pub(super) async fn index_request(db: &impl ConnectionTrait, id: RequestId) -> Result<()> {
    let Some(words) = words_of(db, &id.to_string()).await? else { return Ok(()) };
    let id = Value::from(id.to_string());
    if has_many_writers(db) {
        return execute(db, WRITE_POSTGRES, vec![id, words.for_postgres().into()]).await;
    }
    execute(db, NUMBER, vec![id.clone()]).await?;
    execute(db, WRITE_SQLITE, vec![id, words.for_sqlite().into()]).await
}

/// The same after an event was recorded, if it brought words: a revision, or what somebody wrote.
pub(super) async fn index_event(
    db: &impl ConnectionTrait,
    id: RequestId,
    kind: EventKind,
    has_note: bool,
) -> Result<()> {
    match kind {
        EventKind::Submitted | EventKind::Revised => index_request(db, id).await,
        // What a mail server says is no word of the request.
        EventKind::MailFailed => Ok(()),
        _ if has_note => index_request(db, id).await,
        _ => Ok(()),
    }
}

/// The same for the newest requests of somebody whose name was changed.
pub(super) async fn index_requests_of(db: &impl ConnectionTrait, requester: UserId) -> Result<()> {
    let ids: Vec<String> = request::Entity::find()
        .select_only()
        .column(request::Column::Id)
        .filter(request::Column::RequesterId.eq(requester.to_string()))
        .order_by_desc(request::Column::Id)
        .limit(MAX_RENAMED)
        .into_tuple()
        .all(db)
        .await?;
    for id in ids {
        index_request(db, Row { table: "requests", id: &id }.id("id", &id)?).await?;
    }
    Ok(())
}

/// Title, requester, names of files, what was said, text: in the order of what should not be left out for want of room.
async fn words_of(db: &impl ConnectionTrait, id: &str) -> Result<Option<Words>> {
    let head: Option<(String, String, i64, String)> = request::Entity::find_by_id(id)
        .select_only()
        .columns([
            request::Column::Title,
            request::Column::RequesterId,
            request::Column::Revision,
            request::Column::Text,
        ])
        .into_tuple()
        .one(db)
        .await?;
    let Some((title, requester, revision, text)) = head else { return Ok(None) };
    let person: Option<(String, String)> = user::Entity::find_by_id(requester)
        .select_only()
        .columns([user::Column::Name, user::Column::Email])
        .into_tuple()
        .one(db)
        .await?;
    let (name, address) = person.unwrap_or_default();
    let files: Vec<String> = request_file::Entity::find()
        .select_only()
        .column(request_file::Column::Name)
        .filter(request_file::Column::RequestId.eq(id))
        .filter(request_file::Column::Revision.eq(revision))
        .order_by_asc(request_file::Column::Number)
        .into_tuple()
        .all(db)
        .await?;
    let notes = notes(db, id).await?;
    let mut words = Words::default();
    for text in [&title, &name, &address].into_iter().chain(&files).chain(&notes).chain([&text]) {
        words.add(text);
    }
    Ok(Some(words))
}

/// What people wrote to a request, newest first.
async fn notes(db: &impl ConnectionTrait, id: &str) -> Result<Vec<String>> {
    let notes = request_event::Entity::find()
        .select_only()
        .column(request_event::Column::Note)
        .filter(request_event::Column::RequestId.eq(id))
        .filter(request_event::Column::Note.ne(""))
        .filter(request_event::Column::Kind.ne(EventKind::MailFailed.word()))
        .order_by_desc(request_event::Column::Seq)
        .limit(MAX_NOTES);
    Ok(notes.into_tuple().all(db).await?)
}

/// What requests must fulfil to be found by `typed`, in a statement about `requests`. Everything fulfils it when nothing was typed.
pub(super) async fn found_by(db: &impl ConnectionTrait, typed: &str) -> Result<Condition> {
    let all = Condition::all();
    if typed.is_empty() {
        return Ok(all);
    }
    let Some(question) = Question::of(typed) else { return Ok(all.add(Expr::cust("1 = 0"))) };
    let (question, count, few, many) = match db.get_database_backend() {
        DbBackend::Postgres => (question.for_postgres(), COUNT_POSTGRES, FEW_POSTGRES, MANY_POSTGRES),
        _ => (question.for_sqlite(), COUNT_SQLITE, FEW_SQLITE, MANY_SQLITE),
    };
    let found = db.query_one_raw(statement(db, count, vec![question.clone().into(), MANY.into()])).await?;
    let found: i64 = found.map_or(Ok(0), |row| row.try_get_by("found"))?;
    Ok(all.add(Expr::cust_with_values(if found < MANY { few } else { many }, [question])))
}

fn statement(db: &impl ConnectionTrait, text: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), text, values)
}

async fn execute(db: &impl ConnectionTrait, text: &str, values: Vec<Value>) -> Result<()> {
    db.execute_raw(statement(db, text, values)).await?;
    Ok(())
}

#[async_trait]
impl SearchReads for DbReads {
    async fn list_unindexed(&self, after: Option<RequestId>, limit: u32) -> Result<Vec<RequestId>> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let values = vec![after.into(), i64::from(limit).into()];
        let rows = self.pool().query_all_raw(statement(self.pool(), UNINDEXED, values)).await?;
        let mut ids = Vec::with_capacity(rows.len());
        for row in rows {
            let id: String = row.try_get_by("id")?;
            ids.push(Row { table: "requests", id: &id }.id("id", &id)?);
        }
        Ok(ids)
    }
}

#[async_trait]
impl SearchWork for Unit<'_> {
    async fn index_requests(&self, ids: &[RequestId]) -> Result<()> {
        for id in ids {
            index_request(self.db(), *id).await?;
        }
        Ok(())
    }
}
