//! Which requests are in a tab of the list: a page of ids, and how many there are.
//!
//! Each tab is read from an index in the order in which it is shown, so that a page costs as much as it has rows, however
//! many requests there are: `assignments_waiting` (and a sort of what waits for one person), `requests_by_requester`,
//! `request_observers_by_user`, `requests_ended_by_requester` with `assignments_by_user`, and the primary key.

use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, Statement};

use super::inbox_filter::conditions;
use super::search::found_by;
use super::tables::{assignment, request};
use super::words::Word;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::UserId;
use crate::portal::reads::{InboxCounts, InboxQuery, InboxTab};
use crate::portal::request::AssignmentState;

/// Of the rows of `assignments`, those that give a part in the request: what [`AssignmentState::gives_part`] and
/// [`Assignment::was_left`](crate::portal::request::Assignment::was_left) say.
macro_rules! gives_part {
    () => {
        "assignments.state <> 'reassigned' AND (assignments.state <> 'stale' \
         OR EXISTS (SELECT 1 FROM decisions d WHERE d.assignment_id = assignments.id) \
         OR NOT EXISTS (SELECT 1 FROM assignments l WHERE l.request_id = assignments.request_id \
         AND l.generation = assignments.generation AND l.stage = assignments.stage AND l.user_id = assignments.user_id \
         AND l.attempt > assignments.attempt AND l.state = 'reassigned'))"
    };
}

/// The counts of all tabs. Each of them looks at `$2` rows at most.
const COUNTS: &str = concat!(
    "SELECT \
    (SELECT count(*) FROM (SELECT DISTINCT a.request_id FROM assignments a JOIN requests r ON r.id = a.request_id \
      WHERE a.user_id = $1 AND a.state = 'pending' AND r.ending IS NULL AND r.changes_requested_at IS NULL LIMIT $2) AS w) \
      AS waiting, \
    (SELECT count(*) FROM (SELECT 1 FROM requests r WHERE r.requester_id = $1 LIMIT $2) AS m) AS mine, \
    (SELECT count(*) FROM (SELECT 1 FROM request_observers o WHERE o.user_id = $1 LIMIT $2) AS o) AS watching, \
    (SELECT count(*) FROM (SELECT 1 FROM requests r WHERE r.requester_id = $1 AND r.ending IS NOT NULL LIMIT $2) AS e) \
    + (SELECT count(*) FROM (SELECT DISTINCT assignments.request_id FROM assignments \
      JOIN requests r ON r.id = assignments.request_id \
      WHERE assignments.user_id = $1 AND assignments.generation = r.generation AND ",
    gives_part!(),
    " AND r.ending IS NOT NULL AND r.requester_id <> $1 LIMIT $2) AS d) AS done, \
    (SELECT count(*) FROM (SELECT 1 FROM requests r LIMIT $2) AS x) AS everything"
);

/// The first of [`COUNTS`] alone, for every page's navigation.
const COUNT_WAITING: &str = "SELECT count(*) AS waiting FROM \
    (SELECT DISTINCT a.request_id FROM assignments a JOIN requests r ON r.id = a.request_id \
      WHERE a.user_id = $1 AND a.state = 'pending' AND r.ending IS NULL AND r.changes_requested_at IS NULL LIMIT $2) AS w";

pub(super) async fn count(db: &impl ConnectionTrait, user: UserId) -> Result<InboxCounts> {
    let Some(row) = db.query_one_raw(counting(db, COUNTS, user)).await? else { return Ok(InboxCounts::default()) };
    let number = |name: &str| Ok::<_, PortalError>(capped(row.try_get_by(name)?));
    Ok(InboxCounts {
        waiting: number("waiting")?,
        mine: number("mine")?,
        watching: number("watching")?,
        done: number("done")?,
        all: number("everything")?,
    })
}

pub(super) async fn count_waiting(db: &impl ConnectionTrait, user: UserId) -> Result<u64> {
    let row = db.query_one_raw(counting(db, COUNT_WAITING, user)).await?;
    let waiting: i64 = row.map_or(Ok(0), |row| row.try_get_by("waiting"))?;
    Ok(capped(waiting))
}

fn counting(db: &impl ConnectionTrait, text: &str, user: UserId) -> Statement {
    let most = i64::try_from(InboxCounts::MOST).unwrap_or(i64::MAX);
    Statement::from_sql_and_values(db.get_database_backend(), text, [user.to_string().into(), most.into()])
}

fn capped(count: i64) -> u64 {
    Ord::min(u64::try_from(count).unwrap_or(0), InboxCounts::MOST)
}

