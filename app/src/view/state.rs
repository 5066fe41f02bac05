//! The states that pages show, each with its word, colour and icon.

use serde::{Deserialize, Serialize};

use super::mark::{Icon, Mark, Tone};

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestState {
    /// Open: approvers are being waited for.
    Waiting,
    /// Open, and the due time has passed once: the escalation person is asked too.
    Escalated,
    /// Suspended by an admin: the clock stands still.
    OnHold,
    /// Open, but another revision is awaited: the clock stands still.
    ChangesRequested,
    /// Closed: approved, by people or by rule.
    Approved,
    /// Closed: rejected, by people or by rule.
    Rejected,
    /// Closed: nobody decided in time.
    Expired,
    /// Closed by an admin.
    Terminated,
    /// Closed by its requester, or by an admin in their place.
    Withdrawn,
}

impl RequestState {
    /// Every state, in the order in which filters list them.
    pub const ALL: [Self; 9] = [
        Self::Waiting,
        Self::Escalated,
        Self::OnHold,
        Self::ChangesRequested,
        Self::Approved,
        Self::Rejected,
        Self::Expired,
        Self::Withdrawn,
        Self::Terminated,
    ];

    /// The value of `?state=` for this state.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Escalated => "escalated",
            Self::OnHold => "on-hold",
            Self::ChangesRequested => "changes-requested",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
            Self::Terminated => "terminated",
        }
    }

    /// The state that [`Self::key`] names.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// Word, colour and icon.
    #[must_use]
    pub const fn mark(self) -> Mark {
        match self {
            Self::Waiting => Mark { word: "Waiting", tone: Tone::Waiting, icon: Icon::Clock },
            Self::Escalated => Mark { word: "Escalated", tone: Tone::Escalated, icon: Icon::ArrowUp },
            Self::OnHold => Mark { word: "On hold", tone: Tone::Held, icon: Icon::Pause },
            Self::ChangesRequested => Mark { word: "Changes requested", tone: Tone::Changes, icon: Icon::Pen },
            Self::Approved => Mark { word: "Approved", tone: Tone::Good, icon: Icon::Check },
            Self::Rejected => Mark { word: "Rejected", tone: Tone::Bad, icon: Icon::Cross },
            Self::Expired => Mark { word: "Expired", tone: Tone::Gone, icon: Icon::Minus },
            Self::Terminated => Mark { word: "Terminated", tone: Tone::Gone, icon: Icon::Stop },
            Self::Withdrawn => Mark { word: "Withdrawn", tone: Tone::Gone, icon: Icon::Back },
        }
    }

    /// Whether somebody may still decide (now, or after a resume).
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Escalated | Self::OnHold | Self::ChangesRequested)
    }
}

/// Where one asked person stands within a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PersonState {
    /// Has not answered yet.
    Waiting,
    /// Approved.
    Approved,
    /// Rejected.
    Rejected,
    /// Asked for changes.
    ChangesRequested,
    /// Will be asked when their stage is opened.
    Later,
    /// The stage was decided without them.
    NotNeeded,
    /// Is no longer asked: disabled, or their question was withdrawn.
    Withdrawn,
    /// Answered, or was asked, about an earlier revision.
    Stale,
    /// Somebody else is asked in their place.
    Reassigned,
}

impl PersonState {
    /// Word, colour and icon.
    #[must_use]
    pub const fn mark(self) -> Mark {
        match self {
            Self::Waiting => Mark { word: "Waiting", tone: Tone::Waiting, icon: Icon::Clock },
            Self::Approved => Mark { word: "Approved", tone: Tone::Good, icon: Icon::Check },
            Self::Rejected => Mark { word: "Rejected", tone: Tone::Bad, icon: Icon::Cross },
            Self::ChangesRequested => Mark { word: "Changes requested", tone: Tone::Changes, icon: Icon::Pen },
            Self::Later => Mark { word: "Later", tone: Tone::Gone, icon: Icon::Dot },
            Self::Stale => Mark { word: "Earlier revision", tone: Tone::Gone, icon: Icon::Again },
            Self::Reassigned => Mark { word: "Passed on", tone: Tone::Gone, icon: Icon::Person },
            Self::NotNeeded => Mark { word: "Not needed", tone: Tone::Gone, icon: Icon::Minus },
            Self::Withdrawn => Mark { word: "No longer asked", tone: Tone::Gone, icon: Icon::Minus },
        }
    }
}

