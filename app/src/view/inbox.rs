//! The list of requests.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::frame::Person;
use super::moment::{Due, Moment};
use super::saved_view::SavedView;
use super::state::RequestState;

/// `GET /`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// The tab that is shown.
    pub tab: InboxTab,
    /// Requests per tab, up to [`MOST`], in the order shown. Tabs that the reader may not see are absent.
    pub tabs: Vec<(InboxTab, u64)>,
    /// The views that the reader has saved, in their order.
    pub views: Vec<SavedView>,
    /// What the list is narrowed to. The numbers on the tabs are those of everything.
    pub filter: InboxFilter,
    /// The rows of this page, newest first (most urgent first in the waiting tab).
    pub rows: Vec<InboxRow>,
    /// Whether this is not the first page.
    pub paged: bool,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// So many requests or more: nothing is counted further.
pub const MOST: u64 = 1_000;

/// A number of requests as it is shown: `12`, `999+`.
#[must_use]
pub fn count_in_words(count: u64) -> String {
    if count < MOST { count.to_string() } else { format!("{}+", MOST - 1) }
}

/// A tab of the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InboxTab {
    /// Requests that wait for the reader's decision.
    Waiting,
    /// Requests that the reader submitted.
    Mine,
    /// Requests that the reader observes.
    Watching,
    /// Requests that have ended, and that the reader submitted or was asked about.
    Done,
    /// Every request (admins).
    All,
}

impl InboxTab {
    /// Every tab, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Mine, Self::Watching, Self::Done, Self::All];

    /// The value of `?tab=`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Mine => "mine",
            Self::Watching => "watching",
            Self::Done => "done",
            Self::All => "all",
        }
    }

    /// The tab that [`Self::key`] names.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.key() == key)
    }

    /// Its words.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting for me",
            Self::Mine => "Mine",
            Self::Watching => "Watching",
            Self::Done => "Done",
            Self::All => "All",
        }
    }
}

/// What the list is narrowed to, as the address says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxFilter {
    /// Words and phrases of anything in a request.
    pub text: String,
    /// How the requests stand.
    pub state: Option<RequestState>,
    /// When they are due.
    pub due: Option<DueFilter>,
    /// The first day of submission, `2026-11-22`; empty for any.
    pub from: String,
    /// The last day of submission.
    pub to: String,
}

impl InboxFilter {
    /// Whether it narrows nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// As pairs of a query; what is not said has an empty value.
    #[must_use]
    pub fn pairs(&self) -> [(&'static str, &str); 5] {
        [
            ("q", &self.text),
            ("state", self.state.map_or("", RequestState::key)),
            ("due", self.due.map_or("", DueFilter::key)),
            ("from", &self.from),
            ("to", &self.to),
        ]
    }
}

/// When a request is due, as a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DueFilter {
    /// The due time is over.
    Overdue,
    /// It comes within 24 hours.
    WithinDay,
}

impl DueFilter {
    /// Both, in the order in which they are listed.
    pub const ALL: [Self; 2] = [Self::Overdue, Self::WithinDay];

    /// The value of `?due=`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::WithinDay => "day",
        }
    }

    /// The one that [`Self::key`] names.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|due| due.key() == key)
    }

    /// Its words.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Overdue => "Overdue",
            Self::WithinDay => "Within 24 hours",
        }
    }
}

/// One request in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxRow {
    /// The request's id.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// Who submitted it.
    pub requester: Person,
    /// Where it stands.
    pub state: RequestState,
    /// Which stage is open, from 1; the last one that was, once closed.
    pub stage: u32,
    /// How many stages there are.
    pub stages: u32,
    /// Approvals in that stage so far.
    pub approved: u32,
    /// Approvals that it needs.
    pub needed: u32,
    /// By when; none when closed or without a due time.
    pub due: Option<Due>,
    /// When it was submitted.
    pub submitted_at: Moment,
    /// How long ago that is: `3 days`.
    pub age: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_counted_to_its_end_says_so() {
        assert_eq!((count_in_words(0), count_in_words(MOST - 1)), ("0".to_owned(), "999".to_owned()));
        assert_eq!((count_in_words(MOST), count_in_words(MOST + 1)), ("999+".to_owned(), "999+".to_owned()));
    }
}