/// The ids of a page of the list in their order: after the query's cursor, past `skipped` rows, at most its limit.
pub(super) async fn ids(db: &impl ConnectionTrait, query: &InboxQuery, skipped: u64) -> Result<Vec<String>> {
    let narrow = conditions(&query.filter, query.now).add(found_by(db, &query.filter.text).await?);
    let mut found = Vec::new();
    for mut part in parts(query) {
        part.cond_where(narrow.clone()).limit(skipped.saturating_add(query.limit));
        for row in db.query_all(&part).await? {
            found.push(row.try_get_by_index::<String>(0)?);
        }
    }
    if query.tab == InboxTab::Done {
        // Both parts go from new to old.
        found.sort_unstable_by(|one, other| other.cmp(one));
    }
    let (skipped, most) = (size(skipped), size(query.limit));
    Ok(found.into_iter().skip(skipped).take(most).collect())
}

fn size(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
}

/// What a tab is made of, each part in its order; no request is in two of them.
fn parts(query: &InboxQuery) -> Vec<SelectStatement> {
    match query.tab {
        InboxTab::Waiting => vec![waiting(query)],
        InboxTab::Mine => vec![newest_first(query, of_requests(own(query.user)), id())],
        InboxTab::Watching => vec![watched(query)],
        InboxTab::Done => {
            let ended = own(query.user).add(request::Column::Ending.is_not_null());
            vec![newest_first(query, of_requests(ended), id()), answered(query)]
        }
        InboxTab::All => vec![newest_first(query, of_requests(Condition::all()), id())],
    }
}

fn id() -> Expr {
    Expr::col((request::Entity, request::Column::Id))
}

fn own(user: UserId) -> Condition {
    Condition::all().add(request::Column::RequesterId.eq(user.to_string()))
}

fn of_requests(which: Condition) -> SelectStatement {
    let mut select = Query::select();
    select.expr(id()).from(request::Entity).cond_where(which);
    select
}

/// Ids of requests grow with the time of submission.
fn newest_first(query: &InboxQuery, mut select: SelectStatement, key: Expr) -> SelectStatement {
    if let Some(after) = query.after {
        select.and_where(key.clone().lt(after.id.to_string()));
    }
    select.order_by_expr(key, Order::Desc);
    select
}

/// A word of the tables as part of a statement, so that an index for only that word can be used.
fn fixed(word: &str) -> Expr {
    Expr::cust(format!("'{word}'"))
}

/// Open requests with an unanswered question to the reader, the most urgent first. While another revision is waited for,
/// they wait for the requester.
fn waiting(query: &InboxQuery) -> SelectStatement {
    let asked = Query::select()
        .column(assignment::Column::RequestId)
        .from(assignment::Entity)
        .and_where(assignment::Column::UserId.eq(query.user.to_string()))
        .and_where(Expr::col(assignment::Column::State).eq(fixed(AssignmentState::Pending.word())))
        .to_owned();
    let open = Condition::all()
        .add(request::Column::Id.in_subquery(asked))
        .add(request::Column::Ending.is_null())
        .add(request::Column::ChangesRequestedAt.is_null());
    let mut select = of_requests(open);
    let due = Expr::col((request::Entity, request::Column::DueAt)).if_null(i64::MAX);
    if let Some(after) = query.after {
        let same = due.clone().eq(after.due).and(id().gt(after.id.to_string()));
        select.and_where(due.clone().gt(after.due).or(same));
    }
    select.order_by_expr(due, Order::Asc).order_by_expr(id(), Order::Asc);
    select
}

fn watched(query: &InboxQuery) -> SelectStatement {
    let observed = || Expr::col(("request_observers", "request_id"));
    let mut select = Query::select();
    select
        .expr(observed())
        .from("request_observers")
        .join(JoinType::InnerJoin, request::Entity, observed().eq(id()))
        .and_where(Expr::col(("request_observers", "user_id")).eq(query.user.to_string()));
    newest_first(query, select, observed())
}

/// Requests of others that have ended, and of whose present round the reader has a question that gives them a part.
fn answered(query: &InboxQuery) -> SelectStatement {
    let of = |column| Expr::col((assignment::Entity, column));
    let mut select = Query::select();
    select
        .distinct()
        .expr(of(assignment::Column::RequestId))
        .from(assignment::Entity)
        .join(JoinType::InnerJoin, request::Entity, of(assignment::Column::RequestId).eq(id()))
        .and_where(assignment::Column::UserId.eq(query.user.to_string()))
        .and_where(Expr::cust(gives_part!()))
        .and_where(of(assignment::Column::Generation).eq(Expr::col((request::Entity, request::Column::Generation))))
        .and_where(request::Column::Ending.is_not_null())
        .and_where(request::Column::RequesterId.ne(query.user.to_string()));
    newest_first(query, select, of(assignment::Column::RequestId))
}

/// Questions in these states are nobody's any more.
pub(super) const VOID: [AssignmentState; 2] = [AssignmentState::Stale, AssignmentState::Reassigned];
