//! Deciding: the form, the receipt, and why a question is not open.

use super::moment;
use crate::portal::clock::Time;
use crate::portal::link::Invalid;
use crate::portal::policy::{Ruling, Tally};
use crate::portal::{DecideOutcome, Receipt};
use crate::view;

/// A person's receipt.
pub(crate) fn receipt(receipt: Receipt, now: Time) -> view::Receipt {
    view::Receipt {
        title: receipt.title,
        requester: receipt.requester.into(),
        decided_as: receipt.decided_as.into(),
        verdict: receipt.verdict.into(),
        reason: receipt.reason,
        at: moment(receipt.at, now),
        request_state: receipt.request_state.into(),
        revision: receipt.revision,
        sha256: receipt.revision_hash.to_string(),
        reference: receipt.reference.to_string(),
    }
}

/// What a link page says of a question that is not open.
pub(crate) fn link_state(outcome: DecideOutcome, now: Time) -> view::LinkState {
    match outcome {
        DecideOutcome::Recorded(of) | DecideOutcome::SameAgain(of) => view::LinkState::Decided(receipt(of, now)),
        DecideOutcome::AlreadyDecidedBy { ruling: Ruling::Expired, at, .. } => {
            view::LinkState::RequestExpired { at: moment(at, now) }
        }
        DecideOutcome::AlreadyDecidedBy { who, ruling, at } => view::LinkState::DecidedByOther {
            who: who.map(|person| person.label().to_owned()),
            verdict: if ruling == Ruling::Approved { view::Verdict::Approve } else { view::Verdict::Reject },
            at: moment(at, now),
        },
        DecideOutcome::OnHold { since } => view::LinkState::OnHold { since: Some(moment(since, now)) },
        DecideOutcome::Expired { at } => view::LinkState::Expired { at: moment(at, now) },
        DecideOutcome::NoLongerValid(why) => view::LinkState::NoLongerValid(why.into()),
    }
}

impl From<Invalid> for view::link::Invalid {
    fn from(why: Invalid) -> Self {
        match why {
            Invalid::Reassigned => Self::Reassigned,
            Invalid::Disabled => Self::Disabled,
            Invalid::Superseded => Self::Superseded,
            Invalid::Restarted => Self::Restarted,
            Invalid::Terminated => Self::Terminated,
            Invalid::Withdrawn => Self::Withdrawn,
        }
    }
}

/// The count, for telling what an answer will do. `alone` says that the reader is the escalation person.
pub(crate) fn tally(tally: Tally, alone: bool) -> view::Tally {
    view::Tally {
        rule: tally.rule.into(),
        asked: tally.asked,
        approved: tally.approved,
        rejected: tally.rejected,
        decides_alone: alone,
    }
}

/// Why an answer on a request's own page was not taken, as a sentence.
pub(crate) fn too_late(state: &view::LinkState) -> String {
    match state {
        view::LinkState::DecidedByOther { who, verdict, at } => {
            let who = who.as_deref().unwrap_or("A rule");
            format!("Your answer came too late: {who} {} this request on {}.", verdict.past(), at.text)
        }
        view::LinkState::RequestExpired { at } => {
            format!("Your answer came too late: the request expired on {}.", at.text)
        }
        view::LinkState::OnHold { .. } => {
            String::from("The request is on hold. Your answer was not recorded; send it when it goes on.")
        }
        view::LinkState::NoLongerValid(why) => why.in_words().to_owned(),
        _ => String::from("Your answer was not recorded."),
    }
}
