//! What a stage needs in any transaction: questions, links, mails, and its end.

use super::actor::Actor;
use super::clock::{Clock, Time};
use super::error::{PortalError, Result};
use super::ids::{AssignmentId, LinkId, MailId, UserId};
use super::link::{Binding, Invalid, Link, LinkState, Purpose, whole_seconds};
use super::mail::{Mail, MailKind, MailState};
use super::policy::Ruling;
use super::ports::KeyRing;
use super::request::{
    Assignment, AssignmentState, Closed, Ending, EventKind, MAX_LINK_LIFE, NewEvent, Request, StandIn, StandInReason,
};
use super::work::{Audit, Work};

/// Puts questions to people within one unit of work.
pub(super) struct Asker<'a> {
    work: &'a dyn Work,
    clock: &'a dyn Clock,
    request: &'a Request,
    now: Time,
    /// The questions of the round, those of this unit included.
    asked: Vec<Assignment>,
}

/// Whom to ask.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking {
    /// Who.
    pub(super) user: UserId,
    /// The place in the order of asking.
    pub(super) position: u32,
    /// Whether by escalation.
    pub(super) escalation: bool,
    /// In whose place, where that is known beforehand.
    pub(super) stands_in: Option<StandIn>,
    /// Who added them.
    pub(super) added_by: Option<UserId>,
}

impl Asking {
    /// Asks somebody whom the stage names.
    pub(super) const fn of_stage(user: UserId, position: u32) -> Self {
        Self { user, position, escalation: false, stands_in: None, added_by: None }
    }
}

impl<'a> Asker<'a> {
    /// Somebody who asks about the open stage of a locked request.
    pub(super) async fn new(work: &'a dyn Work, clock: &'a dyn Clock, request: &'a Request, now: Time) -> Result<Self> {
        let asked = work.list_assignments(request.id, request.generation).await?;
        Ok(Self::knowing(work, clock, request, now, asked))
    }

    /// The same where the questions of the round are known.
    pub(super) fn knowing(
        work: &'a dyn Work,
        clock: &'a dyn Clock,
        request: &'a Request,
        now: Time,
        asked: Vec<Assignment>,
    ) -> Self {
        Self { work, clock, request, now, asked }
    }

    /// Puts the question to everybody of the open stage who has none that counts.
    pub(super) async fn ask_stage(&mut self) -> Result<()> {
        for (position, user) in (0..).zip(&self.request.open_stage().approvers) {
            // Somebody has this place already, whoever it was passed on to.
            if self.counted().any(|asked| !asked.escalation && asked.position == position) {
                continue;
            }
            self.ask(Asking::of_stage(*user, position)).await?;
        }
        Ok(())
    }

    /// Puts the question to one person, or to their substitute while they are absent. Nothing happens when they have one in
    /// this stage already, or somebody in their place has.
    pub(super) async fn ask(&mut self, asking: Asking) -> Result<()> {
        if self.counted().any(|asked| asked.user == asking.user || asked.is_for(asking.user)) {
            return Ok(());
        }
        let (user, stands_in) = self.who(asking).await?;
        let attempts = self.asked.iter().filter(|asked| asked.stage == self.request.stage && asked.user == user);
        let assignment = Assignment {
            id: AssignmentId(self.clock.new_id()),
            request: self.request.id,
            generation: self.request.generation,
            stage: self.request.stage,
            user,
            position: asking.position,
            escalation: asking.escalation,
            attempt: attempts.map(|asked| asked.attempt).max().unwrap_or(0) + 1,
            revision: self.request.revision,
            stands_in,
            added_by: asking.added_by,
            state: AssignmentState::Pending,
            reminders: 0,
            created_at: self.now,
            settled_at: None,
        };
        if self.work.insert_assignment(&assignment).await? {
            self.record(&assignment).await?;
        }
        self.asked.push(assignment);
        Ok(())
    }

    /// The questions of the open stage that count.
    fn counted(&self) -> impl Iterator<Item = &Assignment> {
        self.asked.iter().filter(|asked| asked.stage == self.request.stage && asked.state.is_current())
    }

