//! A unit of work: what a use case does within one transaction.
//!
//! Everything called on one [`Work`] takes effect together, the engine's part included, or not at all. Reads see the
//! unit's own writes. Lookups give `Option`; writes check that they changed what they meant to.

use async_trait::async_trait;
use futures::future::BoxFuture;

use super::absence::AbsenceWork;
use super::actor::Actor;
use super::audit::AuditWork;
use super::clock::Time;
use super::code::CodeWork;
use super::digests::DigestWork;
use super::error::Result;
use super::file::{RequestFile, StoredFile, Upload};
use super::groups::GroupWork;
use super::ids::{AssignmentId, DecisionId, FileId, LinkId, MailId, RequestId, UploadId, UserId};
use super::link::{Invalid, Link};
use super::mail::Mail;
use super::monitors::MonitorWork;
use super::once::OnceWork;
use super::person::PersonWork;
use super::policies::PolicyWork;
use super::previews::PreviewWork;
use super::request::{Assignment, AssignmentState, Decision, NewEvent, Request};
use super::revision::NewRevision;
use super::saved_views::SavedViewWork;
use super::search::SearchWork;
use super::settings::SessionWork;
use super::tokens::TokenWork;
use super::user::{Email, User};
use super::webhooks::WebhookWork;
use super::workflows::WorkflowWork;

