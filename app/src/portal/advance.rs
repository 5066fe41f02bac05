//! What the instance of a request calls: open the stage, apply what is due, tell the outcome. Every step writes by natural
//! keys, so that repeating one changes nothing.

use super::actor::Actor;
use super::clock::Time;
use super::decide::Deciding;
use super::error::{PortalError, Result};
use super::ids::{AssignmentId, LinkId, RequestId, UserId};
use super::link::LinkState;
use super::mail::{Mail, MailKind};
use super::policy::{Escalation, Rung};
use super::request::{Assignment, AssignmentState, Ending, EventKind, NewEvent, Request};
use super::service::{Parts, Portal};
use super::stage::{self, Asking, Letter, Post};
use super::webhooks::{WebhookEvent, announce, request_news};
use super::work::Work;

/// One round of a request: what its instance carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// The request.
    pub request: RequestId,
    /// The round.
    pub generation: u32,
}

/// What the instance is to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Wait for one of these answers, or until then; then ask again.
    Wait {
        /// The questions that are open.
        open: Vec<AssignmentId>,
        /// When something is due; `None` when nothing ever will be by itself.
        wake_at: Option<Time>,
    },
    /// The request has ended.
    Ended(Ending),
    /// Another round has begun; this one has nothing left to do.
    Superseded,
}

impl Portal {
    /// Opens the stage: everybody is asked, each with a link and a mail.
    pub async fn open_stage(&self, round: Round) -> Result<Next> {
        self.step("open_stage", round, |work, parts, request, now| {
            Box::pin(async move { ask_by_mail(work, parts, request, now).await })
        })
        .await
    }

    /// Applies what is due: the reminder, the escalation, the final rule.
    pub async fn advance(&self, round: Round) -> Result<Next> {
        self.step("advance", round, |work, parts, request, now| {
            Box::pin(async move { apply_due(work, parts, request, now).await })
        })
        .await
    }

    /// Mails everybody concerned how the request ended. Nothing happens while it is open.
    pub async fn conclude(&self, round: Round) -> Result<Next> {
        let parts = self.parts.clone();
        self.unit("conclude", move |work| {
            Box::pin(async move {
                let Some(request) = lock(work, round).await? else { return Ok(Next::Superseded) };
                tell_outcome(work, &parts, &request, parts.clock.now()).await?;
                next(work, &request, parts.clock.now()).await
            })
        })
        .await
    }

    async fn step<F>(&self, caller: &'static str, round: Round, apply: F) -> Result<Next>
    where
        F: for<'a> FnOnce(&'a dyn Work, &'a Parts, &'a mut Request, Time) -> futures::future::BoxFuture<'a, Result<()>>
            + Send
            + 'static,
    {
        let parts = self.parts.clone();
        self.unit(caller, move |work| {
            Box::pin(async move {
                let now = parts.clock.now();
                let Some(mut request) = lock(work, round).await? else { return Ok(Next::Superseded) };
                if request.closed.is_none() && request.held_at.is_none() {
                    apply(work, &parts, &mut request, now).await?;
                }
                next(work, &request, now).await
            })
        })
        .await
    }
}

/// The locked request, if the round is its present one.
async fn lock(work: &dyn Work, round: Round) -> Result<Option<Request>> {
    let request = work.lock_request(round.request).await?.ok_or_else(|| stage::lost("request", round.request))?;
    Ok((request.generation == round.generation).then_some(request))
}

async fn next(work: &dyn Work, request: &Request, now: Time) -> Result<Next> {
    if let Some(closed) = &request.closed {
        return Ok(Next::Ended(closed.ending));
    }
    let assignments = work.list_assignments(request.id, request.generation).await?;
    let open = assignments.iter().filter(|a| a.state == AssignmentState::Pending).map(|a| a.id).collect();
    let wake_at = match request.policy.rung(request.deadline, now) {
        // On hold the engine runs no turn: this is read when the request is resumed, and asks again at once.
        _ if request.held_at.is_some() => Some(now),
        Rung::WaitUntil(until) => until,
        Rung::Remind | Rung::Escalate(_) | Rung::Finish(_) => Some(now),
    };
    Ok(Next::Wait { open, wake_at })
}

