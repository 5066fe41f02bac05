//! The list of requests.

use std::time::Duration;

use super::{Seen, due, moment};
use crate::pages::paths::with_query;
use crate::portal::clock::Time;
use crate::portal::inbox::{DueFilter, InboxFilter};
use crate::portal::reads::{InboxCursor, InboxRow, InboxTab};
use crate::portal::request::RequestState;
use crate::portal::saved_views::SavedView;
use crate::view;
use crate::view::moment::span_in_words;

impl From<view::InboxTab> for InboxTab {
    fn from(tab: view::InboxTab) -> Self {
        match tab {
            view::InboxTab::Waiting => Self::Waiting,
            view::InboxTab::Mine => Self::Mine,
            view::InboxTab::Watching => Self::Watching,
            view::InboxTab::Done => Self::Done,
            view::InboxTab::All => Self::All,
        }
    }
}

impl From<InboxTab> for view::InboxTab {
    fn from(tab: InboxTab) -> Self {
        match tab {
            InboxTab::Waiting => Self::Waiting,
            InboxTab::Mine => Self::Mine,
            InboxTab::Watching => Self::Watching,
            InboxTab::Done => Self::Done,
            InboxTab::All => Self::All,
        }
    }
}

impl From<view::RequestState> for RequestState {
    fn from(state: view::RequestState) -> Self {
        match state {
            view::RequestState::Waiting => Self::Waiting,
            view::RequestState::Escalated => Self::Escalated,
            view::RequestState::OnHold => Self::OnHold,
            view::RequestState::ChangesRequested => Self::ChangesRequested,
            view::RequestState::Approved => Self::Approved,
            view::RequestState::Rejected => Self::Rejected,
            view::RequestState::Expired => Self::Expired,
            view::RequestState::Withdrawn => Self::Withdrawn,
            view::RequestState::Terminated => Self::Terminated,
        }
    }
}

impl From<view::DueFilter> for DueFilter {
    fn from(due: view::DueFilter) -> Self {
        match due {
            view::DueFilter::Overdue => Self::Overdue,
            view::DueFilter::WithinDay => Self::WithinDay,
        }
    }
}

/// What the list is narrowed to. Days are those of UTC, in which times are shown; what is no day says nothing.
pub(crate) fn filter(filter: &view::InboxFilter) -> InboxFilter {
    InboxFilter {
        state: filter.state.map(Into::into),
        text: filter.text.clone(),
        due: filter.due.map(Into::into),
        submitted_from: day(&filter.from),
        submitted_before: day(&filter.to).map(|last| last + DAY),
    }
}

const DAY: Duration = Duration::from_secs(86_400);

/// The beginning of a day that is written `2026-11-22`.
pub(crate) fn day(text: &str) -> Option<Time> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let plain = |part: &str, length: usize| part.len() == length && part.bytes().all(|digit| digit.is_ascii_digit());
    if !plain(year, 4) || !plain(month, 2) || !plain(day, 2) {
        return None;
    }
    let month = time::Month::try_from(month.parse::<u8>().ok()?).ok()?;
    let date = time::Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()?;
    Some(Time(date.midnight().assume_utc().unix_timestamp() * 1_000_000))
}

/// One row.
pub(crate) fn row(row: InboxRow, seen: impl Into<Seen>) -> view::InboxRow {
    let seen = seen.into();
    let open = row.state.is_open();
    view::InboxRow {
        id: row.id.0,
        title: row.title,
        requester: row.requester.into(),
        state: row.state.into(),
        stage: row.stage,
        stages: row.stages,
        approved: row.approved,
        needed: row.needed,
        due: row.due_at.filter(|_| open).map(|at| due(at, seen)),
        submitted_at: moment(row.submitted_at, seen),
        age: span_in_words(seconds(row.submitted_at, seen.now)),
    }
}

/// Seconds from one moment to another.
fn seconds(from: Time, to: Time) -> i64 {
    to.micros().saturating_sub(from.micros()) / 1_000_000
}

/// A filter as it stands in the address and is saved; nothing that does not narrow is said.
pub(crate) fn query(filter: &view::InboxFilter) -> String {
    with_query("", &filter.pairs()).trim_start_matches('?').to_owned()
}

/// The reader's saved views; the current one is what the page shows.
pub(crate) fn views(views: Vec<SavedView>, tab: view::InboxTab, filter: &view::InboxFilter) -> Vec<view::SavedView> {
    let shown = query(filter);
    let link = |saved: SavedView| {
        let of = view::InboxTab::from(saved.tab);
        let current = of == tab && saved.query == shown;
        view::SavedView { id: saved.id.0, name: saved.name, tab: of, query: saved.query, current }
    };
    views.into_iter().map(link).collect()
}

/// A cursor, as it stands in the address.
pub(crate) fn cursor(cursor: InboxCursor) -> String {
    format!("{}~{}", cursor.due, cursor.id)
}

/// The cursor that an address holds; nothing for what is none.
pub(crate) fn read_cursor(text: &str) -> Option<InboxCursor> {
    let (due, id) = text.split_once('~')?;
    Some(InboxCursor { due: due.parse().ok()?, id: id.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_of_utc_and_what_is_none_says_nothing() {
        assert_eq!(day("1970-01-02"), Some(Time(86_400_000_000)));
        assert_eq!(day("2026-11-22"), Some(Time(1_795_305_600_000_000)));
        for none in ["", "2026-02-30", "2026-13-01", "26-1-1", "2026-11-22x", "+026-11-22", "2026-11"] {
            assert_eq!(day(none), None, "{none}");
        }
    }

    #[test]
    fn the_last_day_belongs_to_the_list() {
        let one_day = view::InboxFilter { from: "1970-01-02".into(), to: "1970-01-02".into(), ..Default::default() };
        let filter = filter(&one_day);
        let bounds = (filter.submitted_from, filter.submitted_before);
        assert_eq!(bounds, (Some(Time(86_400_000_000)), Some(Time(2 * 86_400_000_000))));
    }
}
