//! A question passes from one person to another, or one more person is asked.

use super::actor::{Actor, SignedIn};
use super::advance::queue;
use super::clock::Time;
use super::control::{checked_reason, optional_reason};
use super::decide::refuse_token;
use super::error::{PortalError, Result};
use super::ids::{AssignmentId, RequestId, UserId};
use super::link::Invalid;
use super::mail::{Mail, MailKind};
use super::may::{OWN_REQUEST, admin_over, check_part};
use super::policy::Rule;
use super::request::{Assignment, AssignmentState, EventKind, NewEvent, Request, StandIn, StandInReason};
use super::service::{Parts, Portal};
use super::stage::{Asker, Asking, Letter, Post};
use super::submit::person;
use super::user::Email;
use super::work::{Audit, LinkScope, Work};

/// The most people asked by one stage, those added included: all of them are reminded within one unit.
const MAX_ASKED: usize = 50;

const NOT_THEIRS: &str = "Only the person asked and administrators may pass a question on.";
const KEPT_TO_POLICY: &str = "Only administrators may ask one more person here, because not everybody must approve.";

impl Portal {
    /// Puts an open question to somebody else, who takes the place of whoever was asked. Admins may, with a reason, if the request
    /// is not their own, and the person asked, who passes it on and goes on as an observer. In person, and by no token where the
    /// policy asks for a code. Errors of the field `to`: no address, the requester, somebody asked already, somebody who may no
    /// longer decide. A conflict when the question is not open any more.
    pub async fn reassign(&self, actor: &Actor, question: AssignmentId, to: &str, reason: &str) -> Result<()> {
        let user = actor.require_session()?.clone();
        let email = Email::parse(to).map_err(|why| PortalError::field("to", why))?;
        let (actor, parts, reason) = (actor.clone(), self.parts.clone(), reason.to_owned());
        self.unit("reassign", move |work| {
            Box::pin(async move {
                let (mut request, asked) = find(work, question).await?;
                let own = asked.user == user.id;
                let reason = check(work, &user, &request, &asked, &reason).await?;
                refuse_token(&actor, &request)?;
                let now = parts.clock.now();
                let to = person(&actor, work, &*parts.clock, &email, "to", now).await?;
                let round = check_whom(work, &request, to, "to", Some(asked.id)).await?;
                let why = if own { StandInReason::Delegated } else { StandInReason::Reassigned };
                let passing = Passing { by: Some(user.id), to, why, reason: &reason };
                hand_over(work, &parts, &mut request, &asked, round, passing, now).await?;
                let (action, object) = ("question.reassigned", request.id.to_string());
                let detail = format!("from user {} to user {to}: {reason}", asked.user);
                work.audit(Audit { at: now, actor: &actor, action, object, detail }).await
            })
        })
        .await
    }

    /// Asks one more person in the open stage, whose rule counts them like those whom the policy asks. The requester may,
    /// those asked, and admins; only admins, and not on a request of their own, where a policy chose the people and not all of
    /// them must approve. In person, and by no token where the policy asks for a code. Errors of the field `approver`.
    pub async fn add_approver(&self, actor: &Actor, id: RequestId, address: &str) -> Result<()> {
        let user = actor.require_session()?.clone();
        let email = Email::parse(address).map_err(|why| PortalError::field("approver", why))?;
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit("add_approver", move |work| {
            Box::pin(async move {
                let mut request = work.lock_request(id).await?.ok_or(PortalError::NotFound)?;
                check_part(work, &user, &request).await?;
                refuse_token(&actor, &request)?;
                if request.keeps_to_policy() && !admin_over(&user, &request) {
                    return Err(PortalError::forbidden(if user.roles.admin { OWN_REQUEST } else { KEPT_TO_POLICY }));
                }
                check_running(&request)?;
                let now = parts.clock.now();
                let whom = person(&actor, work, &*parts.clock, &email, "approver", now).await?;
                let round = check_whom(work, &request, whom, "approver", None).await?;
                if round.iter().filter(|asked| request.has_open(asked)).count() >= MAX_ASKED {
                    return Err(PortalError::field("approver", format!("At most {MAX_ASKED} people can be asked.")));
                }
                let people = &mut request.open_stage_mut().approvers;
                let position = u32::try_from(people.len()).unwrap_or(u32::MAX);
                people.push(whom);
                work.update_request(&request).await?;
                let asking = Asking { added_by: Some(user.id), ..Asking::of_stage(whom, position) };
                Asker::knowing(work, &*parts.clock, &request, now, round).ask(asking).await?;
                let (action, object) = ("approver.added", id.to_string());
                work.audit(Audit { at: now, actor: &actor, action, object, detail: format!("user {whom}") }).await?;
                work.wake_request(id).await
            })
        })
        .await
    }
}

impl Request {
    /// Whether only admins may add to the people of the open stage: a policy chose them and fewer than all decide, so that
    /// whoever is added, maybe the requester under another address, could decide in the place of those.
    pub(super) fn keeps_to_policy(&self) -> bool {
        self.policy.source.is_some() && self.open_stage().rule != Rule::All
    }

    /// Whether a question of its present round has its place in the open stage.
    fn has_open(&self, asked: &Assignment) -> bool {
        asked.stage == self.stage && asked.state.is_current()
    }
}

/// Who passes a question on, to whom, and why.
#[derive(Clone, Copy, Debug)]
pub(in crate::portal) struct Passing<'a> {
    /// Who; nobody when an absence does.
    pub(in crate::portal) by: Option<UserId>,
    /// To whom; they must be allowed to be asked.
    pub(in crate::portal) to: UserId,
    /// In what sense the other one takes the place.
    pub(in crate::portal) why: StandInReason,
    /// The reason given; may be empty.
    pub(in crate::portal) reason: &'a str,
}