async fn ask_by_mail(work: &dyn Work, parts: &Parts, request: &Request, now: Time) -> Result<()> {
    stage::ask_everybody(work, &*parts.clock, request, now).await?;
    let assignments = work.list_assignments(request.id, request.generation).await?;
    let post = Post { clock: &*parts.clock, keys: &*parts.keys, now };
    for assignment in assignments.iter().filter(|a| !a.escalation && a.state == AssignmentState::Pending) {
        mail_link(work, &post, request, assignment, MailKind::Request).await?;
    }
    Ok(())
}

/// Mails a question with a link: the one it has, or a new one where there is none or it does not last long enough.
async fn mail_link(
    work: &dyn Work,
    post: &Post<'_>,
    request: &Request,
    assignment: &Assignment,
    kind: MailKind,
) -> Result<()> {
    let letter = Letter { kind, to: assignment.user, natural_key: format!("{}/{}", kind_key(kind), assignment.id) };
    let mut mail = post.about(request, letter);
    if !work.is_mail_key_free(&mail.natural_key).await? {
        return Ok(());
    }
    let newest = work.newest_link_of(assignment.id).await?;
    mail.link = Some(match newest.filter(|link| link.lasts_long_enough(request.deadline.due_at, post.now)) {
        Some(link) => link.id,
        None => post.mint(work, request, assignment).await?,
    });
    queue(work, &mail).await
}

/// Mails a new link in place of the ones before.
pub(super) async fn mail_new_link(
    work: &dyn Work,
    post: &Post<'_>,
    request: &Request,
    assignment: &Assignment,
    kind: MailKind,
) -> Result<LinkId> {
    let id = post.mint(work, request, assignment).await?;
    let letter = Letter { kind, to: assignment.user, natural_key: format!("{}/{id}", kind_key(kind)) };
    queue(work, &Mail { link: Some(id), ..post.about(request, letter) }).await?;
    Ok(id)
}

/// After a hold, mails a new link to everybody whose own does not last long enough any more. Who was not mailed yet gets the
/// first mail from the instance, and what was revoked stays so.
pub(super) async fn renew_links(work: &dyn Work, post: &Post<'_>, request: &Request) -> Result<()> {
    for assignment in pending(work, request).await? {
        let live = work.newest_link_of(assignment.id).await?.filter(|link| link.state == LinkState::Live);
        if live.is_some_and(|link| !link.lasts_long_enough(request.deadline.due_at, post.now)) {
            mail_new_link(work, post, request, &assignment, MailKind::Resumed).await?;
        }
    }
    Ok(())
}

async fn apply_due(work: &dyn Work, parts: &Parts, request: &mut Request, now: Time) -> Result<()> {
    match request.policy.rung(request.deadline, now) {
        Rung::WaitUntil(_) => Ok(()),
        Rung::Remind => remind(work, parts, request, now).await,
        Rung::Escalate(escalation) => escalate(work, parts, request, escalation, now).await,
        Rung::Finish(rule) => {
            let actor = Actor::System("final rule");
            let deciding = Deciding { work, parts, now, actor: &actor };
            deciding.by_rule(request, rule).await.map(|_| ())
        }
    }
}

async fn remind(work: &dyn Work, parts: &Parts, request: &mut Request, now: Time) -> Result<()> {
    let post = Post { clock: &*parts.clock, keys: &*parts.keys, now };
    for assignment in pending(work, request).await? {
        mail_link(work, &post, request, &assignment, MailKind::Reminder).await?;
        work.record(request.id, NewEvent::of(EventKind::Reminded).about(assignment.user), now).await?;
    }
    work.count_reminder(request.id, request.generation).await?;
    request.deadline.reminded_at = Some(now);
    request.updated_at = now;
    work.update_request(request).await?;
    announce(work, parts, request_news(parts, WebhookEvent::RequestReminded, request)).await
}

