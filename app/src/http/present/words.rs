//! The closed sets of the portal, by their counterparts in pages.

use crate::portal::error::FieldError;
use crate::portal::mail::MailState;
use crate::portal::policy::{FinalRule, Rule, Ruling, Verdict};
use crate::portal::request::{AssignmentState, EventKind, RequestState};
use crate::portal::user::UserState;
use crate::view;

impl From<Rule> for view::Rule {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::Any => Self::Any,
            Rule::All => Self::All,
            Rule::AtLeast(number) => Self::AtLeast(number),
        }
    }
}

impl From<FinalRule> for view::FinalRule {
    fn from(rule: FinalRule) -> Self {
        match rule {
            FinalRule::Reject => Self::Reject,
            FinalRule::Approve => Self::Approve,
            FinalRule::Expire => Self::Expire,
        }
    }
}

impl From<Verdict> for view::Verdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Approve => Self::Approve,
            Verdict::Reject => Self::Reject,
            Verdict::RequestChanges => Self::RequestChanges,
        }
    }
}

impl From<view::Verdict> for Verdict {
    fn from(verdict: view::Verdict) -> Self {
        match verdict {
            view::Verdict::Approve => Self::Approve,
            view::Verdict::Reject => Self::Reject,
            view::Verdict::RequestChanges => Self::RequestChanges,
        }
    }
}

impl From<Ruling> for view::RequestState {
    fn from(ruling: Ruling) -> Self {
        match ruling {
            Ruling::Approved => Self::Approved,
            Ruling::Rejected => Self::Rejected,
            Ruling::Expired => Self::Expired,
        }
    }
}

impl From<RequestState> for view::RequestState {
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

impl From<AssignmentState> for view::PersonState {
    fn from(state: AssignmentState) -> Self {
        match state {
            AssignmentState::Pending => Self::Waiting,
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

impl From<EventKind> for view::EventKind {
    fn from(kind: EventKind) -> Self {
        match kind {
            EventKind::Submitted => Self::Submitted,
            EventKind::Asked => Self::Asked,
            EventKind::Mailed => Self::Mailed,
            EventKind::MailFailed => Self::MailFailed,
            EventKind::Reminded => Self::Reminded,
            EventKind::Escalated => Self::Escalated,
            EventKind::Decided(verdict) => Self::Decided(verdict.into()),
            EventKind::StagePassed => Self::StagePassed,
            EventKind::StandsIn => Self::StandsIn,
            EventKind::Added => Self::Added,
            EventKind::Revised => Self::Revised,
            EventKind::Reassigned => Self::Reassigned,
            EventKind::Observing => Self::Observing,
            EventKind::Overruled(verdict) => Self::Overruled(verdict.into()),
            EventKind::Closed(ruling) => Self::Closed(ruling.into()),
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

impl From<MailState> for view::MailState {
    fn from(state: MailState) -> Self {
        match state {
            MailState::Queued => Self::Queued,
            MailState::Retrying => Self::Retrying,
            MailState::Sent => Self::Sent,
            MailState::Failed => Self::Failed,
            MailState::Kept => Self::Kept,
        }
    }
}

impl From<view::MailState> for MailState {
    fn from(state: view::MailState) -> Self {
        match state {
            view::MailState::Queued => Self::Queued,
            view::MailState::Retrying => Self::Retrying,
            view::MailState::Sent => Self::Sent,
            view::MailState::Failed => Self::Failed,
            view::MailState::Kept => Self::Kept,
        }
    }
}

impl From<UserState> for view::AccountState {
    fn from(state: UserState) -> Self {
        match state {
            UserState::Guest => Self::Guest,
            UserState::Invited => Self::Invited,
            UserState::Active => Self::Active,
            UserState::Disabled => Self::Disabled,
        }
    }
}

impl From<Vec<FieldError>> for view::FormErrors {
    fn from(errors: Vec<FieldError>) -> Self {
        Self(errors.into_iter().map(|FieldError { field, message }| view::FieldError { field, message }).collect())
    }
}
