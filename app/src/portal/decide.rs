//! A decision is made: the one way in for links, sessions and rules.
//!
//! One transaction locks the request, looks whether the question still stands, settles it by a conditional update that
//! picks the one winner, records the decision, closes the link, evaluates the rule, perhaps closes the request, and tells
//! the engine. Whoever comes too late changes nothing and is told what was decided, by whom and when.

use super::actor::Actor;
use super::clock::Time;
use super::code::{CodeRefusal, Known, Typing};
use super::error::{PortalError, Result};
use super::event::{EventKind, NewEvent};
use super::ids::{DecisionId, LinkId, RequestId, RevisionHash, UserId};
use super::mail::{Mail, MailKind};
use super::policy::{Assurance, FinalRule, Ruling, Verdict};
use super::request::{Assignment, AssignmentState, Decision, Request, Said, Strength, question_of, tally};
use super::scope::Scope;
use super::service::{Parts, Portal};
use super::stage::{self, Closing, Letter, Post, lost};
use super::standing::{DecideOutcome, Standing, outcome_word, receipt, reconsider_until, standing};
use super::user::UserState;
use super::webhooks::{WebhookEvent, announce, request_decided, request_news};
use super::work::{Audit, Work};

/// The longest reason in characters.
pub const MAX_REASON_CHARS: usize = 2_000;

const CODE_WANTED: &str =
    "This request asks for a mailed code, so no API token decides on it or says who does. Do it in the browser.";

/// What somebody answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What was chosen; `None` when nothing was, which is an error of the field `verdict`.
    pub verdict: Option<Verdict>,
    /// Why; needed for all but a yes.
    pub reason: String,
    /// The revision that was shown, as the form's nonce says.
    pub shown: RevisionHash,
}

impl Portal {
    /// Decides by a signed link: `actor` is [`Actor::Link`] and names it. Nothing chosen, a missing reason or one too long is
    /// [`PortalError::Invalid`] (`verdict`, `reason`), and so is the lack of a code that the policy asks for (`code`); an
    /// unknown link is [`PortalError::NotFound`].
    pub async fn decide_by_link(&self, actor: &Actor, answer: Answer) -> Result<DecideOutcome> {
        self.decide_by_link_and_code(actor, answer, "").await
    }

    /// The same with the code that was typed; without meaning where the policy asks for none. A wrong one is
    /// [`PortalError::Invalid`] (`code`), and the try counts. [`PortalError::TooMany`] when the link was used too often lately.
    pub async fn decide_by_link_and_code(&self, actor: &Actor, answer: Answer, code: &str) -> Result<DecideOutcome> {
        let Actor::Link(link) = *actor else { return Err(PortalError::NotSignedIn) };
        self.links.take(link, self.now())?;
        self.decide(actor.clone(), Question::Link(link), answer, code).await
    }

    /// Decides as somebody with a session, or with a token of theirs, on the question put to them. [`PortalError::NotFound`]
    /// when they are not asked, [`PortalError::Forbidden`] to a token where the policy asks those who come by link for a code.
    pub async fn decide_in_session(&self, actor: &Actor, request: RequestId, answer: Answer) -> Result<DecideOutcome> {
        actor.require_scope(Scope::RequestsDecide)?;
        let user = actor.signed_in()?.id;
        self.decide(actor.clone(), Question::Request(request, user), answer, "").await
    }

    async fn decide(&self, actor: Actor, question: Question, answer: Answer, code: &str) -> Result<DecideOutcome> {
        let (parts, code) = (self.parts.clone(), code.to_owned());
        let taken = self.unit("decide", move |work| {
            Box::pin(async move {
                let now = parts.clock.now();
                let Some(asked) = find_question(work, question).await? else { return Err(PortalError::NotFound) };
                let deciding = Deciding { work, parts: &parts, now, actor: &actor };
                deciding.answer(asked, &answer, &code).await
            })
        });
        taken.await?.map_err(|refusal| PortalError::field("code", refusal.in_words()))
    }
}

/// What became of an answer. A refused code is no error of its unit of work, which would undo that the try was counted.
type Taken = std::result::Result<DecideOutcome, CodeRefusal>;

/// Which question is answered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Question {
    /// The one of this link.
    Link(LinkId),
    /// The one put to this person in the present round of this request.
    Request(RequestId, UserId),
}

/// A question with its locked request.
pub(super) struct AskedQuestion {
    /// The link, if it is answered by one.
    link: Option<super::link::Link>,
    /// The question.
    assignment: Assignment,
    /// Its request.
    request: Request,
}

