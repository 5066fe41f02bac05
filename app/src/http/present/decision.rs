//! Deciding: the form, the receipt, and why a question is not open.

use super::{Seen, moment};
use crate::portal::clock::Time;
use crate::portal::link::Invalid;
use crate::portal::policy::{Ruling, Tally};
use crate::portal::request::{Assignment, Request};
use crate::portal::{DecideOutcome, Receipt};
use crate::view;

/// A person's receipt.
pub(crate) fn receipt(receipt: Receipt, seen: Seen) -> view::Receipt {
    view::Receipt {
        title: receipt.title,
        requester: receipt.requester.into(),
        decided_as: receipt.decided_as.into(),
        verdict: receipt.verdict.into(),
        reason: receipt.reason,
        at: moment(receipt.at, seen),
        request_state: receipt.request_state.into(),
        revision: receipt.revision,
        sha256: receipt.revision_hash.to_string(),
        reference: receipt.reference.to_string(),
        certificate: false,
        reconsider: None,
    }
}

/// What a link page says of a question that is not open.
pub(crate) fn link_state(outcome: DecideOutcome, seen: impl Into<Seen>) -> view::LinkState {
    let seen = seen.into();
    match outcome {
        DecideOutcome::Recorded(of) | DecideOutcome::SameAgain(of) => view::LinkState::Decided(receipt(of, seen)),
        DecideOutcome::AlreadyDecidedBy { ruling: Ruling::Expired, at, .. } => {
            view::LinkState::RequestExpired { at: moment(at, seen) }
        }
        DecideOutcome::AlreadyDecidedBy { who, ruling, at } => view::LinkState::DecidedByOther {
            who: who.map(|person| person.label().to_owned()),
            verdict: if ruling == Ruling::Approved { view::Verdict::Approve } else { view::Verdict::Reject },
            at: moment(at, seen),
        },
        DecideOutcome::AwaitsRevision { since } => view::LinkState::AwaitsRevision { since: moment(since, seen) },
        DecideOutcome::OnHold { since } => view::LinkState::OnHold { since: Some(moment(since, seen)) },
        DecideOutcome::Expired { at } => view::LinkState::Expired { at: moment(at, seen) },
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
            Invalid::NotNeeded => Self::NotNeeded,
        }
    }
}

/// The count of the open stage, for telling what an answer to `asked` will do.
pub(crate) fn tally(tally: Tally, request: &Request, asked: &Assignment) -> view::Tally {
    view::Tally {
        rule: tally.rule.into(),
        asked: tally.asked,
        approved: tally.approved,
        rejected: tally.rejected,
        decides_alone: asked.escalation,
        more_stages: request.stage < request.policy.stage_count(),
    }
}

/// The form that changes an answer until then.
pub(crate) fn reconsider(
    until: Time,
    form: view::DecisionForm,
    tally: view::Tally,
    seen: Seen,
) -> Box<view::Reconsider> {
    Box::new(view::Reconsider { until: moment(until, seen), form, tally })
}

/// Why an answer on a request's own page was not taken, as a sentence.
pub(crate) fn too_late(state: &view::LinkState) -> String {
    match state {
        view::LinkState::DecidedByOther { who, verdict, at } => {
            let who = who.as_deref().unwrap_or("A rule");
            format!("Your answer came too late: {who} {} this request on {}.", verdict.past(), at.text)
        }
        view::LinkState::Decided(before) => {
            format!(
                "You {} this request before, and that stands. What you sent now was not recorded.",
                before.verdict.past()
            )
        }
        view::LinkState::RequestExpired { at } => {
            format!("Your answer came too late: the request expired on {}.", at.text)
        }
        view::LinkState::OnHold { .. } => {
            String::from("The request is on hold. Your answer was not recorded; send it when it goes on.")
        }
        view::LinkState::AwaitsRevision { .. } => String::from(
            "Changes were requested. Your answer was not recorded; you are asked again about the next revision.",
        ),
        view::LinkState::NoLongerValid(why) => why.in_words().to_owned(),
        _ => String::from("Your answer was not recorded."),
    }
}