async fn escalate(
    work: &dyn Work,
    parts: &Parts,
    request: &mut Request,
    escalation: Escalation,
    now: Time,
) -> Result<()> {
    let asked_before = pending(work, request).await?;
    // From the due time and not from now: a portal that was down must not give more time than the policy does, unless it
    // was down so long that nobody would have any.
    let due_at = request.deadline.due_at.map(|due| due + escalation.gives);
    request.deadline.due_at = due_at.map(|due| if due <= now { now + escalation.gives } else { due });
    request.deadline.escalated_at = Some(now);
    request.updated_at = now;
    work.update_request(request).await?;
    let position = u32::try_from(request.policy.approvers.len()).unwrap_or(u32::MAX);
    stage::ask(work, &*parts.clock, request, Asking { user: escalation.to, position, escalation: true }, now).await?;
    let post = Post { clock: &*parts.clock, keys: &*parts.keys, now };
    for assignment in pending(work, request).await? {
        if assignment.escalation {
            mail_link(work, &post, request, &assignment, MailKind::Escalation).await?;
        } else if asked_before.iter().any(|before| before.id == assignment.id) {
            mail_link(work, &post, request, &assignment, MailKind::Escalated).await?;
        }
    }
    announce(work, parts, request_news(parts, WebhookEvent::RequestEscalated, request)).await
}

async fn pending(work: &dyn Work, request: &Request) -> Result<Vec<Assignment>> {
    let mut assignments = work.list_assignments(request.id, request.generation).await?;
    assignments.retain(|assignment| assignment.state == AssignmentState::Pending);
    Ok(assignments)
}

async fn tell_outcome(work: &dyn Work, parts: &Parts, request: &Request, now: Time) -> Result<()> {
    let Some(closed) = &request.closed else { return Ok(()) };
    let Ending::Ruled(ruling) = closed.ending else { return Ok(()) };
    let post = Post { clock: &*parts.clock, keys: &*parts.keys, now };
    for user in concerned(work, request).await? {
        let natural_key = format!("decided/{}/{}/{user}", request.id, request.generation);
        let mail = post.about(request, Letter { kind: MailKind::Decided, to: user, natural_key });
        queue(work, &Mail { ruling: Some(ruling), by: closed.by, note: closed.reason.clone(), ..mail }).await?;
    }
    Ok(())
}

/// Who is told how a request ends: the requester and everybody who was asked in its present round, each once.
pub(super) async fn concerned(work: &dyn Work, request: &Request) -> Result<Vec<UserId>> {
    let mut users = vec![request.requester];
    for assignment in work.list_assignments(request.id, request.generation).await? {
        if !users.contains(&assignment.user) {
            users.push(assignment.user);
        }
    }
    Ok(users)
}

/// Queues a mail unless there is one of its key.
pub(super) async fn queue(work: &dyn Work, mail: &Mail) -> Result<()> {
    work.queue_mail(mail).await.map(|_| ())
}

const fn kind_key(kind: MailKind) -> &'static str {
    match kind {
        MailKind::Request => "request",
        MailKind::Reminder => "reminder",
        MailKind::Escalation => "escalation",
        MailKind::Escalated => "escalated",
        MailKind::NewLink => "new-link",
        MailKind::Resumed => "resumed",
        MailKind::Decided => "decided",
        MailKind::Terminated => "terminated",
        MailKind::Withdrawn => "withdrawn",
        MailKind::Comment => "comment",
        MailKind::Invitation => "invitation",
        MailKind::Test => "test",
        MailKind::Receipt => "receipt",
        MailKind::Question => "question",
        MailKind::Outcome => "outcome",
        MailKind::ServiceDown => "service-down",
        MailKind::ServiceStillDown => "service-still-down",
        MailKind::ServiceRecovered => "service-recovered",
        MailKind::MonitorDown => "monitor-down",
        MailKind::MonitorReminder => "monitor-reminder",
        MailKind::MonitorEscalated => "monitor-escalated",
        MailKind::MonitorRecovered => "monitor-recovered",
    }
}

/// What an activity does with an error: whether to try again.
pub const fn is_worth_retrying(error: &PortalError) -> bool {
    matches!(error, PortalError::Unavailable(_) | PortalError::Internal(_))
}