impl AskedQuestion {
    /// The link, the question and its request.
    pub(super) fn parts(self) -> (Option<super::link::Link>, Assignment, Request) {
        (self.link, self.assignment, self.request)
    }
}

/// Finds the question and locks its request.
pub(super) async fn find_question(work: &dyn Work, question: Question) -> Result<Option<AskedQuestion>> {
    match question {
        Question::Link(id) => {
            let Some(link) = work.find_link(id).await? else { return Ok(None) };
            let Some(assignment) = link.assignment else { return Ok(None) };
            let found = work.find_assignment(assignment).await?.ok_or_else(|| lost("assignment", assignment))?;
            let request = work.lock_request(found.request).await?.ok_or_else(|| lost("request", found.request))?;
            // Read again: what was read before the lock may have changed until it was taken.
            let link = work.find_link(id).await?.ok_or_else(|| lost("link", id))?;
            let assignment = work.find_assignment(assignment).await?.ok_or_else(|| lost("assignment", assignment))?;
            Ok(Some(AskedQuestion { link: Some(link), assignment, request }))
        }
        Question::Request(id, user) => {
            let Some(request) = work.lock_request(id).await? else { return Ok(None) };
            let assignments = work.list_assignments(id, request.generation).await?;
            let own = question_of(user, &assignments).cloned();
            Ok(own.map(|assignment| AskedQuestion { link: None, assignment, request }))
        }
    }
}

/// What a decision is made of; by default a rule's first one.
struct Made<'a> {
    of: Option<&'a Assignment>,
    number: u32,
    by: Option<UserId>,
    said: Said,
    reason: String,
    strength: Strength,
}

impl Default for Made<'_> {
    fn default() -> Self {
        Self { of: None, number: 1, by: None, said: Said::Expired, reason: String::new(), strength: Strength::Rule }
    }
}

/// Somebody or something deciding, within a unit of work.
pub(super) struct Deciding<'a> {
    /// The unit.
    pub(super) work: &'a dyn Work,
    /// Ids, and addresses for those who are told.
    pub(super) parts: &'a Parts,
    /// The time of the unit.
    pub(super) now: Time,
    /// Who.
    pub(super) actor: &'a Actor,
}

