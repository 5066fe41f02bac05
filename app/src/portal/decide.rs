//! A decision is made: the one way in for links, sessions and rules.
//!
//! One transaction locks the request, looks whether the question still stands, settles it by a conditional update that
//! picks the one winner, records the decision, closes the link, evaluates the rule, perhaps closes the request, and tells
//! the engine. Whoever comes too late changes nothing and is told what was decided, by whom and when.

use super::actor::Actor;
use super::clock::Time;
use super::error::{PortalError, Result};
use super::event::{EventKind, NewEvent};
use super::ids::{DecisionId, LinkId, RequestId, RevisionHash, UserId};
use super::policy::{FinalRule, Ruling, Verdict};
use super::request::{Assignment, AssignmentState, Decision, Request, Strength, tally};
use super::scope::Scope;
use super::service::{Parts, Portal};
use super::stage::{self, Closing, ONLY_STAGE, lost};
use super::standing::{DecideOutcome, Receipt, Standing, outcome_word, receipt_of, standing};
use super::user::UserState;
use super::webhooks::{WebhookEvent, announce, request_decided, request_news};
use super::work::{Audit, Work};

/// The longest reason in characters.
pub const MAX_REASON_CHARS: usize = 2_000;

/// What somebody answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Yes or no; `None` when nothing was chosen, which is an error of the field `verdict`.
    pub verdict: Option<Verdict>,
    /// Why; needed for a no.
    pub reason: String,
    /// The revision that was shown, as the form's nonce says.
    pub shown: RevisionHash,
}

impl Portal {
    /// Decides by a signed link: `actor` is [`Actor::Link`] and names it. Nothing chosen, a missing reason or one too long is
    /// [`PortalError::Invalid`] (`verdict`, `reason`); an unknown link is [`PortalError::NotFound`].
    pub async fn decide_by_link(&self, actor: &Actor, answer: Answer) -> Result<DecideOutcome> {
        let Actor::Link(link) = *actor else { return Err(PortalError::NotSignedIn) };
        self.decide(actor.clone(), Question::Link(link), answer).await
    }

    /// Decides as somebody with a session, or with a token of theirs, on the question put to them. [`PortalError::NotFound`]
    /// when they are not asked.
    pub async fn decide_in_session(&self, actor: &Actor, request: RequestId, answer: Answer) -> Result<DecideOutcome> {
        actor.require_scope(Scope::RequestsDecide)?;
        let user = actor.signed_in()?.id;
        self.decide(actor.clone(), Question::Request(request, user), answer).await
    }

