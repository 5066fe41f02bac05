//! What somebody may do to a request as it stands, beside deciding on it: what its page offers them. Nothing is permitted by
//! this; each use case asks for itself, at the time when it is carried out.

use super::actor::SignedIn;
use super::clock::Time;
use super::ids::{AssignmentId, UserId};
use super::reads::{Asked, RequestRecord};
use super::request::{Assignment, AssignmentState};
use super::standing::reconsider_until;

/// Something that can be done to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestVerb {
    /// Take it back.
    Withdraw,
    /// Submit another revision.
    Revise,
    /// Remind those who have not answered.
    Remind,
    /// Ask one more person.
    AddApprover,
    /// Let somebody observe it.
    Observe,
    /// Decide it over the heads of those who are asked.
    Overrule,
}

/// What somebody may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct May {
    /// The verbs, in the order of [`RequestVerb`].
    pub verbs: Vec<RequestVerb>,
    /// The open questions that they may pass on, in the order of asking.
    pub pass_on: Vec<AssignmentId>,
    /// Whose observing they may end.
    pub unobserve: Vec<UserId>,
}

impl May {
    /// Whether they may do this.
    pub fn can(&self, verb: RequestVerb) -> bool {
        self.verbs.contains(&verb)
    }
}

impl RequestRecord {
    /// What `user` may do.
    pub fn may(&self, user: &SignedIn, now: Time) -> May {
        let request = &self.request;
        let (own, admin) = (request.requester == user.id, user.roles.admin);
        let part = own || admin || self.questions().any(|asked| asked.user == user.id);
        let (open, running) = (request.closed.is_none(), request.is_running());
        let waited_for = running && self.open_questions().next().is_some();
        let judge = admin && (!own || request.policy.self_approval);
        let verbs = [
            (RequestVerb::Withdraw, open && (own || admin)),
            (RequestVerb::Revise, own && request.fixed().is_none()),
            (RequestVerb::Remind, (own || admin) && waited_for && !request.was_just_reminded(now)),
            (RequestVerb::AddApprover, part && running && (admin || !request.keeps_to_policy())),
            (RequestVerb::Observe, part),
            (RequestVerb::Overrule, judge && open && request.held_at.is_none()),
        ];
        let theirs = |asked: &&Assignment| running && (admin || asked.user == user.id);
        let observers = self.observers.iter().map(|person| person.id);
        May {
            verbs: verbs.into_iter().filter_map(|(verb, may)| may.then_some(verb)).collect(),
            pass_on: self.open_questions().filter(theirs).map(|asked| asked.id).collect(),
            unobserve: observers.filter(|observer| own || admin || *observer == user.id).collect(),
        }
    }

    /// Until when somebody who has answered may answer otherwise; `None` when they may not.
    pub fn reconsider_until(&self, asked: &Asked, now: Time) -> Option<Time> {
        let decision = asked.decision.as_ref().filter(|_| !asked.disabled)?;
        reconsider_until(&self.request, &asked.assignment, decision, now)
    }

    fn questions(&self) -> impl Iterator<Item = &Assignment> {
        self.asked.iter().map(|asked| &asked.assignment)
    }

    fn open_questions(&self) -> impl Iterator<Item = &Assignment> {
        self.questions().filter(|asked| asked.state == AssignmentState::Pending)
    }
}
