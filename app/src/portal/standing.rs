//! How a question stands: open, or why not. The same words for deciding, for a link's page and for a new link.

use super::clock::Time;
use super::error::{PortalError, Result};
use super::ids::{DecisionId, RequestId, RevisionHash};
use super::link::{Invalid, Link, LinkState};
use super::policy::{Ruling, Verdict};
use super::request::{Assignment, AssignmentState, Decision, Ending, Request, RequestState};
use super::stage::lost;
use super::user::{Person, User};
use super::work::Work;

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
    /// The request waits for another revision; nothing was recorded. The new one comes with a new link.
    AwaitsRevision {
        /// Since when.
        since: Time,
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

/// What decides whether a question is open, and whether one that was answered may be answered otherwise.
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
    // Whoever has no part in it any more hears neither how it ended nor that it goes on.
    if !of.assignment.state.gives_part() {
        return Some(DecideOutcome::NoLongerValid(Invalid::Reassigned));
    }
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
    if let Some(why) = void(of.assignment.state) {
        return Some(DecideOutcome::NoLongerValid(why));
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
    if let Some(since) = of.request.changes_requested_at {
        return Some(DecideOutcome::AwaitsRevision { since });
    }
    match of.link {
        Some(link) if of.now >= link.expires_at => Some(DecideOutcome::Expired { at: link.expires_at }),
        // An answer of one's own was looked for before.
        _ if of.assignment.state != AssignmentState::Pending => Some(DecideOutcome::NoLongerValid(Invalid::NotNeeded)),
        _ => None,
    }
}

/// Why a question in this state asks nobody any more.
const fn void(state: AssignmentState) -> Option<Invalid> {
    match state {
        AssignmentState::Reassigned => Some(Invalid::Reassigned),
        AssignmentState::Stale => Some(Invalid::Superseded),
        // Its stage was approved without this answer.
        AssignmentState::NotNeeded => Some(Invalid::NotNeeded),
        AssignmentState::Withdrawn => Some(Invalid::Withdrawn),
        AssignmentState::Pending | AssignmentState::Answered(_) => None,
    }
}

/// Until when a recorded answer may be changed; `None` when it may not any more, or the policy never allows it. Whoever has
/// only a link changes it while that works and nobody took it back, and on the revision that it is bound to.
pub(super) fn reconsider_until(of: &Standing<'_>, decision: &Decision) -> Option<Time> {
    let Standing { assignment, request, .. } = of;
    let allowed = decision.at + request.policy.reconsider_within?;
    let until = match of.link {
        Some(link) if link.state.is_revoked() || assignment.revision != request.revision => return None,
        Some(link) => allowed.min(link.expires_at),
        None => allowed,
    };
    let open = request.is_running() && assignment.stage == request.stage && assignment.state.is_current();
    (open && !of.disabled && of.now < until).then_some(until)
}

/// The receipt of a person's decision.
pub(super) fn receipt_of(
    request: &Request,
    decision: &Decision,
    requester: Person,
    decided_as: Person,
) -> Result<Receipt> {
    let Some(verdict) = decision.said.verdict() else {
        return Err(PortalError::Internal(format!("the decision {} is no person's", decision.id)));
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
        revision: decision.revision,
        revision_hash: decision.revision_hash,
    })
}

/// The receipt of a person's decision, with the people read.
pub(super) async fn receipt(
    work: &dyn Work,
    request: &Request,
    assignment: &Assignment,
    decision: &Decision,
) -> Result<Receipt> {
    let people = work.list_users(&[request.requester, assignment.user]).await?;
    let person = |id| people.iter().find(|user| user.id == id).map(User::person).ok_or_else(|| lost("person", id));
    receipt_of(request, decision, person(request.requester)?, person(assignment.user)?)
}

/// An outcome in a word, for the audit log.
pub(super) const fn outcome_word(outcome: &DecideOutcome) -> &'static str {
    match outcome {
        DecideOutcome::Recorded(_) => "recorded",
        DecideOutcome::SameAgain(_) => "answered before",
        DecideOutcome::AlreadyDecidedBy { .. } => "decided already",
        DecideOutcome::OnHold { .. } => "on hold",
        DecideOutcome::AwaitsRevision { .. } => "waits for another revision",
        DecideOutcome::Expired { .. } => "link expired",
        DecideOutcome::NoLongerValid(why) => match why {
            Invalid::Reassigned => "no longer valid: passed on to somebody else",
            Invalid::Disabled => "no longer valid: the person is disabled",
            Invalid::Superseded => "no longer valid: a newer link was mailed",
            Invalid::Restarted => "no longer valid: the request was restarted",
            Invalid::Terminated => "no longer valid: the request was terminated",
            Invalid::Withdrawn => "no longer valid: the request was withdrawn",
            Invalid::NotNeeded => "no longer valid: decided without this answer",
        },
    }
}
