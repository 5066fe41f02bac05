//! What a list of requests is narrowed to, as SQL of both databases.

use sea_orm::sea_query::extension::postgres::PgExpr;
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Query};
use sea_orm::{ColumnTrait, Condition, DbBackend, QueryFilter, Select};

use super::tables::{request, user};
use super::words::Word;
use crate::portal::clock::Time;
use crate::portal::inbox::{DueFilter, InboxFilter};
use crate::portal::policy::Ruling;
use crate::portal::reads::InboxQuery;
use crate::portal::request::{Ending, RequestState};

/// One day, within which something is due soon.
const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

/// `select` with what the filter of `query` asks for.
pub(super) fn narrowed(
    mut select: Select<request::Entity>,
    query: &InboxQuery,
    backend: DbBackend,
) -> Select<request::Entity> {
    let InboxFilter { state, text, due, submitted_from, submitted_before } = &query.filter;
    if let Some(state) = *state {
        select = select.filter(stands(state));
    }
    if !text.is_empty() {
        select = select.filter(mentions(text, backend));
    }
    if let Some(due) = *due {
        select = select.filter(is_due(due, query.now));
    }
    if let Some(from) = submitted_from {
        select = select.filter(request::Column::SubmittedAt.gte(from.micros()));
    }
    if let Some(before) = submitted_before {
        select = select.filter(request::Column::SubmittedAt.lt(before.micros()));
    }
    select
}

/// The same states as those that the rows are read to.
fn stands(state: RequestState) -> Condition {
    let open = Condition::all().add(request::Column::Ending.is_null());
    let ended = |ending: Ending| Condition::all().add(request::Column::Ending.eq(ending.word()));
    match state {
        RequestState::Waiting => running().add(request::Column::EscalatedAt.is_null()),
        RequestState::Escalated => running().add(request::Column::EscalatedAt.is_not_null()),
        RequestState::OnHold => open.add(request::Column::HeldAt.is_not_null()),
        RequestState::Approved => ended(Ending::Ruled(Ruling::Approved)),
        RequestState::Rejected => ended(Ending::Ruled(Ruling::Rejected)),
        RequestState::Expired => ended(Ending::Ruled(Ruling::Expired)),
        RequestState::Withdrawn => ended(Ending::Withdrawn),
        RequestState::Terminated => ended(Ending::Terminated),
    }
}

/// Open, and its clock does not stand still.
fn running() -> Condition {
    Condition::all().add(request::Column::Ending.is_null()).add(request::Column::HeldAt.is_null())
}

fn is_due(due: DueFilter, now: Time) -> Condition {
    match due {
        DueFilter::Overdue => running().add(request::Column::DueAt.lte(now.micros())),
        DueFilter::WithinDay => {
            let soon = (now + DAY).micros();
            running().add(request::Column::DueAt.gt(now.micros())).add(request::Column::DueAt.lt(soon))
        }
    }
}

/// Whether the title, or the name or address of the requester, contains `text`.
fn mentions(text: &str, backend: DbBackend) -> Condition {
    let by_name = contains(Expr::col(user::Column::Name), text, backend);
    let by_address = contains(Expr::col(user::Column::Email), text, backend);
    let people = Query::select()
        .column(user::Column::Id)
        .from(user::Entity)
        .cond_where(Condition::any().add(by_name).add(by_address))
        .to_owned();
    let in_title = contains(Expr::col((request::Entity, request::Column::Title)), text, backend);
    Condition::any().add(in_title).add(request::Column::RequesterId.in_subquery(people))
}

/// `LIKE` that takes upper and lower case as alike: on SQLite it does so by itself, for the letters of ASCII.
fn contains(column: Expr, text: &str, backend: DbBackend) -> Expr {
    match backend {
        // The backslash escapes there without being named.
        DbBackend::Postgres => PgExpr::ilike(column, pattern(text, '\\')),
        _ => ExprTrait::like(column, LikeExpr::new(pattern(text, '!')).escape('!')),
    }
}

/// The pattern that finds `text` as it stands, wherever it stands.
fn pattern(text: &str, escape: char) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if letter == escape || matches!(letter, '%' | '_') {
            pattern.push(escape);
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_patterns_is_searched_for_as_it_stands() {
        assert_eq!(pattern("5 % off_a!", '!'), "%5 !% off!_a!!%");
        assert_eq!(pattern("C:\\x_", '\\'), "%C:\\\\x\\_%");
    }
}