    async fn decide(&self, actor: Actor, question: Question, answer: Answer) -> Result<DecideOutcome> {
        let parts = self.parts.clone();
        self.unit("decide", move |work| {
            Box::pin(async move {
                let now = parts.clock.now();
                let Some(asked) = find_question(work, question).await? else { return Err(PortalError::NotFound) };
                let deciding = Deciding { work, parts: &parts, now, actor: &actor };
                deciding.answer(asked, answer).await
            })
        })
        .await
    }
}

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
            let own = assignments.into_iter().find(|assignment| assignment.user == user);
            Ok(own.map(|assignment| AskedQuestion { link: None, assignment, request }))
        }
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
    async fn answer(&self, asked: AskedQuestion, answer: Answer) -> Result<DecideOutcome> {
        if let Some(refusal) = self.standing(&asked).await? {
            self.audit("decision.refused", &asked.request, outcome_word(&refusal)).await?;
            return Ok(refusal);
        }
        let verdict = checked(&answer)?;
        let AskedQuestion { link, assignment, mut request } = asked;
        if answer.shown != request.revision_hash {
            return Err(PortalError::conflict(
                "The document was changed after this page was opened. Please look at it again.",
            ));
        }
        if !self.work.settle_assignment(assignment.id, AssignmentState::Answered(verdict), self.now).await? {
            return Err(PortalError::Internal(format!("the locked assignment {} changed its state", assignment.id)));
        }
        let (reason, strength) = (answer.reason.trim().to_owned(), strength_of(self.actor, link.is_some()));
        let decision = self.decision(&request, Some(&assignment), verdict.into(), reason, strength);
        self.work.insert_decision(&decision).await?;
        self.work.use_links_of(assignment.id).await?;
        let event = NewEvent::of(EventKind::Decided(verdict)).by(Some(assignment.user)).note(decision.reason.clone());
        self.work.record(request.id, event, self.now).await?;
        self.audit(
            "decision.recorded",
            &request,
            &format!("{verdict:?} by user {} on revision {}", assignment.user, request.revision_hash),
        )
        .await?;
        announce(self.work, self.parts, request_decided(self.parts, &request, &decision, verdict)).await?;
        let closing = Closing { by: Some(assignment.user), reason: &decision.reason };
        self.apply_rule(&mut request, closing).await?;
        self.work.raise_decision(request.id, assignment.id, request.generation, decision.id).await?;
        let receipt = receipt(self.work, &request, &assignment, &decision).await?;
        Ok(DecideOutcome::Recorded(receipt))
    }

    /// Ends a request by its final rule: the system's way through the same door. `false`, and no change, when it is not open
    /// any more (a person was faster) or on hold.
    pub(super) async fn by_rule(&self, request: &mut Request, rule: FinalRule) -> Result<bool> {
        if request.closed.is_some() || request.held_at.is_some() {
            return Ok(false);
        }
        let ruling = Ruling::from(rule);
        let decision = self.decision(request, None, ruling, String::new(), Strength::Rule);
        self.work.insert_decision(&decision).await?;
        self.audit("decision.recorded", request, &format!("{ruling:?} automatically, by final rule")).await?;
        self.close(request, ruling, Closing::default()).await?;
        self.work.update_request(request).await?;
        Ok(true)
    }

    /// Closes the request if the answers so far make its outcome certain.
    async fn apply_rule(&self, request: &mut Request, closing: Closing<'_>) -> Result<()> {
        let assignments = self.work.list_assignments(request.id, request.generation).await?;
        request.updated_at = self.now;
        if let Some(ruling) = tally(&request.policy, &assignments).ruling() {
            self.close(request, ruling, closing).await?;
        }
        self.work.update_request(request).await
    }

    async fn close(&self, request: &mut Request, ruling: Ruling, closing: Closing<'_>) -> Result<()> {
        stage::close(self.work, request, ruling, closing, self.now).await?;
        announce(self.work, self.parts, request_news(self.parts, WebhookEvent::RequestClosed, request)).await
    }

    fn decision(
        &self,
        request: &Request,
        of: Option<&Assignment>,
        ruling: Ruling,
        reason: String,
        strength: Strength,
    ) -> Decision {
        Decision {
            id: DecisionId(self.parts.clock.new_id()),
            request: request.id,
            generation: request.generation,
            stage: ONLY_STAGE,
            assignment: of.map(|assignment| assignment.id),
            by: of.map(|assignment| assignment.user),
            ruling,
            reason,
            strength,
            revision_hash: request.revision_hash,
            at: self.now,
        }
    }

    /// Why the question cannot be answered now; `None` when it can.
    async fn standing(&self, asked: &AskedQuestion) -> Result<Option<DecideOutcome>> {
        let AskedQuestion { link, assignment, request } = asked;
        let same_round = assignment.generation == request.generation;
        if let Some(decision) = self.work.find_decision(assignment.id).await?.filter(|_| same_round) {
            return receipt(self.work, request, assignment, &decision)
                .await
                .map(|receipt| Some(DecideOutcome::SameAgain(receipt)));
        }
        let disabled = self.work.find_user(assignment.user).await?.is_none_or(|user| user.state == UserState::Disabled);
        let closed_by = match request.closed.as_ref().and_then(|closed| closed.by) {
            Some(user) => self.work.find_user(user).await?.map(|user| user.person()),
            None => None,
        };
        Ok(standing(&Standing {
            link: link.as_ref(),
            assignment,
            request,
            disabled,
            closed_by: closed_by.as_ref(),
            now: self.now,
        }))
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

/// How it is known who answers.
const fn strength_of(actor: &Actor, by_link: bool) -> Strength {
    match actor {
        _ if by_link => Strength::Link,
        Actor::Token(_) => Strength::Token,
        _ => Strength::Session,
    }
}

/// The verdict of a complete answer; what is missing or too long is an error of its field.
pub(super) fn checked(answer: &Answer) -> Result<Verdict> {
    let reason = answer.reason.trim();
    let Some(verdict) = answer.verdict else {
        return Err(PortalError::field("verdict", "Choose whether you approve or reject."));
    };
    if verdict == Verdict::Reject && reason.is_empty() {
        return Err(PortalError::field("reason", "Say why you reject it."));
    }
    if reason.chars().count() > MAX_REASON_CHARS {
        return Err(PortalError::field(
            "reason",
            format!("The reason may have at most {MAX_REASON_CHARS} characters."),
        ));
    }
    Ok(verdict)
}

async fn receipt(work: &dyn Work, request: &Request, assignment: &Assignment, decision: &Decision) -> Result<Receipt> {
    let people = work.list_users(&[request.requester, assignment.user]).await?;
    let person =
        |id| people.iter().find(|user| user.id == id).map(super::user::User::person).ok_or_else(|| lost("person", id));
    receipt_of(request, decision, person(request.requester)?, person(assignment.user)?)
}