impl Deciding<'_> {
    /// Records a person's answer, or says why not.
    async fn answer(&self, asked: AskedQuestion, answer: &Answer, code: &str) -> Result<Taken> {
        let before = self.recorded(&asked).await?;
        if let Some(refusal) = self.standing(&asked, before.as_ref(), answer).await? {
            self.audit("decision.refused", &asked.request, outcome_word(&refusal)).await?;
            return Ok(Ok(refusal));
        }
        let verdict = checked(answer)?;
        if answer.shown != asked.request.revision_hash {
            return Err(PortalError::conflict(
                "The document was changed after this page was opened. Please look at it again.",
            ));
        }
        // Last of all, so that nobody loses a code to a reason that is missing.
        let strength = match self.strength(&asked, code).await? {
            Ok(strength) => strength,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let number = before.map_or(1, |before| before.number + 1);
        let (by, reason) = (Some(asked.assignment.user), answer.reason.trim().to_owned());
        let made = Made { of: None, number, by, said: verdict.into(), reason, strength };
        self.settle(asked, verdict, made).await.map(Ok)
    }

    /// How it is known who answers. The holder of a link may have to show a code too, which is used up.
    async fn strength(&self, asked: &AskedQuestion, typed: &str) -> Result<Known> {
        let (actor, request) = (self.actor, &asked.request);
        let Some(link) = &asked.link else { return refuse_token(actor, request).map(|()| Ok(strength_of(actor))) };
        let (work, keys, assignment, now) = (self.work, &*self.parts.keys, asked.assignment.id, self.now);
        Typing { work, keys, actor, link: link.id, assignment, request, now }.strength(typed).await
    }

    /// Settles the question with an answer that is complete and may be given.
    async fn settle(&self, asked: AskedQuestion, verdict: Verdict, made: Made<'_>) -> Result<DecideOutcome> {
        let AskedQuestion { assignment, mut request, .. } = asked;
        let state = AssignmentState::Answered(verdict);
        if !self.work.settle_assignment(assignment.id, assignment.state, state, self.now).await? {
            return Err(PortalError::Internal(format!("the locked assignment {} changed its state", assignment.id)));
        }
        let decision = self.decision(&request, Made { of: Some(&assignment), ..made });
        self.record_answer(&request, &assignment, &decision, verdict).await?;
        match verdict {
            Verdict::RequestChanges => self.send_back(&mut request, &decision).await?,
            Verdict::Approve | Verdict::Reject => {
                let closing = Closing { by: Some(assignment.user), reason: &decision.reason };
                self.apply_rule(&mut request, closing).await?;
            }
        }
        match assignment.state {
            AssignmentState::Pending => {
                self.work.raise_decision(request.id, assignment.id, request.generation, decision.id).await?;
            }
            // The instance waits for a question's first answer only.
            _ => self.work.wake_request(request.id).await?,
        }
        let receipt = receipt(self.work, &request, &assignment, &decision).await?;
        Ok(DecideOutcome::Recorded(receipt))
    }

    /// Writes the decision with all that tells of it.
    async fn record_answer(
        &self,
        request: &Request,
        assignment: &Assignment,
        decision: &Decision,
        verdict: Verdict,
    ) -> Result<()> {
        self.work.insert_decision(decision).await?;
        self.work.use_links_of(assignment.id).await?;
        let event = NewEvent::of(EventKind::Decided(verdict)).by(Some(assignment.user)).note(decision.reason.clone());
        self.work.record(request.id, event, self.now).await?;
        let (user, hash, strength) = (assignment.user, request.revision_hash, decision.strength);
        let detail = format!("{verdict:?} by user {user}, known by {strength:?}, on revision {hash}");
        self.audit("decision.recorded", request, &detail).await?;
        announce(self.work, self.parts, request_decided(self.parts, request, decision, verdict)).await
    }

    /// Stops the clock until the requester has submitted another revision, and tells them.
    async fn send_back(&self, request: &mut Request, decision: &Decision) -> Result<()> {
        request.changes_requested_at = Some(self.now);
        request.updated_at = self.now;
        self.work.update_request(request).await?;
        let post = Post { clock: &*self.parts.clock, keys: &*self.parts.keys, now: self.now };
        let natural_key = format!("changes-requested/{}", decision.id);
        let letter = Letter { kind: MailKind::ChangesRequested, to: request.requester, natural_key };
        let mail = Mail { by: decision.by, note: decision.reason.clone(), ..post.about(request, letter) };
        self.work.queue_mail(&mail).await.map(|_| ())
    }

    /// Ends the open stage by its final rule: the system's way through the same door. `false`, and no change, when it is not
    /// open any more (a person was faster), on hold, or waiting for another revision.
    pub(super) async fn by_rule(&self, request: &mut Request, rule: FinalRule) -> Result<bool> {
        if !request.is_running() {
            return Ok(false);
        }
        let made = Made { said: rule.into(), strength: Strength::Rule, ..Made::default() };
        let decision = self.decision(request, made);
        self.work.insert_decision(&decision).await?;
        let ruling = Ruling::from(rule);
        self.audit("decision.recorded", request, &format!("{ruling:?} automatically, by final rule")).await?;
        self.end_stage(request, ruling, Closing::default()).await?;
        self.work.update_request(request).await?;
        Ok(true)
    }

    /// Ends the request, whatever was answered and whoever is still asked: an admin's way through the same door. The caller has
    /// checked that it is open.
    pub(super) async fn over_all(&self, request: &mut Request, verdict: Verdict, reason: &str) -> Result<()> {
        let ruling = if verdict == Verdict::Approve { Ruling::Approved } else { Ruling::Rejected };
        let (by, strength) = (self.actor.user_id(), strength_of(self.actor));
        let made = Made { by, said: verdict.into(), reason: reason.to_owned(), strength, ..Made::default() };
        let decision = self.decision(request, made);
        self.work.insert_decision(&decision).await?;
        let event = NewEvent::of(EventKind::Overruled(verdict)).by(by).note(reason);
        self.work.record(request.id, event, self.now).await?;
        self.audit("request.overruled", request, &format!("{ruling:?}: {reason}")).await?;
        stage::close(self.work, request, ruling, Closing { by, reason }, self.now).await?;
        self.work.update_request(request).await?;
        announce(self.work, self.parts, request_news(self.parts, WebhookEvent::RequestClosed, request)).await
    }

    /// Ends the stage if the answers so far make its outcome certain.
    pub(super) async fn apply_rule(&self, request: &mut Request, closing: Closing<'_>) -> Result<()> {
        let assignments = self.work.list_assignments(request.id, request.generation).await?;
        request.updated_at = self.now;
        if let Some(ruling) = tally(request.open_stage().rule, request.stage, &assignments).ruling() {
            self.end_stage(request, ruling, closing).await?;
        }
        self.work.update_request(request).await
    }

    async fn end_stage(&self, request: &mut Request, ruling: Ruling, closing: Closing<'_>) -> Result<()> {
        stage::end_stage(self.work, &*self.parts.clock, request, ruling, closing, self.now).await?;
        if request.closed.is_none() {
            return Ok(());
        }
        announce(self.work, self.parts, request_news(self.parts, WebhookEvent::RequestClosed, request)).await
    }

    fn decision(&self, request: &Request, made: Made<'_>) -> Decision {
        Decision {
            id: DecisionId(self.parts.clock.new_id()),
            request: request.id,
            generation: request.generation,
            stage: made.of.map_or(request.stage, |assignment| assignment.stage),
            number: made.number,
            revision: request.revision,
            assignment: made.of.map(|assignment| assignment.id),
            by: made.by,
            said: made.said,
            reason: made.reason,
            strength: made.strength,
            revision_hash: request.revision_hash,
            at: self.now,
        }
    }

    /// The newest answer to the question, if it counts in this round.
    async fn recorded(&self, asked: &AskedQuestion) -> Result<Option<Decision>> {
        let counts = asked.assignment.counts_in(&asked.request);
        Ok(self.work.find_decision(asked.assignment.id).await?.filter(|_| counts))
    }

    /// Why the question cannot be answered now; `None` when it can.
    async fn standing(
        &self,
        asked: &AskedQuestion,
        before: Option<&Decision>,
        answer: &Answer,
    ) -> Result<Option<DecideOutcome>> {
        let AskedQuestion { link, assignment, request } = asked;
        let disabled = self.work.find_user(assignment.user).await?.is_none_or(|user| user.state == UserState::Disabled);
        let (link, now) = (link.as_ref(), self.now);
        let seen = Standing { link, assignment, request, disabled, closed_by: None, now };
        if let Some(decision) = before {
            let another = answer.verdict.is_some_and(|verdict| Said::from(verdict) != decision.said);
            if another && reconsider_until(&seen, decision).is_some() {
                return Ok(None);
            }
            let receipt = receipt(self.work, request, assignment, decision).await?;
            return Ok(Some(DecideOutcome::SameAgain(receipt)));
        }
        let closed_by = match request.closed.as_ref().and_then(|closed| closed.by) {
            Some(user) => self.work.find_user(user).await?.map(|user| user.person()),
            None => None,
        };
        Ok(standing(&Standing { closed_by: closed_by.as_ref(), ..seen }))
    }

    async fn audit(&self, action: &'static str, request: &Request, detail: &str) -> Result<()> {
        let line = Audit {
            at: self.now,
            actor: self.actor,
            action,
            object: request.id.to_string(),
            detail: detail.to_owned(),
        };
        self.work.audit(line).await
    }
}

