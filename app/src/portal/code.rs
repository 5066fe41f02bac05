//! Codes: where a policy asks for more than the link, six digits that are mailed when its holder asks for them.
//!
//! A row keeps when a code was made, how often a wrong one was typed instead, and what proves the right one. The digits
//! are in no table: they are computed from the row and a key that lives outside the database, whenever their mail is sent.

use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use super::actor::Actor;
use super::advance::queue;
use super::clock::Time;
use super::decide::{Question, find_question};
use super::error::{PortalError, Result};
use super::ids::{AssignmentId, CodeId, CodeProof, LinkId, MailId, RevisionHash};
use super::link::{KeyId, Link};
use super::mail::MailKind;
use super::pages::OpenQuestion;
use super::policy::Assurance;
use super::ports::KeyRing;
use super::request::{Assignment, Request, Strength};
use super::service::{Parts, Portal};
use super::stage::{Letter, Post};
use super::standing::{Standing, reconsider_until, standing};
use super::user::UserState;
use super::work::{Audit, Work};

/// How long a code works.
pub const CODE_LIFE: Duration = Duration::from_secs(600);
/// Wrong codes typed in place of one, after which it works no more.
pub const MAX_CODE_TRIES: u32 = 5;
/// Codes of one question that are mailed within an hour.
pub const MAX_CODES: u64 = 5;
/// The window.
const WINDOW: Duration = Duration::from_secs(3_600);
/// How long the row of a code is kept, so that its mail can be looked at in the local outbox.
const KEPT_FOR: Duration = Duration::from_secs(24 * 3_600);
/// Codes that one transaction forgets.
const SWEPT_AT_ONCE: u64 = 500;

/// Where a code stands; its end counts besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// Works.
    Live,
    /// A decision was made with it.
    Used,
    /// A newer one took its place, or it was guessed at too often.
    Void,
}

/// What the digits of a code are computed from, beside the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeSeed {
    /// Which code.
    pub id: CodeId,
    /// The key that was active when it was made.
    pub key: KeyId,
    /// The link that it goes with.
    pub link: LinkId,
    /// The revision that is decided on.
    pub revision: RevisionHash,
}

/// A code, without its digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkCode {
    /// What it is computed from.
    pub seed: CodeSeed,
    /// The question that is answered with it.
    pub assignment: AssignmentId,
    /// The mail that brings it.
    pub mail: MailId,
    /// What a key of the ring says of the right digits.
    pub proof: CodeProof,
    /// When it was made.
    pub created_at: Time,
    /// Until when it works.
    pub expires_at: Time,
    /// How many wrong ones were typed in its place.
    pub tries: u32,
    /// Where it stands.
    pub state: CodeState,
}

/// Proves codes without keeping them.
pub trait CodeSigner: Send + Sync + 'static {
    /// What is to be kept of a code; `None` when its key is gone.
    fn prove_code(&self, of: &CodeSeed) -> Option<CodeProof>;

    /// Whether `typed` are the digits that `proof` is of. How long it takes tells nothing of them.
    fn is_code(&self, of: &CodeSeed, proof: &CodeProof, typed: &str) -> bool;
}

/// Codes within a unit of work.
#[async_trait]
pub trait CodeWork: Send + Sync {
    /// Adds a code.
    async fn insert_code(&self, code: &LinkCode) -> Result<()>;
    /// The live code of a question, expired or not; there is never more than one.
    async fn find_live_code(&self, of: AssignmentId) -> Result<Option<LinkCode>>;
    /// Writes the tries and the state of a code back.
    async fn update_code(&self, code: &LinkCode) -> Result<()>;
    /// Makes the live code of a question void.
    async fn void_codes_of(&self, assignment: AssignmentId) -> Result<()>;
    /// How many codes of a question were made at or after `since`.
    async fn count_codes_since(&self, assignment: AssignmentId, since: Time) -> Result<u64>;
    /// Forgets codes made before `before`, at most `limit`; how many were forgotten.
    async fn delete_codes(&self, before: Time, limit: u64) -> Result<u64>;
}

/// Codes, for the page behind a link.
#[async_trait]
pub trait CodeReads: Send + Sync + 'static {
    /// The live code of a question, expired or not.
    async fn find_live_code(&self, of: AssignmentId) -> Result<Option<LinkCode>>;
}

/// What became of the wish for a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeOutcome {
    /// It is on its way to the address on file; the one before no longer works.
    Mailed,
    /// Too many were asked for.
    TooSoon,
    /// None is needed: the policy asks for none, or there is nothing to decide. The page says which.
    Pointless,
}

/// Whether an answer by link needs a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeWanted {
    /// The link is enough.
    Not,
    /// It does, and none that works was mailed.
    Unasked,
    /// It does, and one was mailed.
    Mailed {
        /// Until when it works.
        until: Time,
    },
}