/// Where an instance of the engine stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum InstanceState {
    /// Started, but no turn has run yet.
    Pending,
    /// Running or waiting.
    Running,
    /// Suspended by an admin.
    Suspended,
    /// Finished with an output.
    Completed,
    /// Finished with a failure.
    Failed,
    /// Terminated by an admin.
    Terminated,
}

impl InstanceState {
    /// Every state, in the order in which filters list them.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Running, Self::Suspended, Self::Completed, Self::Failed, Self::Terminated];

    /// Word, colour and icon.
    #[must_use]
    pub const fn mark(self) -> Mark {
        match self {
            Self::Pending => Mark { word: "Pending", tone: Tone::Waiting, icon: Icon::Clock },
            Self::Running => Mark { word: "Running", tone: Tone::Ink, icon: Icon::Play },
            Self::Suspended => Mark { word: "Suspended", tone: Tone::Held, icon: Icon::Pause },
            Self::Completed => Mark { word: "Completed", tone: Tone::Good, icon: Icon::Check },
            Self::Failed => Mark { word: "Failed", tone: Tone::Bad, icon: Icon::Cross },
            Self::Terminated => Mark { word: "Terminated", tone: Tone::Gone, icon: Icon::Stop },
        }
    }

    /// The value of `?status=` for this state.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Suspended => "suspended",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Terminated => "terminated",
        }
    }

    /// The state that [`Self::key`] names.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }
}

/// Where a mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailState {
    /// Will be sent.
    Queued,
    /// An attempt failed; there will be another one.
    Retrying,
    /// Accepted by the mail server.
    Sent,
    /// Given up.
    Failed,
    /// No mail server is configured: kept here for admins to read.
    Kept,
}

impl MailState {
    /// Every state, in the order in which filters list them.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Retrying, Self::Sent, Self::Failed, Self::Kept];

    /// Word, colour and icon.
    #[must_use]
    pub const fn mark(self) -> Mark {
        match self {
            Self::Queued => Mark { word: "Queued", tone: Tone::Waiting, icon: Icon::Clock },
            Self::Retrying => Mark { word: "Retrying", tone: Tone::Escalated, icon: Icon::Again },
            Self::Sent => Mark { word: "Sent", tone: Tone::Good, icon: Icon::Check },
            Self::Failed => Mark { word: "Failed", tone: Tone::Bad, icon: Icon::Cross },
            Self::Kept => Mark { word: "Kept here", tone: Tone::Held, icon: Icon::Mail },
        }
    }

    /// The value of `?state=` for this state.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Retrying => "retrying",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Kept => "kept",
        }
    }

    /// The state that [`Self::key`] names.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }
}

/// Where a person's account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountState {
    /// Can sign in.
    Active,
    /// Was invited and has not accepted yet.
    Invited,
    /// Was asked for a decision by mail and has no account.
    Guest,
    /// May neither sign in nor decide.
    Disabled,
}

impl AccountState {
    /// Word, colour and icon.
    #[must_use]
    pub const fn mark(self) -> Mark {
        match self {
            Self::Active => Mark { word: "Active", tone: Tone::Good, icon: Icon::Check },
            Self::Invited => Mark { word: "Invited", tone: Tone::Waiting, icon: Icon::Mail },
            Self::Guest => Mark { word: "Guest", tone: Tone::Gone, icon: Icon::Person },
            Self::Disabled => Mark { word: "Disabled", tone: Tone::Bad, icon: Icon::Stop },
        }
    }
}