/// How it is known who answers without a link.
const fn strength_of(actor: &Actor) -> Strength {
    match actor {
        Actor::Token(_) => Strength::Token,
        _ => Strength::Session,
    }
}

/// Refuses tokens where links need a code: a token shows nothing that its owner has besides.
pub(super) fn refuse_token(actor: &Actor, request: &Request) -> Result<()> {
    match (actor, request.policy.assurance) {
        (Actor::Token(_), Assurance::Code) => Err(PortalError::forbidden(CODE_WANTED)),
        _ => Ok(()),
    }
}

/// The verdict of a complete answer; what is missing or too long is an error of its field.
pub(super) fn checked(answer: &Answer) -> Result<Verdict> {
    let reason = answer.reason.trim();
    let Some(verdict) = answer.verdict else {
        return Err(PortalError::field("verdict", "Choose whether you approve or reject."));
    };
    let why = match verdict {
        Verdict::Approve => None,
        Verdict::Reject => Some("Say why you reject it."),
        Verdict::RequestChanges => Some("Say what is to be changed."),
    };
    if let Some(why) = why.filter(|_| reason.is_empty()) {
        return Err(PortalError::field("reason", why));
    }
    if reason.chars().count() > MAX_REASON_CHARS {
        return Err(PortalError::field(
            "reason",
            format!("The reason may have at most {MAX_REASON_CHARS} characters."),
        ));
    }
    Ok(verdict)
}
