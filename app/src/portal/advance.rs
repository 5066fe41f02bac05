//! What the instance of a request calls: open the stage, apply what is due, tell the outcome. Every step writes by natural
//! keys, so that repeating one changes nothing.

use super::actor::Actor;
use super::clock::Time;
use super::decide::Deciding;
use super::error::{PortalError, Result};
use super::ids::{AssignmentId, LinkId, RequestId, UserId};
use super::ladder::Step;
use super::link::LinkState;
use super::mail::{Mail, MailKind};
use super::may::list_asked;
use super::policy::Does;
use super::request::{Assignment, AssignmentState, Ending, EventKind, NewEvent, Request};
use super::service::{Parts, Portal};
use super::stage::{self, Asker, Asking, Letter, Post};
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
    /// Wait for one of these answers, for a change of the rows, or until then; then ask again.
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
    /// Opens the first stage: everybody is asked, each with a link and a mail.
    pub async fn open_stage(&self, round: Round) -> Result<Next> {
        self.step("open_stage", round, |work, parts, request, now| {
            Box::pin(async move { Asker::new(work, &*parts.clock, request, now).await?.ask_stage().await })
        })
        .await
    }

    /// Applies what is due: a reminder, an escalation, the final rule. Whoever was asked since and has no mail gets one.
    pub async fn advance(&self, round: Round) -> Result<Next> {
        self.step("advance", round, |work, parts, request, now| {
            Box::pin(async move { climb(work, parts, request, now).await })
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
                if request.is_running() {
                    apply(work, &parts, &mut request, now).await?;
                }
                if request.is_running() {
                    mail_questions(work, &parts, &request, now).await?;
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
    let wake_at = match request.open_stage().step(request.deadline, now) {
        // On hold the engine runs no turn: this is read when the request is resumed, and asks again at once.
        _ if request.held_at.is_some() => Some(now),
        // A revision changes the rows, and that is told.
        _ if request.changes_requested_at.is_some() => None,
        Step::WaitUntil(until) => until,
        Step::Climb(..) => Some(now),
    };
    Ok(Next::Wait { open, wake_at })
}

/// Mails everybody who is asked and has no link yet.
async fn mail_questions(work: &dyn Work, parts: &Parts, request: &Request, now: Time) -> Result<()> {
    let post = Post { clock: &*parts.clock, keys: &*parts.keys, now };
    for assignment in work.list_unmailed(request.id, request.generation).await? {
        let kind = if assignment.escalation { MailKind::Escalation } else { MailKind::Request };
        let natural_key = format!("{}/{}", kind_key(kind), assignment.id);
        mail_link(work, &post, request, &assignment, Letter { kind, to: assignment.user, natural_key }).await?;
    }
    Ok(())
}

/// Mails a question with a link: the one it has, or a new one where there is none or it does not last long enough.
pub(super) async fn mail_link(
    work: &dyn Work,
    post: &Post<'_>,
    request: &Request,
    assignment: &Assignment,
    letter: Letter,
) -> Result<()> {
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

/// Climbs the rung of the ladder that is due.
async fn climb(work: &dyn Work, parts: &Parts, request: &mut Request, now: Time) -> Result<()> {
    let Step::Climb(number, does) = request.open_stage().step(request.deadline, now) else { return Ok(()) };
    // A copy, because climbing changes the request that the rung belongs to.
    let does = does.clone();
    if let Does::Finish(rule) = does {
        let actor = Actor::System("final rule");
        let deciding = Deciding { work, parts, now, actor: &actor };
        return deciding.by_rule(request, rule).await.map(|_| ());
    }
    let waiting = pending(work, request).await?;
    request.deadline = request.open_stage().climbed(request.deadline, number, now);
    request.updated_at = now;
    work.update_request(request).await?;
    let climbing = Climbing { work, parts, request, waiting, number, now };
    match does {
        Does::Escalate(people) => climbing.escalate(&people).await,
        Does::Remind | Does::Finish(_) => climbing.remind().await,
    }
}

/// A rung that is being climbed.
struct Climbing<'a> {
    work: &'a dyn Work,
    parts: &'a Parts,
    request: &'a Request,
    /// The questions that were open before.
    waiting: Vec<Assignment>,
    /// The rung, from 0.
    number: u32,
    now: Time,
}

impl Climbing<'_> {
    async fn remind(&self) -> Result<()> {
        self.mail_waiting(MailKind::Reminder).await?;
        for assignment in &self.waiting {
            let event = NewEvent::of(EventKind::Reminded).about(assignment.user);
            self.work.record(self.request.id, event, self.now).await?;
        }
        self.work.count_reminder(self.request.id, self.request.generation).await?;
        announce(self.work, self.parts, request_news(self.parts, WebhookEvent::RequestReminded, self.request)).await
    }

    async fn escalate(&self, people: &[UserId]) -> Result<()> {
        self.mail_waiting(MailKind::Escalated).await?;
        let mut asker = Asker::new(self.work, &*self.parts.clock, self.request, self.now).await?;
        let behind = u32::try_from(self.request.open_stage().approvers.len()).unwrap_or(u32::MAX);
        for (position, user) in (behind..).zip(people) {
            asker.ask(Asking { escalation: true, ..Asking::of_stage(*user, position) }).await?;
        }
        announce(self.work, self.parts, request_news(self.parts, WebhookEvent::RequestEscalated, self.request)).await
    }

    /// Mails everybody who has not answered, once for each rung.
    async fn mail_waiting(&self, kind: MailKind) -> Result<()> {
        let post = Post { clock: &*self.parts.clock, keys: &*self.parts.keys, now: self.now };
        for assignment in &self.waiting {
            let natural_key = format!("{}/{}/{}", kind_key(kind), assignment.id, self.number);
            let letter = Letter { kind, to: assignment.user, natural_key };
            mail_link(self.work, &post, self.request, assignment, letter).await?;
        }
        Ok(())
    }
}

/// The questions of the open stage that nobody has answered.
pub(super) async fn pending(work: &dyn Work, request: &Request) -> Result<Vec<Assignment>> {
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

/// Who is told how a request ends: the requester, everybody with a part by a question of its present round, and its observers,
/// each once.
pub(super) async fn concerned(work: &dyn Work, request: &Request) -> Result<Vec<UserId>> {
    let asked = list_asked(work, request).await?;
    let observing = work.list_observers(request.id).await?;
    let mut users = vec![request.requester];
    for user in asked.into_iter().chain(observing) {
        if !users.contains(&user) {
            users.push(user);
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
        MailKind::ChangesRequested => "changes-requested",
        MailKind::Reassigned => "reassigned",
        MailKind::Observing => "observing",
        MailKind::NewLink => "new-link",
        MailKind::Code => "code",
        MailKind::Resumed => "resumed",
        MailKind::Decided => "decided",
        MailKind::Terminated => "terminated",
        MailKind::Withdrawn => "withdrawn",
        MailKind::Comment => "comment",
        MailKind::Digest => "digest",
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
