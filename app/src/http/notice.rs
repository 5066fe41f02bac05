//! What was just done, carried over a redirect by a code in the query, so that no text of a page can be chosen by a link.

use std::fmt::Display;

use axum::response::Redirect;

use crate::pages::paths;
use crate::view::{Notice, Tone};

/// Something that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// A decision was recorded.
    Decided,
    /// Somebody was invited.
    Invited,
    /// Somebody's account was changed.
    PersonChanged,
    /// An engine's verb was carried out.
    Steered,
    /// A request was submitted.
    Submitted,
    /// A mail is tried again.
    MailRetried,
    /// A test mail is under way.
    TestMailQueued,
}

impl Done {
    const ALL: [Self; 7] = [
        Self::Decided,
        Self::Invited,
        Self::PersonChanged,
        Self::Steered,
        Self::Submitted,
        Self::MailRetried,
        Self::TestMailQueued,
    ];

    const fn key(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::Invited => "invited",
            Self::PersonChanged => "person",
            Self::Steered => "steered",
            Self::Submitted => "submitted",
            Self::MailRetried => "mail",
            Self::TestMailQueued => "test",
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Decided => "Your decision is recorded.",
            Self::Invited => "The invitation is on its way.",
            Self::PersonChanged => "The change is saved.",
            Self::Steered => "Done.",
            Self::Submitted => "Your request is on its way to the approvers. This page shows how it stands.",
            Self::MailRetried => "The mail is tried again.",
            Self::TestMailQueued => "A test mail to you is on its way. Its page shows what the mail server says.",
        }
    }

    /// Sends the reader on, with the notice.
    pub(crate) fn then(self, path: impl Display) -> Redirect {
        Redirect::to(&paths::with_query(path, &[("done", self.key())]))
    }

    /// The notice that a query asks for, if it does.
    pub(crate) fn of_query(query: Option<&str>) -> Option<Notice> {
        let key = query?.split('&').find_map(|pair| pair.strip_prefix("done="))?;
        let done = Self::ALL.into_iter().find(|done| done.key() == key)?;
        Some(Notice { tone: Tone::Good, text: done.text().to_owned() })
    }
}
