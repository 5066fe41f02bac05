//! The closed sets of requests, in the words of the API.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::portal::policy::{FinalRule, Rule, Ruling, Verdict};
use crate::portal::reads::InboxTab;
use crate::portal::request::{AssignmentState, EventKind, RequestState};

/// Which requests a list is of.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TabWord {
    /// Open ones that wait for the caller's answer, most urgent first.
    Waiting,
    /// Those that the caller submitted, newest first.
    #[default]
    Mine,
    /// Those that the caller observes, newest first.
    Watching,
    /// Those that have ended and that the caller submitted or was asked about, newest first.
    Done,
    /// Every one, newest first; for administrators.
    All,
}

impl TabWord {
    /// As the query spells it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Mine => "mine",
            Self::Watching => "watching",
            Self::Done => "done",
            Self::All => "all",
        }
    }
}

impl From<TabWord> for InboxTab {
    fn from(tab: TabWord) -> Self {
        match tab {
            TabWord::Waiting => Self::Waiting,
            TabWord::Mine => Self::Mine,
            TabWord::Watching => Self::Watching,
            TabWord::Done => Self::Done,
            TabWord::All => Self::All,
        }
    }
}

/// Where a request stands. The first four are open.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RequestWord {
    Waiting,
    Escalated,
    OnHold,
    /// Its requester is to submit another revision.
    ChangesRequested,
    Approved,
    Rejected,
    Expired,
    Terminated,
    Withdrawn,
}

impl From<RequestState> for RequestWord {
    fn from(state: RequestState) -> Self {
        match state {
            RequestState::Waiting => Self::Waiting,
            RequestState::Escalated => Self::Escalated,
            RequestState::OnHold => Self::OnHold,
            RequestState::ChangesRequested => Self::ChangesRequested,
            RequestState::Approved => Self::Approved,
            RequestState::Rejected => Self::Rejected,
            RequestState::Expired => Self::Expired,
            RequestState::Terminated => Self::Terminated,
            RequestState::Withdrawn => Self::Withdrawn,
        }
    }
}

/// What somebody answers.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum VerdictWord {
    Approve,
    /// Needs a reason.
    Reject,
    /// Sends it back to its requester; needs a reason.
    RequestChanges,
}

impl From<VerdictWord> for Verdict {
    fn from(verdict: VerdictWord) -> Self {
        match verdict {
            VerdictWord::Approve => Self::Approve,
            VerdictWord::Reject => Self::Reject,
            VerdictWord::RequestChanges => Self::RequestChanges,
        }
    }
}

impl From<Verdict> for VerdictWord {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Approve => Self::Approve,
            Verdict::Reject => Self::Reject,
            Verdict::RequestChanges => Self::RequestChanges,
        }
    }
}

/// How a request may end over the heads of those who are asked.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OverrulingWord {
    Approve,
    Reject,
}

impl From<OverrulingWord> for Verdict {
    fn from(verdict: OverrulingWord) -> Self {
        match verdict {
            OverrulingWord::Approve => Self::Approve,
            OverrulingWord::Reject => Self::Reject,
        }
    }
}

/// How many must approve.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RuleWord {
    Any,
    All,
    /// As many as needed says.
    AtLeast,
}

impl RuleWord {
    /// As the portal's forms spell it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::All => "all",
            Self::AtLeast => "at_least",
        }
    }
}

impl From<Rule> for RuleWord {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::Any => Self::Any,
            Rule::All => Self::All,
            Rule::AtLeast(_) => Self::AtLeast,
        }
    }
}

/// How a request ends when nobody decides in time.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FinalRuleWord {
    Reject,
    Approve,
    Expire,
}

impl FinalRuleWord {
    /// As the portal's forms spell it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Reject => "reject",
            Self::Approve => "approve",
            Self::Expire => "expire",
        }
    }
}

impl From<FinalRule> for FinalRuleWord {
    fn from(rule: FinalRule) -> Self {
        match rule {
            FinalRule::Reject => Self::Reject,
            FinalRule::Approve => Self::Approve,
            FinalRule::Expire => Self::Expire,
        }
    }
}

/// Where one person's question stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum QuestionWord {
    Pending,
    Approved,
    Rejected,
    ChangesRequested,
    /// The stage ended without this answer.
    NotNeeded,
    /// The round is void.
    Withdrawn,
    /// Void by another revision.
    Stale,
    /// Somebody else has it now.
    Reassigned,
}

impl From<AssignmentState> for QuestionWord {
    fn from(state: AssignmentState) -> Self {
        match state {
            AssignmentState::Pending => Self::Pending,
            AssignmentState::Answered(Verdict::Approve) => Self::Approved,
            AssignmentState::Answered(Verdict::Reject) => Self::Rejected,
            AssignmentState::Answered(Verdict::RequestChanges) => Self::ChangesRequested,
            AssignmentState::Stale => Self::Stale,
            AssignmentState::Reassigned => Self::Reassigned,
            AssignmentState::NotNeeded => Self::NotNeeded,
            AssignmentState::Withdrawn => Self::Withdrawn,
        }
    }
}

/// What happened to a request.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EventWord {
    Submitted,
    Asked,
    Mailed,
    MailFailed,
    Reminded,
    Escalated,
    Approved,
    Rejected,
    ChangesRequested,
    StagePassed,
    StandsIn,
    Added,
    Revised,
    Reassigned,
    Observing,
    OverruledAsApproved,
    OverruledAsRejected,
    ClosedAsApproved,
    ClosedAsRejected,
    ClosedAsExpired,
    Held,
    Resumed,
    Restarted,
    Terminated,
    Withdrawn,
    Commented,
    LinkRenewed,
}

impl From<EventKind> for EventWord {
    fn from(kind: EventKind) -> Self {
        match kind {
            EventKind::Submitted => Self::Submitted,
            EventKind::Asked => Self::Asked,
            EventKind::Mailed => Self::Mailed,
            EventKind::MailFailed => Self::MailFailed,
            EventKind::Reminded => Self::Reminded,
            EventKind::Escalated => Self::Escalated,
            EventKind::Decided(Verdict::Approve) => Self::Approved,
            EventKind::Decided(Verdict::Reject) => Self::Rejected,
            EventKind::Decided(Verdict::RequestChanges) => Self::ChangesRequested,
            EventKind::StagePassed => Self::StagePassed,
            EventKind::StandsIn => Self::StandsIn,
            EventKind::Added => Self::Added,
            EventKind::Revised => Self::Revised,
            EventKind::Reassigned => Self::Reassigned,
            EventKind::Observing => Self::Observing,
            EventKind::Overruled(Verdict::Approve) => Self::OverruledAsApproved,
            EventKind::Overruled(_) => Self::OverruledAsRejected,
            EventKind::Closed(Ruling::Approved) => Self::ClosedAsApproved,
            EventKind::Closed(Ruling::Rejected) => Self::ClosedAsRejected,
            EventKind::Closed(Ruling::Expired) => Self::ClosedAsExpired,
            EventKind::Held => Self::Held,
            EventKind::Resumed => Self::Resumed,
            EventKind::Restarted => Self::Restarted,
            EventKind::Terminated => Self::Terminated,
            EventKind::Withdrawn => Self::Withdrawn,
            EventKind::Commented => Self::Commented,
            EventKind::LinkRenewed => Self::LinkRenewed,
        }
    }
}
