//! A link that does not lead to an open question.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::decision::Receipt;
use super::moment::Moment;
use super::rule::Verdict;

/// What a link page says when it cannot ask for a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkStatus {
    /// The link's id, for "Send me a new link"; absent for unknown links.
    pub link: Option<Uuid>,
    /// The request's title, where the reader may know it: an old link tells nothing of what it was about.
    pub title: Option<String>,
    /// What is the case.
    pub state: LinkState,
}

/// The cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkState {
    /// The reader has decided: their receipt.
    Decided(Receipt),
    /// The request was decided without the reader.
    DecidedByOther {
        /// A name or an address; nobody when it was decided by rule.
        who: Option<String>,
        /// What.
        verdict: Verdict,
        /// When.
        at: Moment,
    },
    /// Nobody decided in time and the request ended without a verdict.
    RequestExpired {
        /// When.
        at: Moment,
    },
    /// An admin suspended the request.
    OnHold {
        /// Since when.
        since: Option<Moment>,
    },
    /// Somebody asked for changes: another revision, and with it another link, is awaited.
    AwaitsRevision {
        /// Since when.
        since: Moment,
    },
    /// The link is too old, but the request is open: a new one can be mailed.
    Expired {
        /// When it expired.
        at: Moment,
    },
    /// A new link was mailed to the address on file.
    NewLinkSent,
    /// Too many new links were asked for.
    NewLinkTooSoon,
    /// The link was closed for another reason.
    NoLongerValid(Invalid),
    /// Unknown, malformed and forged look alike.
    Unknown,
    /// The browser did not send the cookie that the link was exchanged for.
    CookieMissing,
}

/// Why a link is no longer valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Invalid {
    /// Somebody else is asked instead.
    Reassigned,
    /// The person may no longer decide.
    Disabled,
    /// A newer link was mailed.
    Superseded,
    /// The request was restarted or rewound: the mail for the new round has its own link.
    Restarted,
    /// An admin terminated the request.
    Terminated,
    /// The requester withdrew it.
    Withdrawn,
    /// The stage was approved without this answer.
    NotNeeded,
}

impl Invalid {
    /// Why, and what to do, as one or two sentences.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Reassigned => "Somebody else is asked in your place. There is nothing left for you to do.",
            Self::Disabled => "Your address may no longer decide here. If that surprises you, ask an administrator.",
            Self::Superseded => "A newer link was mailed to you. Please use the one in the latest mail.",
            Self::Restarted => "The request was started again. Please use the link in the latest mail.",
            Self::Terminated => "An administrator ended the request. No decision is needed any more.",
            Self::NotNeeded => "This was decided without your answer. There is nothing left for you to do.",
            Self::Withdrawn => "The request was withdrawn. No decision is needed any more.",
        }
    }
}
