//! How a question stands: open, or why not. The same words for deciding, for a link's page and for a new link.

use super::clock::Time;
use super::error::{PortalError, Result};
use super::ids::{DecisionId, RequestId, RevisionHash};
use super::link::{Invalid, Link, LinkState};
use super::policy::{Ruling, Verdict};
use super::request::{Assignment, AssignmentState, Decision, Ending, Request, RequestState};
use super::user::Person;

/// What an approver keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The decision; people quote it.
    pub reference: DecisionId,
    /// The request.
    pub request: RequestId,
    /// Its title.
    pub title: String,
    /// Who asked.
    pub requester: Person,
    /// Who decided.
    pub decided_as: Person,
    /// What they decided.
    pub verdict: Verdict,
    /// The reason they gave; empty when none.
    pub reason: String,
    /// When.
    pub at: Time,
    /// Where the request stands now.
    pub request_state: RequestState,
    /// Which revision was decided on.
    pub revision: u32,
    /// The hash of that revision.
    pub revision_hash: RevisionHash,
}

/// What became of an answer; also what a page says of a question that is not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecideOutcome {
    /// It was recorded.
    Recorded(Receipt),
    /// This question was answered before; the first answer stands.
    SameAgain(Receipt),
    /// The request was decided without this answer: by a person, or by rule.
    AlreadyDecidedBy {
        /// Who; nobody when it was a rule.
        who: Option<Person>,
        /// What.
        ruling: Ruling,
        /// When.
        at: Time,
    },
    /// The request is on hold; nothing was recorded, and the question stands.
    OnHold {
        /// Since when.
        since: Time,
    },
    /// The link is too old; a new one can be mailed.
    Expired {
        /// When it expired.
        at: Time,
    },
    /// The question is no longer put to this person.
    NoLongerValid(Invalid),
}

/// What decides whether an unanswered question is open.
pub(super) struct Standing<'a> {
    /// The link by which it is reached, if by one.
    pub(super) link: Option<&'a Link>,
    /// The question.
    pub(super) assignment: &'a Assignment,
    /// Its request.
    pub(super) request: &'a Request,
    /// Whether the person may no longer decide.
    pub(super) disabled: bool,
    /// Who closed the request.
    pub(super) closed_by: Option<&'a Person>,
    /// When.
    pub(super) now: Time,
}

/// Why an unanswered question is not open; `None` when it is. What is final comes first, then what can be mended.
pub(super) fn standing(of: &Standing<'_>) -> Option<DecideOutcome> {
    if of.assignment.generation != of.request.generation {
        return Some(DecideOutcome::NoLongerValid(Invalid::Restarted));
    }
    if let Some(closed) = &of.request.closed {
        return Some(match closed.ending {
            Ending::Ruled(ruling) => {
                DecideOutcome::AlreadyDecidedBy { who: of.closed_by.cloned(), ruling, at: closed.at }
            }
            Ending::Terminated => DecideOutcome::NoLongerValid(Invalid::Terminated),
            Ending::Withdrawn => DecideOutcome::NoLongerValid(Invalid::Withdrawn),
        });
    }
    if of.disabled {
        return Some(DecideOutcome::NoLongerValid(Invalid::Disabled));
    }
    match of.link.map(|link| link.state) {
        Some(LinkState::Revoked(why)) => return Some(DecideOutcome::NoLongerValid(why)),
        // A link is used by its decision only, and that was looked for before.
        Some(LinkState::Used) => return Some(DecideOutcome::NoLongerValid(Invalid::Superseded)),
        Some(LinkState::Live) | None => {}
    }
    if let Some(since) = of.request.held_at {
        return Some(DecideOutcome::OnHold { since });
    }
    match of.link {
        Some(link) if of.now >= link.expires_at => Some(DecideOutcome::Expired { at: link.expires_at }),
        _ if of.assignment.state != AssignmentState::Pending => Some(DecideOutcome::NoLongerValid(Invalid::Withdrawn)),
        _ => None,
    }
}

/// The receipt of a person's decision.
pub(super) fn receipt_of(
    request: &Request,
    decision: &Decision,
    requester: Person,
    decided_as: Person,
) -> Result<Receipt> {
    let verdict = match decision.ruling {
        Ruling::Approved => Verdict::Approve,
        Ruling::Rejected => Verdict::Reject,
        Ruling::Expired => return Err(PortalError::Internal(format!("the decision {} is no person's", decision.id))),
    };
    Ok(Receipt {
        reference: decision.id,
        request: request.id,
        title: request.title.clone(),
        requester,
        decided_as,
        verdict,
        reason: decision.reason.clone(),
        at: decision.at,
        request_state: request.state(),
        revision: request.revision,
        revision_hash: decision.revision_hash,
    })
}

/// An outcome in a word, for the audit log.
pub(super) const fn outcome_word(outcome: &DecideOutcome) -> &'static str {
    match outcome {
        DecideOutcome::Recorded(_) => "recorded",
        DecideOutcome::SameAgain(_) => "answered before",
        DecideOutcome::AlreadyDecidedBy { .. } => "decided already",
        DecideOutcome::OnHold { .. } => "on hold",
        DecideOutcome::Expired { .. } => "link expired",
        DecideOutcome::NoLongerValid(_) => "no longer valid",
    }
}