/// Moves an open question of a locked request, whose present round is `round`, to another person: the link of the one before
/// stops working, they are told unless they did it themselves, and the request's instance mails the new one. Unless an absence
/// does it, the stage asks the other one from now on, when it asks again.
pub(in crate::portal) async fn hand_over(
    work: &dyn Work,
    parts: &Parts,
    request: &mut Request,
    asked: &Assignment,
    mut round: Vec<Assignment>,
    passing: Passing<'_>,
    now: Time,
) -> Result<()> {
    if !work.settle_assignment(asked.id, AssignmentState::Pending, AssignmentState::Reassigned, now).await? {
        return Err(PortalError::conflict("This question is not open any more."));
    }
    work.revoke_links(LinkScope::Assignment(asked.id), Invalid::Reassigned).await?;
    let event = NewEvent::of(EventKind::Reassigned).by(passing.by).about(asked.user).note(passing.reason);
    work.record(request.id, event, now).await?;
    for own in round.iter_mut().filter(|own| own.id == asked.id) {
        own.state = AssignmentState::Reassigned;
    }
    // From whom it was taken does not see the request any more.
    if passing.why != StandInReason::Reassigned && asked.user != request.requester {
        work.insert_observer(request.id, asked.user, passing.by, now).await?;
    }
    if passing.why != StandInReason::Absent {
        let place = usize::try_from(asked.position).ok().filter(|_| !asked.escalation);
        if let Some(user) = place.and_then(|place| request.open_stage_mut().approvers.get_mut(place)) {
            *user = passing.to;
        }
        work.update_request(request).await?;
    }
    let for_user = asked.stands_in.map_or(asked.user, |before| before.for_user);
    let asking = Asking {
        user: passing.to,
        position: asked.position,
        escalation: asked.escalation,
        stands_in: Some(StandIn { for_user, why: passing.why }),
        added_by: asked.added_by,
    };
    Asker::knowing(work, &*parts.clock, request, now, round).ask(asking).await?;
    tell(work, parts, request, asked, passing, now).await?;
    work.wake_request(request.id).await
}

/// Tells whoever had a question that somebody else has it, unless they did that themself.
async fn tell(
    work: &dyn Work,
    parts: &Parts,
    request: &Request,
    asked: &Assignment,
    passing: Passing<'_>,
    now: Time,
) -> Result<()> {
    if passing.by == Some(asked.user) {
        return Ok(());
    }
    let post = Post { clock: &*parts.clock, keys: &*parts.keys, now };
    let natural_key = format!("reassigned/{}", asked.id);
    let letter = Letter { kind: MailKind::Reassigned, to: asked.user, natural_key };
    let mail = Mail { by: passing.by, note: passing.reason.to_owned(), ..post.about(request, letter) };
    queue(work, &mail).await
}

/// The question with its locked request.
async fn find(work: &dyn Work, question: AssignmentId) -> Result<(Request, Assignment)> {
    let asked = work.find_assignment(question).await?.ok_or(PortalError::NotFound)?;
    let request = work.lock_request(asked.request).await?.ok_or(PortalError::NotFound)?;
    // Read again: what was read before the lock may have changed until it was taken.
    let asked = work.find_assignment(question).await?.ok_or(PortalError::NotFound)?;
    Ok((request, asked))
}

/// Passes the person asked and admins while the question is open; gives the reason, which admins owe.
async fn check(
    work: &dyn Work,
    user: &SignedIn,
    request: &Request,
    asked: &Assignment,
    reason: &str,
) -> Result<String> {
    check_part(work, user, request).await?;
    let own = asked.user == user.id;
    if !own && !admin_over(user, request) {
        return Err(PortalError::forbidden(if user.roles.admin { OWN_REQUEST } else { NOT_THEIRS }));
    }
    check_running(request)?;
    if !asked.counts_in(request) || asked.state != AssignmentState::Pending {
        return Err(PortalError::conflict("This question is not open any more."));
    }
    if own { optional_reason(reason) } else { checked_reason(reason) }
}

fn check_running(request: &Request) -> Result<()> {
    if request.closed.is_some() {
        return Err(PortalError::conflict("The request has ended; nobody is asked any more."));
    }
    if request.held_at.is_some() {
        return Err(PortalError::conflict("The request is on hold. It goes on as soon as it is resumed."));
    }
    if request.changes_requested_at.is_some() {
        return Err(PortalError::conflict("The request waits for another revision; nobody is asked until then."));
    }
    Ok(())
}

/// Passes somebody who may be asked in the open stage and is not, neither in person nor by somebody in their place, but for the
/// question that is passed on. The questions of the present round.
async fn check_whom(
    work: &dyn Work,
    request: &Request,
    whom: UserId,
    field: &str,
    passed_on: Option<AssignmentId>,
) -> Result<Vec<Assignment>> {
    if whom == request.requester && !request.policy.self_approval {
        return Err(PortalError::field(field, "Nobody decides on their own request."));
    }
    let round = work.list_assignments(request.id, request.generation).await?;
    let stands_for = |asked: &Assignment| Some(asked.id) != passed_on && asked.is_for(whom);
    let mut counted = round.iter().filter(|asked| request.has_open(asked));
    if counted.any(|asked| asked.user == whom || stands_for(asked)) {
        return Err(PortalError::field(field, "This person is asked already."));
    }
    Ok(round)
}
