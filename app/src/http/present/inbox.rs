//! The list of requests.

use super::{due, moment};
use crate::portal::clock::Time;
use crate::portal::reads::{InboxCursor, InboxRow, InboxTab};
use crate::view;

impl From<view::InboxTab> for InboxTab {
    fn from(tab: view::InboxTab) -> Self {
        match tab {
            view::InboxTab::Waiting => Self::Waiting,
            view::InboxTab::Mine => Self::Mine,
            view::InboxTab::All => Self::All,
        }
    }
}

/// One row.
pub(crate) fn row(row: InboxRow, now: Time) -> view::InboxRow {
    let open = row.state.is_open();
    view::InboxRow {
        id: row.id.0,
        title: row.title,
        requester: row.requester.into(),
        state: row.state.into(),
        approved: row.approved,
        needed: row.needed,
        due: row.due_at.filter(|_| open).map(|at| due(at, now)),
        submitted_at: moment(row.submitted_at, now),
    }
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
