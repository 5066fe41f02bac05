//! The requester submits another revision: what was asked for is changed, and whoever must see it is asked again.

use super::actor::{Actor, SignedIn};
use super::clock::Time;
use super::draft::{check_text, checked_title};
use super::error::{FieldError, PortalError, Result};
use super::file::{MAX_FILES, RequestFile};
use super::ids::{RequestId, UploadId, UserId};
use super::link::Invalid;
use super::may::refusal;
use super::pages::RequestPage;
use super::policy::{StaleRule, Verdict};
use super::previews;
use super::request::{Assignment, AssignmentState, EventKind, NewEvent, Request};
use super::revision::{NewRevision, revision_hash};
use super::scope::Scope;
use super::service::{Parts, Portal};
use super::stage::Asker;
use super::submit::attached;
use super::work::{Audit, LinkScope, Work};

/// The longest note in characters.
pub(super) const MAX_NOTE_CHARS: usize = 2_000;

/// The most revisions of a request: each keeps its whole text, and asks people once more. Whoever needs others submits another
/// request.
const MAX_REVISIONS: u32 = 100;

const NOT_THEIRS: &str = "Only whoever submitted a request may change it.";

/// Another revision as it was typed. Field names in errors: `title`, `text`, `file`, `note`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevisionDraft {
    /// One line.
    pub title: String,
    /// Markdown.
    pub text: String,
    /// The numbers of those files of the revision before that stay.
    pub keep: Vec<u32>,
    /// Finished uploads of the requester, which come after them.
    pub files: Vec<UploadId>,
    /// What they say about it; may be empty.
    pub note: String,
}

impl Portal {
    /// A request as the form of its next revision begins: for its requester. Those who only see it are forbidden to change it;
    /// to everybody else it does not exist.
    pub async fn revisable(&self, actor: &Actor, id: RequestId) -> Result<RequestPage> {
        let page = self.request_page(actor, id).await?;
        match actor.user_id() == Some(page.record.request.requester) {
            true => Ok(page),
            false => Err(PortalError::forbidden(NOT_THEIRS)),
        }
    }

    /// Submits another revision of an open request; its requester may. The links of the one before stop working. Approvals
    /// stay or go as the policy says ([`StaleRule`]); whoever has not approved is asked anew, and the stage's clock begins
    /// again. A conflict when the request has ended, is on hold, or has as many revisions as a request may have.
    pub async fn revise(&self, actor: &Actor, id: RequestId, draft: RevisionDraft) -> Result<()> {
        actor.require_scope(Scope::RequestsWrite)?;
        let user = actor.signed_in()?.clone();
        let checked = draft.check()?;
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit("revise", move |work| {
            Box::pin(async move {
                let request = work.lock_request(id).await?.ok_or(PortalError::NotFound)?;
                check(work, &user, &request).await?;
                let (user, now) = (user.id, parts.clock.now());
                let revising = Revising { work, parts: &parts, actor: &actor, user, now };
                revising.revise(request, checked).await
            })
        })
        .await
    }
}

impl RevisionDraft {
    fn check(self) -> Result<Self> {
        let mut errors = Vec::new();
        let title = checked_title(&self.title, &mut errors);
        check_text(&self.text, &mut errors);
        let note = self.note.trim().to_owned();
        if note.chars().count() > MAX_NOTE_CHARS {
            errors.push(FieldError::new("note", format!("The note may have at most {MAX_NOTE_CHARS} characters.")));
        }
        if self.keep.len() + self.files.len() > MAX_FILES {
            errors.push(FieldError::new("file", format!("A request may have at most {MAX_FILES} files.")));
        }
        if errors.is_empty() { Ok(Self { title, note, ..self }) } else { Err(PortalError::Invalid(errors)) }
    }
}

/// Passes the requester while the request can be changed.
async fn check(work: &dyn Work, user: &SignedIn, request: &Request) -> Result<()> {
    if request.requester != user.id {
        return Err(refusal(work, user, request, NOT_THEIRS).await);
    }
    request.fixed().map_or(Ok(()), |why| Err(PortalError::conflict(why)))
}

