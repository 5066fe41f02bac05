//! Who may do what to a request beside deciding on it. Use cases ask here at the time when they are carried out; its page
//! offers by the same rules what somebody may do to it as it stands ([`May`]), which permits nothing.
//!
//! Its requester takes part in it, whoever has a question of its present round, and admins. A question that somebody else has
//! now gives no part any more, nor do those of before in its stage that were never answered: whoever passed it on themself, or
//! is away, goes on as an observer; from whom an admin took it does not see the request any more. Observers see it and comment
//! on it, no more.

use super::actor::SignedIn;
use super::clock::Time;
use super::error::{PortalError, Result};
use super::ids::{AssignmentId, UserId};
use super::link::Link;
use super::reads::{Asked, RequestRecord};
use super::request::{Assignment, AssignmentState, Request};
use super::standing::{Standing, reconsider_until};
use super::work::Work;

/// What admins are told who want to do more to a request of their own.
pub(super) const OWN_REQUEST: &str = "On a request of your own you may do no more than any requester.";

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
        let (part, over) = (self.has_part(user), admin_over(user, request));
        let (open, running) = (request.closed.is_none(), request.is_running());
        let waited_for = running && self.open_questions().next().is_some();
        let verbs = [
            (RequestVerb::Withdraw, open && (own || admin)),
            (RequestVerb::Revise, own && request.fixed().is_none()),
            (RequestVerb::Remind, (own || admin) && waited_for && !request.was_just_reminded(now)),
            (RequestVerb::AddApprover, part && running && (over || !request.keeps_to_policy())),
            (RequestVerb::Observe, part),
            (RequestVerb::Overrule, over && open && request.held_at.is_none()),
        ];
        let theirs = |asked: &&Assignment| running && (over || asked.user == user.id);
        let observers = self.observers.iter().map(|person| person.id);
        May {
            verbs: verbs.into_iter().filter_map(|(verb, may)| may.then_some(verb)).collect(),
            pass_on: self.open_questions().filter(theirs).map(|asked| asked.id).collect(),
            unobserve: observers.filter(|observer| own || admin || *observer == user.id).collect(),
        }
    }

    /// Whether `user` sees it.
    pub(super) fn is_seen_by(&self, user: &SignedIn) -> bool {
        self.has_part(user) || self.observers.iter().any(|person| person.id == user.id)
    }

    fn has_part(&self, user: &SignedIn) -> bool {
        let left = |asked: &Asked| asked.decision.is_none() && asked.assignment.was_left(self.questions());
        let mut own = self.asked.iter().filter(|asked| asked.assignment.user == user.id);
        takes_part_anyway(user, &self.request) || own.any(|asked| asked.assignment.state.gives_part() && !left(asked))
    }

    /// Until when somebody who has answered may answer otherwise, by `link` if they come by one; `None` when they may not.
    pub fn reconsider_until(&self, asked: &Asked, link: Option<&Link>, now: Time) -> Option<Time> {
        let Asked { assignment, disabled, decision, .. } = asked;
        let (request, disabled) = (&self.request, *disabled);
        let seen = Standing { link, assignment, request, disabled, closed_by: None, now };
        reconsider_until(&seen, decision.as_ref()?)
    }

    fn questions(&self) -> impl Iterator<Item = &Assignment> {
        self.asked.iter().map(|asked| &asked.assignment)
    }

    fn open_questions(&self) -> impl Iterator<Item = &Assignment> {
        self.questions().filter(|asked| asked.state == AssignmentState::Pending)
    }
}

/// Whether `user` may do to a request what admins do to those of others: give a question to somebody else, add to the people
/// of a policy, decide over their heads. Of their own request an admin is the requester and no more, unless its policy lets
/// requesters decide. What admins do to the instance of a request is not asked here, since it neither decides anything nor
/// changes who is asked: to stop its clock, to end it, to ask the same people again.
pub(super) fn admin_over(user: &SignedIn, request: &Request) -> bool {
    user.roles.admin && (user.id != request.requester || request.policy.self_approval)
}

/// Passes those who take part in a request. To everybody else it does not exist.
pub(super) async fn check_part(work: &dyn Work, user: &SignedIn, request: &Request) -> Result<()> {
    let takes_part = takes_part_anyway(user, request) || list_asked(work, request).await?.contains(&user.id);
    if takes_part { Ok(()) } else { Err(PortalError::NotFound) }
}

/// Those who take part in a request by a question of its present round, one or more times each, in the order of asking.
pub(super) async fn list_asked(work: &dyn Work, request: &Request) -> Result<Vec<UserId>> {
    let round = work.list_assignments(request.id, request.generation).await?;
    let mut people = Vec::new();
    for asked in round.iter().filter(|asked| asked.state.gives_part()) {
        if !asked.was_left(&round) || work.find_decision(asked.id).await?.is_some() {
            people.push(asked.user);
        }
    }
    Ok(people)
}

/// Passes the requester, and admins in their place; `why` not is for others who take part.
pub(super) async fn check_requester(work: &dyn Work, user: &SignedIn, request: &Request, why: &str) -> Result<()> {
    if takes_part_anyway(user, request) {
        return Ok(());
    }
    Err(refusal(work, user, request, why).await)
}

/// How somebody is refused what is for others to do: with `why`, if they take part in the request. To everybody else it does
/// not exist.
pub(super) async fn refusal(work: &dyn Work, user: &SignedIn, request: &Request, why: &str) -> PortalError {
    check_part(work, user, request).await.err().unwrap_or_else(|| PortalError::forbidden(why))
}

/// Whether they take part whoever is asked.
fn takes_part_anyway(user: &SignedIn, request: &Request) -> bool {
    user.roles.admin || user.id == request.requester
}
