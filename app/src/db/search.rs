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
use super::requests;
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
/// The newest requests of somebody that are found by a name as soon as it was changed; the others follow in the background.
/// So few that the change of the name keeps within the time that a unit has, however long their texts are.
const MAX_RENAMED: u32 = 50;
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

/// A name that was changed again begins anew.
const RENAME: &str = "INSERT INTO search_renames (user_id, before_id) VALUES ($1, $2) \
                      ON CONFLICT (user_id) DO UPDATE SET before_id = excluded.before_id";
const RENAMED: &str = "SELECT user_id, before_id FROM search_renames ORDER BY user_id LIMIT 1";
const RENAME_IS_DONE: &str = "DELETE FROM search_renames WHERE user_id = $1";

const FEW_POSTGRES: &str = "requests.id = ANY(ARRAY(SELECT request_id FROM request_search WHERE words @@ $1::tsquery))";
const MANY_POSTGRES: &str = "requests.id IN (SELECT request_id FROM request_search WHERE words @@ $1::tsquery)";
const FEW_SQLITE: &str = "requests.id IN (SELECT s.request_id FROM request_words w \
                          JOIN request_search s ON s.number = w.rowid WHERE w.request_words MATCH ?)";
const MANY_SQLITE: &str = "(SELECT number FROM request_search WHERE request_id = requests.id) \
                           IN (SELECT rowid FROM request_words WHERE request_words MATCH ?)";

/// Writes the words of a request that is locked anew, from its rows. Nothing happens when there is no such request.
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

/// The same for the newest requests of somebody whose name was changed; remembers that there are older ones.
pub(super) async fn index_requests_of(db: &impl ConnectionTrait, requester: UserId) -> Result<()> {
    let newest = list_requests_of(db, &requester.to_string(), None, MAX_RENAMED).await?;
    remember_rest(db, &requester.to_string(), &newest, MAX_RENAMED).await?;
    hold_and_index(db, newest).await
}

/// Writes the words of requests that are not locked yet.
async fn hold_and_index(db: &impl ConnectionTrait, mut ids: Vec<RequestId>) -> Result<()> {
    // In one order for everybody, so that nobody waits for a request that another one holds who waits for this one's.
    ids.sort_unstable();
    for id in ids {
        // So that no word is lost that somebody adds at the same time.
        requests::hold(db, id).await?;
        index_request(db, id).await?;
    }
    Ok(())
}

/// The same for older requests of one of those whose name was changed. `false` when nobody is left.
async fn index_renamed(db: &impl ConnectionTrait, limit: u32) -> Result<bool> {
    // Who changes their name again meanwhile waits, and then begins anew.
    let renamed = if has_many_writers(db) { format!("{RENAMED} FOR UPDATE") } else { RENAMED.to_owned() };
    let Some(row) = db.query_one_raw(statement(db, &renamed, Vec::new())).await? else { return Ok(false) };
    let (requester, before): (String, String) = (row.try_get_by("user_id")?, row.try_get_by("before_id")?);
    let older = list_requests_of(db, &requester, Some(&before), limit).await?;
    if !remember_rest(db, &requester, &older, limit).await? {
        execute(db, RENAME_IS_DONE, vec![requester.into()]).await?;
    }
    hold_and_index(db, older).await?;
    Ok(true)
}

/// The newest requests of somebody with ids before `before`, newest first, at most `limit`.
async fn list_requests_of(
    db: &impl ConnectionTrait,
    requester: &str,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<RequestId>> {
    let older = before.map_or_else(Condition::all, |before| Condition::all().add(request::Column::Id.lt(before)));
    let ids: Vec<String> = request::Entity::find()
        .select_only()
        .column(request::Column::Id)
        .filter(request::Column::RequesterId.eq(requester))
        .filter(older)
        .order_by_desc(request::Column::Id)
        .limit(u64::from(limit))
        .into_tuple()
        .all(db)
        .await?;
    ids.iter().map(|id| Row { table: "requests", id }.id("id", id)).collect()
}

/// Remembers that the requests before these carry a name that was changed, if there may be some: when these are `limit`.
async fn remember_rest(db: &impl ConnectionTrait, requester: &str, these: &[RequestId], limit: u32) -> Result<bool> {
    let Some(last) = these.last().filter(|_| u32::try_from(these.len()) == Ok(limit)) else { return Ok(false) };
    execute(db, RENAME, vec![requester.into(), last.to_string().into()]).await?;
    Ok(true)
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
        hold_and_index(self.db(), ids.to_vec()).await
    }

    async fn index_renamed(&self, limit: u32) -> Result<bool> {
        index_renamed(self.db(), limit).await
    }
}