impl Request {
    /// Why it cannot be changed as it stands, for people; `None` when it can.
    pub fn fixed(&self) -> Option<&'static str> {
        if self.closed.is_some() {
            return Some("The request has ended; submit a new one instead.");
        }
        if self.revision >= MAX_REVISIONS {
            return Some(
                "The request has as many revisions as it may have. Withdraw it, and submit a new one instead.",
            );
        }
        self.held_at.map(|_| "The request is on hold. It can be changed as soon as it is resumed.")
    }
}

/// The text, with the line ends of the one before where nothing else differs: forms send theirs, programs others.
fn with_ends_of(before: &str, text: String) -> String {
    let same = text.replace("\r\n", "\n") == before.replace("\r\n", "\n");
    if same { before.to_owned() } else { text }
}

/// Somebody changing a request, within a unit of work.
struct Revising<'a> {
    work: &'a dyn Work,
    parts: &'a Parts,
    actor: &'a Actor,
    user: UserId,
    now: Time,
}

impl Revising<'_> {
    async fn revise(&self, mut request: Request, mut draft: RevisionDraft) -> Result<()> {
        draft.text = with_ends_of(&request.text, draft.text);
        let files = self.files(&request, &draft).await?;
        let hash = revision_hash(&draft.title, &draft.text, &files);
        let changed = hash != request.revision_hash;
        if !changed && request.changes_requested_at.is_none() {
            return Err(PortalError::field("title", "Nothing was changed."));
        }
        request.revision += 1;
        (request.title, request.text, request.revision_hash) = (draft.title, draft.text, hash);
        request.changes_requested_at = None;
        request.updated_at = self.now;
        self.insert(&request, &files, draft.note.clone()).await?;
        self.work.revoke_links(LinkScope::Request(request.id), Invalid::Superseded).await?;
        let stale = match request.policy.on_revision {
            StaleRule::Keep => false,
            StaleRule::IfChanged => changed,
            StaleRule::AllAgain => true,
        };
        self.void(&request, stale).await?;
        let stage = if stale { 1 } else { request.stage };
        request.enter_stage(stage, self.now);
        self.work.update_request(&request).await?;
        let event = NewEvent::of(EventKind::Revised).by(Some(self.user)).note(draft.note);
        self.work.record(request.id, event, self.now).await?;
        self.audit(&request).await?;
        Asker::new(self.work, &*self.parts.clock, &request, self.now).await?.ask_stage().await?;
        self.work.wake_request(request.id).await
    }

    /// The files that stay, in their order, and behind them the new ones.
    async fn files(&self, request: &Request, draft: &RevisionDraft) -> Result<Vec<RequestFile>> {
        let mut files = self.work.list_files(request.id, request.revision).await?;
        files.retain(|file| draft.keep.contains(&file.number));
        for (number, file) in (1..).zip(&mut files) {
            file.number = number;
        }
        let first = u32::try_from(files.len()).unwrap_or(u32::MAX).saturating_add(1);
        files.extend(attached(self.work, self.user, &draft.files, first).await?);
        Ok(files)
    }

    async fn insert(&self, request: &Request, files: &[RequestFile], note: String) -> Result<()> {
        let revision = NewRevision {
            number: request.revision,
            title: request.title.clone(),
            text: request.text.clone(),
            hash: request.revision_hash,
            at: self.now,
            by: self.user,
            note,
        };
        self.work.insert_revision(request.id, &revision, files).await?;
        previews::want(self.work, files, self.now).await
    }

    /// Makes void what the revision leaves behind: everything, or all but the approvals.
    async fn void(&self, request: &Request, everything: bool) -> Result<()> {
        let stays = |asked: &Assignment| match asked.state {
            AssignmentState::Stale | AssignmentState::Reassigned | AssignmentState::Withdrawn => true,
            AssignmentState::Answered(Verdict::Approve) | AssignmentState::NotNeeded => !everything,
            AssignmentState::Answered(_) | AssignmentState::Pending => false,
        };
        for asked in self.work.list_assignments(request.id, request.generation).await? {
            if !stays(&asked) {
                self.work.settle_assignment(asked.id, asked.state, AssignmentState::Stale, self.now).await?;
            }
        }
        Ok(())
    }

    async fn audit(&self, request: &Request) -> Result<()> {
        let line = Audit {
            at: self.now,
            actor: self.actor,
            action: "request.revised",
            object: request.id.to_string(),
            detail: format!("revision {}, {}", request.revision, request.revision_hash),
        };
        self.work.audit(line).await
    }
}