/// Why what was typed is no code that works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeRefusal {
    /// Nothing was typed.
    Missing,
    /// It is not six digits.
    Malformed,
    /// It is another code than the one that was mailed.
    Wrong {
        /// How many tries are left; with none the code is void.
        left: u32,
    },
    /// It was mailed too long ago.
    Expired,
    /// No code works that was mailed for this link and this revision.
    Unasked,
}

impl CodeRefusal {
    /// What is wrong and what to do, for people.
    pub fn in_words(self) -> String {
        match self {
            Self::Missing => String::from("Enter the code that was mailed."),
            Self::Malformed => String::from("The code has six digits."),
            Self::Wrong { left: 0 } => {
                format!("{MAX_CODE_TRIES} codes were wrong, so the right one no longer works. Have a new one mailed.")
            }
            Self::Wrong { left: 1 } => String::from("This is not the code of the latest mail. You have one more try."),
            Self::Wrong { left } => format!("This is not the code of the latest mail. You have {left} more tries."),
            Self::Expired => String::from("This code has expired. Have a new one mailed."),
            Self::Unasked => String::from("No code works at the moment. Have one mailed."),
        }
    }

    /// The same for the audit log; `None` where nobody tried anything.
    fn in_audit(self) -> Option<String> {
        match self {
            Self::Missing | Self::Malformed => None,
            Self::Wrong { left } => Some(format!("wrong code, {left} tries left")),
            Self::Expired => Some(String::from("expired code")),
            Self::Unasked => Some(String::from("no code works")),
        }
    }
}

impl LinkCode {
    /// Whether it is for a decision on this revision by this link.
    fn is_for(&self, link: LinkId, revision: RevisionHash) -> bool {
        self.seed.link == link && self.seed.revision == revision
    }
}

impl Portal {
    /// Mails a code to whoever is asked by the link that `actor`, an [`Actor::Link`], holds. [`PortalError::NotFound`]
    /// when the link is not known, [`PortalError::TooMany`] when it was used too often lately.
    pub async fn request_code(&self, actor: &Actor) -> Result<CodeOutcome> {
        let Actor::Link(link) = *actor else { return Err(PortalError::NotSignedIn) };
        self.links.take(link, self.now())?;
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit("request_code", move |work| Box::pin(async move { mail_code(work, &parts, &actor, link).await }))
            .await
    }

    /// Whether an answer to `question`, which the link of `actor` has opened, needs a code.
    pub async fn code_wanted(&self, actor: &Actor, question: &OpenQuestion) -> Result<CodeWanted> {
        let Actor::Link(link) = *actor else { return Err(PortalError::NotSignedIn) };
        let request = &question.page.record.request;
        if request.policy.assurance == Assurance::Link {
            return Ok(CodeWanted::Not);
        }
        let (code, now) = (self.reads().find_live_code(question.asked.assignment.id).await?, self.now());
        let works = |code: &LinkCode| code.is_for(link, request.revision_hash) && now < code.expires_at;
        Ok(code.filter(works).map_or(CodeWanted::Unasked, |code| CodeWanted::Mailed { until: code.expires_at }))
    }

    /// Forgets old codes, in short transactions. To be called now and then.
    pub async fn sweep_codes(&self) -> Result<()> {
        let before = self.now() - KEPT_FOR;
        loop {
            let swept = self.unit("sweep_codes", move |work| {
                Box::pin(async move { work.delete_codes(before, SWEPT_AT_ONCE).await })
            });
            if swept.await? == 0 {
                return Ok(());
            }
        }
    }
}

async fn mail_code(work: &dyn Work, parts: &Parts, actor: &Actor, link: LinkId) -> Result<CodeOutcome> {
    let now = parts.clock.now();
    let asked = find_question(work, Question::Link(link)).await?.ok_or(PortalError::NotFound)?;
    let (link, assignment, request) = asked.parts();
    let Some(link) = link.filter(|_| request.policy.assurance == Assurance::Code) else {
        return Ok(CodeOutcome::Pointless);
    };
    if !may_answer(work, &link, &assignment, &request, now).await? {
        return Ok(CodeOutcome::Pointless);
    }
    if work.count_codes_since(assignment.id, now - WINDOW).await? >= MAX_CODES {
        return Ok(CodeOutcome::TooSoon);
    }
    let post = Post { clock: &*parts.clock, keys: &*parts.keys, now };
    let id = CodeId(Uuid::from_bytes(parts.clock.random()));
    let letter = Letter { kind: MailKind::Code, to: assignment.user, natural_key: format!("code/{id}") };
    let mail = post.about(&request, letter);
    let seed = CodeSeed { id, key: parts.keys.active_key(), link: link.id, revision: request.revision_hash };
    let code = made(&*parts.keys, seed, assignment.id, mail.id, now)?;
    work.void_codes_of(assignment.id).await?;
    work.insert_code(&code).await?;
    queue(work, &mail).await?;
    let (action, object) = ("code.mailed", request.id.to_string());
    let detail = format!("code {id} for assignment {}, user {}", assignment.id, assignment.user);
    work.audit(Audit { at: now, actor, action, object, detail }).await?;
    Ok(CodeOutcome::Mailed)
}

