//! What a stage needs in any transaction: questions, links, mails, and its end.

use super::actor::Actor;
use super::clock::{Clock, Time};
use super::error::{PortalError, Result};
use super::ids::{AssignmentId, LinkId, MailId, UserId};
use super::link::{Binding, Invalid, Link, LinkState, Purpose, whole_seconds};
use super::mail::{Mail, MailKind, MailState};
use super::policy::Ruling;
use super::ports::KeyRing;
use super::request::{Assignment, AssignmentState, Closed, Ending, EventKind, MAX_LINK_LIFE, NewEvent, Request};
use super::work::{Audit, Work};

/// The only stage of a request of today.
pub(super) const ONLY_STAGE: u32 = 1;

/// Puts the question to everybody of the policy who was not asked in this round yet.
pub(super) async fn ask_everybody(work: &dyn Work, clock: &dyn Clock, request: &Request, now: Time) -> Result<()> {
    for (position, user) in (0..).zip(&request.policy.approvers) {
        ask(work, clock, request, Asking { user: *user, position, escalation: false }, now).await?;
    }
    Ok(())
}

/// Whom to ask.
pub(super) struct Asking {
    /// Who.
    pub(super) user: UserId,
    /// The place in the order of asking.
    pub(super) position: u32,
    /// Whether by escalation.
    pub(super) escalation: bool,
}

/// Puts the question to one person; nothing happens when they were asked in this round already.
pub(super) async fn ask(
    work: &dyn Work,
    clock: &dyn Clock,
    request: &Request,
    asking: Asking,
    now: Time,
) -> Result<()> {
    let assignment = Assignment {
        id: AssignmentId(clock.new_id()),
        request: request.id,
        generation: request.generation,
        stage: ONLY_STAGE,
        user: asking.user,
        position: asking.position,
        escalation: asking.escalation,
        state: AssignmentState::Pending,
        reminders: 0,
        created_at: now,
        settled_at: None,
    };
    if work.insert_assignment(&assignment).await? {
        let kind = if asking.escalation { EventKind::Escalated } else { EventKind::Asked };
        work.record(request.id, NewEvent::of(kind).about(asking.user), now).await?;
    }
    Ok(())
}

/// Mints links and queues mails; built from what the clock and the ring give.
pub(super) struct Post<'a> {
    /// Ids and randomness.
    pub(super) clock: &'a dyn Clock,
    /// The key for new links.
    pub(super) keys: &'a dyn KeyRing,
    /// The time of the unit of work.
    pub(super) now: Time,
}

/// A mail about to be queued.
pub(super) struct Letter {
    /// What about.
    pub(super) kind: MailKind,
    /// To whom.
    pub(super) to: UserId,
    /// What makes it the only one of its sort.
    pub(super) natural_key: String,
}

impl Post<'_> {
    /// Mints a link to a question, in place of the one before.
    pub(super) async fn mint(&self, work: &dyn Work, request: &Request, assignment: &Assignment) -> Result<LinkId> {
        let user = work.find_user(assignment.user).await?.ok_or_else(|| lost("person", assignment.user))?;
        work.revoke_links(super::work::LinkScope::Assignment(assignment.id), Invalid::Superseded).await?;
        let longest = self.now + MAX_LINK_LIFE;
        let expires_at = request.policy.last_due(request.deadline).map_or(longest, |due| due.min(longest));
        let link = Link {
            id: LinkId(uuid::Uuid::from_bytes(self.clock.random())),
            purpose: Purpose::Decide,
            user: Some(assignment.user),
            assignment: Some(assignment.id),
            key: self.keys.active_key(),
            binding: Binding::of_question(
                assignment.generation,
                assignment.stage,
                assignment.id,
                user.email.as_str(),
                request.revision_hash,
            ),
            created_at: self.now,
            // Rounded up, so that a link works until the due time and not almost until it.
            expires_at: whole_seconds(expires_at + std::time::Duration::from_micros(999_999)),
            state: LinkState::Live,
        };
        work.insert_link(&link).await?;
        self.audit_minted(work, &link, assignment).await?;
        Ok(link.id)
    }

    async fn audit_minted(&self, work: &dyn Work, link: &Link, assignment: &Assignment) -> Result<()> {
        let actor = Actor::System("link");
        let detail = format!("assignment {}, user {}", assignment.id, assignment.user);
        work.audit(Audit { at: self.now, actor: &actor, action: "link.minted", object: link.id.to_string(), detail })
            .await
    }

    /// A mail with nothing but its kind, its receiver and its key.
    pub(super) fn mail(&self, letter: Letter) -> Mail {
        Mail {
            id: MailId(self.clock.new_id()),
            kind: letter.kind,
            to: letter.to,
            request: None,
            run: None,
            monitor: None,
            link: None,
            natural_key: letter.natural_key,
            note: String::new(),
            by: None,
            ruling: None,
            state: MailState::Queued,
            attempts: 0,
            error: None,
            failed_step: None,
            next_attempt_at: None,
            created_at: self.now,
            sent_at: None,
        }
    }

    /// A mail about a request.
    pub(super) fn about(&self, request: &Request, letter: Letter) -> Mail {
        Mail { request: Some(request.id), ..self.mail(letter) }
    }
}

/// Who or what ends a request: nobody where a rule does.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Closing<'a> {
    /// The person whose answer made the outcome certain.
    pub(super) by: Option<UserId>,
    /// The reason they gave; empty when none.
    pub(super) reason: &'a str,
}

/// Ends a request that is open: settles what is pending and tells its page. The caller writes the request back.
pub(super) async fn close(
    work: &dyn Work,
    request: &mut Request,
    ruling: Ruling,
    Closing { by, reason }: Closing<'_>,
    now: Time,
) -> Result<()> {
    work.settle_pending(request.id, request.generation, AssignmentState::NotNeeded, now).await?;
    request.closed = Some(Closed { ending: Ending::Ruled(ruling), at: now, by, reason: reason.to_owned() });
    request.updated_at = now;
    work.record(request.id, NewEvent::of(EventKind::Closed(ruling)).by(by), now).await
}

/// A row that must be there is not.
pub(super) fn lost(what: &str, id: impl std::fmt::Display) -> PortalError {
    PortalError::Internal(format!("the {what} {id} is missing"))
}