/// One unit of work.
#[async_trait]
pub trait Work:
    AbsenceWork
    + AuditWork
    + CodeWork
    + DigestWork
    + GroupWork
    + MonitorWork
    + OnceWork
    + PersonWork
    + PolicyWork
    + PreviewWork
    + SavedViewWork
    + SearchWork
    + SessionWork
    + TokenWork
    + WebhookWork
    + WorkflowWork
    + Send
    + Sync
{
    // People.

    /// The person of that id.
    async fn find_user(&self, id: UserId) -> Result<Option<User>>;
    /// The person of that id, locked against every other unit that asks so until this one ends.
    async fn lock_user(&self, id: UserId) -> Result<Option<User>>;
    /// The person with that address.
    async fn find_user_by_email(&self, email: &Email) -> Result<Option<User>>;
    /// Those of these people who exist, in no order.
    async fn list_users(&self, ids: &[UserId]) -> Result<Vec<User>>;
    /// How many active admins there are.
    async fn count_admins(&self) -> Result<u64>;
    /// Adds a person. A conflict when the address is taken.
    async fn insert_user(&self, user: &User) -> Result<()>;
    /// Writes a person back; an error when they are gone.
    async fn update_user(&self, user: &User) -> Result<()>;
    /// Ends all sessions of a person.
    async fn end_sessions(&self, user: UserId) -> Result<()>;

    // Requests.

    /// The request, locked against every other unit until this one ends.
    async fn lock_request(&self, id: RequestId) -> Result<Option<Request>>;
    /// Adds a request.
    async fn insert_request(&self, request: &Request) -> Result<()>;
    /// Adds a revision with its files.
    async fn insert_revision(&self, request: RequestId, revision: &NewRevision, files: &[RequestFile]) -> Result<()>;
    /// The files of a revision, by number.
    async fn list_files(&self, request: RequestId, revision: u32) -> Result<Vec<RequestFile>>;
    /// Writes a locked request back.
    async fn update_request(&self, request: &Request) -> Result<()>;
    /// The questions of a round, in the order of asking.
    async fn list_assignments(&self, request: RequestId, generation: u32) -> Result<Vec<Assignment>>;
    /// The question of that id.
    async fn find_assignment(&self, id: AssignmentId) -> Result<Option<Assignment>>;
    /// The open questions of a round for which no link was ever minted: whom no mail has reached yet.
    async fn list_unmailed(&self, request: RequestId, generation: u32) -> Result<Vec<Assignment>>;
    /// Adds a question; `false`, and no change, when this person was asked in this round, stage and attempt already.
    async fn insert_assignment(&self, assignment: &Assignment) -> Result<bool>;
    /// Brings a question from one state to another. `false`, and no change, when it is not in the first: somebody was faster.
    async fn settle_assignment(
        &self,
        id: AssignmentId,
        from: AssignmentState,
        to: AssignmentState,
        at: Time,
    ) -> Result<bool>;
    /// Settles every pending question of a round.
    async fn settle_pending(&self, request: RequestId, generation: u32, state: AssignmentState, at: Time)
    -> Result<()>;
    /// Counts one more reminder on every pending question of a round.
    async fn count_reminder(&self, request: RequestId, generation: u32) -> Result<()>;
    /// The newest decision on a question.
    async fn find_decision(&self, assignment: AssignmentId) -> Result<Option<Decision>>;
    /// Records a decision. A second one of the same number on the same question is a conflict.
    async fn insert_decision(&self, decision: &Decision) -> Result<()>;
    /// Makes somebody an observer; `false`, and no change, when they are one.
    async fn insert_observer(&self, request: RequestId, user: UserId, by: Option<UserId>, at: Time) -> Result<bool>;
    /// Who observes a request.
    async fn list_observers(&self, request: RequestId) -> Result<Vec<UserId>>;
    /// Makes somebody no observer any more; `false` when they are none.
    async fn delete_observer(&self, request: RequestId, user: UserId) -> Result<bool>;

    // Links.

    /// The link of that id.
    async fn find_link(&self, id: LinkId) -> Result<Option<Link>>;
    /// The newest link of a question.
    async fn newest_link_of(&self, assignment: AssignmentId) -> Result<Option<Link>>;
    /// How many links of a question were minted at or after `since`.
    async fn count_links_since(&self, assignment: AssignmentId, since: Time) -> Result<u64>;
    /// Adds a link.
    async fn insert_link(&self, link: &Link) -> Result<()>;
    /// Marks a live link as used; `false` when it is not live.
    async fn use_link(&self, id: LinkId) -> Result<bool>;
    /// Marks the live links of a question as used.
    async fn use_links_of(&self, assignment: AssignmentId) -> Result<()>;
    /// Revokes the live links that `scope` names.
    async fn revoke_links(&self, scope: LinkScope, why: Invalid) -> Result<()>;

    // Mail.

    /// Writes a mail and starts the instance that sends it; `false`, and no change, when its natural key is taken.
    async fn queue_mail(&self, mail: &Mail) -> Result<bool>;
    /// Whether no mail has this natural key.
    async fn is_mail_key_free(&self, natural_key: &str) -> Result<bool>;
    /// The mail of that id.
    async fn find_mail(&self, id: MailId) -> Result<Option<Mail>>;
    /// Writes a mail back.
    async fn update_mail(&self, mail: &Mail) -> Result<()>;

    // Files.

    /// Begins an upload.
    async fn insert_upload(&self, upload: &Upload) -> Result<()>;
    /// Adds chunk `number`, counted from 0, of an upload.
    async fn insert_chunk(&self, upload: UploadId, number: u32, bytes: Vec<u8>) -> Result<()>;
    /// The file of that content.
    async fn find_file(&self, id: FileId) -> Result<Option<StoredFile>>;
    /// Adds a file whose chunks are all stored.
    async fn insert_file(&self, file: &StoredFile, at: Time) -> Result<()>;
    /// Says which file an upload has become.
    async fn finish_upload(&self, upload: UploadId, file: FileId) -> Result<()>;
    /// The upload of that id.
    async fn find_upload(&self, id: UploadId) -> Result<Option<Upload>>;
    /// Deletes an upload's chunks, at most `limit`; how many there were.
    async fn delete_chunks(&self, upload: UploadId, limit: u32) -> Result<u64>;
    /// Deletes uploads begun before `before` that no form can still refer to, at most `limit`; the ids of those whose chunks
    /// no file uses, to be passed to [`Work::delete_chunks`].
    async fn delete_old_uploads(&self, before: Time, limit: u32) -> Result<Vec<UploadId>>;
    /// Deletes files that neither a request nor an upload refers to, at most `limit`, with their previews; the uploads under
    /// which their chunks are kept. One whose preview is being made stays until that has ended.
    async fn delete_unused_files(&self, limit: u32) -> Result<Vec<UploadId>>;
    /// Uploads that still have chunks although nothing refers to them, at most `limit`: what a sweep that was cut off left.
    async fn list_ownerless_chunks(&self, limit: u32) -> Result<Vec<UploadId>>;

    // Records.

    /// Adds an event to a request, with the next number, and nudges those who watch it once it is durable.
    async fn record(&self, request: RequestId, event: NewEvent, at: Time) -> Result<()>;
    /// Adds a line to the audit log, as the last thing that this unit does.
    async fn audit(&self, line: Audit<'_>) -> Result<()>;

    // The engine.

    /// Starts the instance of a request's first round.
    async fn start_request(&self, request: RequestId, generation: u32) -> Result<()>;
    /// Begins a finished request's instance anew. A conflict while it is not finished.
    async fn restart_request(&self, request: RequestId, generation: u32) -> Result<()>;
    /// Tells a request's instance that a question was answered. An instance that has ended needs not be told.
    async fn raise_decision(
        &self,
        request: RequestId,
        assignment: AssignmentId,
        generation: u32,
        decision: DecisionId,
    ) -> Result<()>;
    /// Tells a request's instance that its rows have changed: it reads them and mails whom no mail has reached. An instance that
    /// has ended needs not be told.
    async fn wake_request(&self, request: RequestId) -> Result<()>;
    /// Suspends an instance. A conflict when it does not run.
    async fn suspend(&self, instance: &str, reason: &str) -> Result<()>;
    /// Resumes an instance. A conflict when it is not suspended.
    async fn resume(&self, instance: &str, reason: &str) -> Result<()>;
    /// Terminates an instance; `false` when it has ended already.
    async fn terminate(&self, instance: &str, reason: &str) -> Result<bool>;
    /// Begins a finished instance anew with its own input. A conflict while it is not finished.
    async fn restart(&self, instance: &str) -> Result<()>;
}

/// Which links [`Work::revoke_links`] means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkScope {
    /// Those of one question.
    Assignment(AssignmentId),
    /// Those of all questions of a request, of whatever round.
    Request(RequestId),
    /// Those of one person's questions and invitations.
    User(UserId),
    /// Those that set up the first admin.
    SetUp,
}

/// A line of the audit log.
#[derive(Clone, Debug)]
pub struct Audit<'a> {
    /// When.
    pub at: Time,
    /// Who.
    pub actor: &'a Actor,
    /// What, in the past tense with its object: `request.submitted`.
    pub action: &'static str,
    /// On what: the id of the request, person, link or mail.
    pub object: String,
    /// What else is worth knowing: a reason, a verdict. Never a link, a password or a document.
    pub detail: String,
}

/// What runs within a unit of work.
pub type Job = Box<dyn for<'w> FnOnce(&'w dyn Work) -> BoxFuture<'w, Result<()>> + Send>;

/// Where units of work come from.
#[async_trait]
pub trait Units: Send + Sync + 'static {
    /// Runs `job` in a transaction that is committed when it succeeds and rolled back when it does not; the caller going away
    /// stops neither. `caller` names it in errors and traces. Only reads and writes belong inside: it holds the one writer.
    async fn run(&self, caller: &'static str, job: Job) -> Result<()>;
}