fn made(keys: &dyn KeyRing, seed: CodeSeed, assignment: AssignmentId, mail: MailId, now: Time) -> Result<LinkCode> {
    let proof = keys.prove_code(&seed).ok_or_else(|| PortalError::Internal("the active key is gone".into()))?;
    let (expires_at, tries, state) = (now + CODE_LIFE, 0, CodeState::Live);
    Ok(LinkCode { seed, assignment, mail, proof, created_at: now, expires_at, tries, state })
}

/// Whether the holder of the link can answer, for the first time or otherwise than before.
async fn may_answer(
    work: &dyn Work,
    link: &Link,
    assignment: &Assignment,
    request: &Request,
    now: Time,
) -> Result<bool> {
    let disabled = work.find_user(assignment.user).await?.is_none_or(|user| user.state == UserState::Disabled);
    let seen = Standing { link: Some(link), assignment, request, disabled, closed_by: None, now };
    let before = work.find_decision(assignment.id).await?.filter(|_| assignment.counts_in(request));
    Ok(match before {
        Some(decision) => reconsider_until(&seen, &decision).is_some(),
        None => standing(&seen).is_none(),
    })
}

/// How it is known who answers by a link, or why not.
pub(super) type Known = std::result::Result<Strength, CodeRefusal>;

/// Somebody answers by a link, maybe with a code, within a unit of work that has locked the request.
pub(super) struct Typing<'a> {
    /// The unit.
    pub(super) work: &'a dyn Work,
    /// What proves codes.
    pub(super) keys: &'a dyn KeyRing,
    /// Who.
    pub(super) actor: &'a Actor,
    /// The link by which they answer.
    pub(super) link: LinkId,
    /// The question.
    pub(super) assignment: AssignmentId,
    /// Its request.
    pub(super) request: &'a Request,
    /// When.
    pub(super) now: Time,
}

impl Typing<'_> {
    /// How it is known who they are. Where the policy asks for a code, the right one is used up and a wrong one is
    /// counted, which the caller must not roll back.
    pub(super) async fn strength(&self, typed: &str) -> Result<Known> {
        if self.request.policy.assurance == Assurance::Link {
            return Ok(Ok(Strength::Link));
        }
        let Some(refusal) = self.spend(typed).await? else { return Ok(Ok(Strength::LinkAndCode)) };
        if let Some(detail) = refusal.in_audit() {
            let (action, object) = ("code.refused", self.request.id.to_string());
            self.work.audit(Audit { at: self.now, actor: self.actor, action, object, detail }).await?;
        }
        Ok(Err(refusal))
    }

    async fn spend(&self, typed: &str) -> Result<Option<CodeRefusal>> {
        let typed = match digits(typed) {
            Ok(typed) => typed,
            Err(refusal) => return Ok(Some(refusal)),
        };
        let live = self.work.find_live_code(self.assignment).await?;
        let Some(mut code) = live.filter(|code| code.is_for(self.link, self.request.revision_hash)) else {
            return Ok(Some(CodeRefusal::Unasked));
        };
        if self.now >= code.expires_at {
            return Ok(Some(CodeRefusal::Expired));
        }
        let refusal = if self.keys.is_code(&code.seed, &code.proof, &typed) {
            code.state = CodeState::Used;
            None
        } else {
            code.tries += 1;
            let left = MAX_CODE_TRIES.saturating_sub(code.tries);
            if left == 0 {
                code.state = CodeState::Void;
            }
            Some(CodeRefusal::Wrong { left })
        };
        self.work.update_code(&code).await?;
        Ok(refusal)
    }
}

/// The six digits, however they were spaced.
fn digits(typed: &str) -> std::result::Result<String, CodeRefusal> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if digits.is_empty() {
        return Err(CodeRefusal::Missing);
    }
    let six = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if six { Ok(digits) } else { Err(CodeRefusal::Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_are_read_however_they_are_spaced_and_nothing_else_is() {
        for typed in ["012345", " 012 345\n", "012-345"] {
            assert_eq!(digits(typed).as_deref(), Ok("012345"), "{typed:?}");
        }
        for typed in ["12345", "0123456", "01234x", "\u{661}\u{661}\u{661}", "+12345"] {
            assert_eq!(digits(typed), Err(CodeRefusal::Malformed), "{typed:?}");
        }
        assert_eq!(digits(" \t"), Err(CodeRefusal::Missing));
    }
}