    /// Who is asked in truth: the substitute of somebody who is absent.
    async fn who(&self, asking: Asking) -> Result<(UserId, Option<StandIn>)> {
        // Whoever has, or will have, a question of their own in this stage, and whoever is away from one.
        let taken = |asked: &Assignment| [Some(asked.user), asked.stands_in.map(|stands_in| stands_in.for_user)];
        let mut forbidden: Vec<UserId> = self.counted().flat_map(taken).flatten().collect();
        forbidden.extend(&self.request.open_stage().approvers);
        let substitute = super::absence::stand_in(self.work, self.request, asking.user, self.now, &forbidden).await?;
        Ok(match substitute {
            Some(user) => {
                let for_user = asking.stands_in.map_or(asking.user, |before| before.for_user);
                (user, Some(StandIn { for_user, why: StandInReason::Absent }))
            }
            None => (asking.user, asking.stands_in),
        })
    }

    async fn record(&self, assignment: &Assignment) -> Result<()> {
        let kind = match assignment {
            Assignment { escalation: true, .. } => EventKind::Escalated,
            Assignment { stands_in: Some(_), .. } => EventKind::StandsIn,
            Assignment { added_by: Some(_), .. } => EventKind::Added,
            _ => EventKind::Asked,
        };
        let by = assignment.stands_in.map(|stands_in| stands_in.for_user).or(assignment.added_by);
        self.work.record(self.request.id, NewEvent::of(kind).by(by).about(assignment.user), self.now).await
    }
}

/// Adds a new link, with its row in the audit log: what it is for and whose it is, never its text.
pub(super) async fn insert_minted(work: &dyn Work, link: &Link, detail: String) -> Result<()> {
    work.insert_link(link).await?;
    let (at, actor, object) = (link.created_at, Actor::System("link"), link.id.to_string());
    work.audit(Audit { at, actor: &actor, action: "link.minted", object, detail }).await
}

/// Uses a link up that does one thing once, with its row in the audit log; `false`, and no change, when it is not live.
pub(super) async fn use_up(work: &dyn Work, link: LinkId, detail: String, at: Time) -> Result<bool> {
    if !work.use_link(link).await? {
        return Ok(false);
    }
    let (actor, object) = (Actor::Link(link), link.to_string());
    work.audit(Audit { at, actor: &actor, action: "link.used", object, detail }).await?;
    Ok(true)
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
        let longest = self.now + request.policy.max_link_life.map_or(MAX_LINK_LIFE, |life| life.min(MAX_LINK_LIFE));
        let last_due = request.open_stage().last_due(request.deadline);
        let expires_at = last_due.map_or(longest, |due| due.min(longest));
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
        insert_minted(work, &link, format!("assignment {}, user {}", assignment.id, assignment.user)).await?;
        Ok(link.id)
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

/// Ends the open stage of a request: with a yes the next one is opened, if there is one; otherwise the request ends. The
/// caller writes the request back.
pub(super) async fn end_stage(
    work: &dyn Work,
    clock: &dyn Clock,
    request: &mut Request,
    ruling: Ruling,
    closing: Closing<'_>,
    now: Time,
) -> Result<()> {
    if ruling != Ruling::Approved || request.stage >= request.policy.stage_count() {
        return close(work, request, ruling, closing, now).await;
    }
    work.settle_pending(request.id, request.generation, AssignmentState::NotNeeded, now).await?;
    let passed = NewEvent::of(EventKind::StagePassed).by(closing.by).note(stage_label(request));
    work.record(request.id, passed, now).await?;
    request.enter_stage(request.stage + 1, now);
    request.updated_at = now;
    Asker::new(work, clock, request, now).await?.ask_stage().await
}

/// The open stage in words: its number, and its name where it has one.
fn stage_label(request: &Request) -> String {
    let name = &request.open_stage().name;
    if name.is_empty() { format!("Stage {}", request.stage) } else { format!("Stage {}, {name}", request.stage) }
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
    request.held_at = None;
    request.changes_requested_at = None;
    request.closed = Some(Closed { ending: Ending::Ruled(ruling), at: now, by, reason: reason.to_owned() });
    request.updated_at = now;
    work.record(request.id, NewEvent::of(EventKind::Closed(ruling)).by(by), now).await
}

/// A row that must be there is not.
pub(super) fn lost(what: &str, id: impl std::fmt::Display) -> PortalError {
    PortalError::Internal(format!("the {what} {id} is missing"))
}
