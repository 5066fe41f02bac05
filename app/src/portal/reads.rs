//! What pages read. Nothing here writes; every answer takes a constant number of queries.

use async_trait::async_trait;

use super::absence::AbsenceReads;
use super::audit::AuditReads;
use super::certificate::CertificateReads;
use super::clock::Time;
use super::code::CodeReads;
use super::error::Result;
use super::file::RequestFile;
use super::groups::GroupReads;
use super::ids::{AssignmentId, LinkId, MailId, RequestId, RevisionHash, UploadId, UserId};
use super::inbox::{InboxFilter, InboxReads};
use super::key_uses::KeyReads;
use super::language::Language;
use super::link::Link;
use super::mail::{Mail, MailFacts, MailState};
use super::monitors::MonitorReads;
use super::once::OnceReads;
use super::policies::PolicyReads;
use super::previews::PreviewReads;
use super::request::{Assignment, Closed, Decision, EventKind, Request, RequestState, question_of};
use super::saved_views::SavedViewReads;
use super::search::SearchReads;
use super::settings::SessionReads;
use super::tokens::TokenReads;
use super::user::{Email, Person, User};
use super::webhooks::WebhookReads;
use super::workflows::WorkflowReads;

/// Reads for pages.
#[async_trait]
pub trait Reads:
    AbsenceReads
    + AuditReads
    + CertificateReads
    + CodeReads
    + GroupReads
    + InboxReads
    + KeyReads
    + MonitorReads
    + OnceReads
    + PolicyReads
    + PreviewReads
    + SavedViewReads
    + SearchReads
    + SessionReads
    + TokenReads
    + WebhookReads
    + WorkflowReads
    + Send
    + Sync
    + 'static
{
    /// The person of that id.
    async fn find_user(&self, id: UserId) -> Result<Option<User>>;
    /// The person with that address.
    async fn find_user_by_email(&self, email: &Email) -> Result<Option<User>>;
    /// Whether there is an active admin.
    async fn has_admin(&self) -> Result<bool>;
    /// Everybody, by name and address.
    async fn list_people(&self) -> Result<Vec<User>>;

    /// How many requests there are in each tab of this person's inbox.
    async fn count_inbox(&self, user: UserId) -> Result<InboxCounts>;
    /// A page of requests; see [`InboxQuery`].
    async fn list_inbox(&self, query: &InboxQuery) -> Result<Vec<InboxRow>>;
    /// The request with everything its page shows.
    async fn find_request(&self, id: RequestId) -> Result<Option<RequestRecord>>;
    /// A request's events after number `after`, oldest first.
    async fn list_events(&self, id: RequestId, after: i64) -> Result<Vec<EventRecord>>;
    /// The revisions of a request with their files, oldest first.
    async fn list_revisions(&self, id: RequestId) -> Result<Vec<Revision>>;
    /// The files of a revision, by number; none when there is no such revision.
    async fn list_revision_files(&self, id: RequestId, revision: u32) -> Result<Vec<RequestFile>>;
    /// The texts, Markdown as typed, of these revisions of a request, each with its number, oldest first.
    async fn list_revision_texts(&self, id: RequestId, revisions: &[u32]) -> Result<Vec<(u32, String)>>;
    /// A request's title and requester.
    async fn find_request_title(&self, id: RequestId) -> Result<Option<(String, Person)>>;

    /// The link of that id.
    async fn find_link(&self, id: LinkId) -> Result<Option<Link>>;
    /// Who sent the invitation with this link.
    async fn find_inviter(&self, id: LinkId) -> Result<Option<Person>>;
    /// The question of that id.
    async fn find_assignment(&self, id: AssignmentId) -> Result<Option<Assignment>>;

    /// How many mails are in each state, for those that have any.
    async fn count_mails(&self) -> Result<Vec<(MailState, u64)>>;
    /// A page of mails, newest first: those older than `before`, at most `limit`.
    async fn list_mails(&self, state: Option<MailState>, before: Option<MailId>, limit: u64) -> Result<Vec<MailLine>>;
    /// A mail with everything it is rendered from.
    async fn find_mail_facts(&self, id: MailId) -> Result<Option<MailFacts>>;
    /// The sentence of the newest failed attempt since a mail last went through.
    async fn mail_trouble(&self) -> Result<Option<String>>;

    /// Chunk `number`, counted from 0, of the file whose chunks are kept under `chunks_of`.
    async fn find_chunk(&self, chunks_of: UploadId, number: u32) -> Result<Option<Vec<u8>>>;
    /// The uploads of these ids by this person that have become files, in the order asked for.
    async fn list_uploads(&self, by: UserId, ids: &[UploadId]) -> Result<Vec<super::file::Upload>>;
}

/// Requests per tab, each counted up to [`InboxCounts::MOST`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InboxCounts {
    /// Open requests that wait for the reader's answer.
    pub waiting: u64,
    /// Requests that the reader submitted.
    pub mine: u64,
    /// Requests that the reader observes.
    pub watching: u64,
    /// Requests that have ended, and that the reader submitted or has a question about in the present round.
    pub done: u64,
    /// Every request.
    pub all: u64,
}

impl InboxCounts {
    /// So many or more: nobody wants to know how many there are, and counting them all would take time.
    pub const MOST: u64 = 1_000;
}

/// A tab of the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboxTab {
    /// Open requests that wait for the reader's answer, most urgent first.
    Waiting,
    /// Requests that the reader submitted, newest first.
    Mine,
    /// Requests that the reader observes, newest first.
    Watching,
    /// Requests that have ended, and that the reader submitted or has a question about in the present round; newest first.
    Done,
    /// Every request, newest first.
    All,
}

/// Which page of the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxQuery {
    /// Whose.
    pub user: UserId,
    /// Which tab.
    pub tab: InboxTab,
    /// What it is narrowed to.
    pub filter: InboxFilter,
    /// The moment from which due times are seen.
    pub now: Time,
    /// After which row: the cursor of the page before.
    pub after: Option<InboxCursor>,
    /// At most so many rows.
    pub limit: u64,
}

/// A place in the list: stable while rows come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxCursor {
    /// The row's due time in the waiting tab (`i64::MAX` without one), zero elsewhere.
    pub due: i64,
    /// The row.
    pub id: RequestId,
}

/// One request in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxRow {
    /// Which.
    pub id: RequestId,
    /// Its title.
    pub title: String,
    /// Who submitted it.
    pub requester: Person,
    /// Where it stands.
    pub state: RequestState,
    /// Which stage is open, from 1; the last one that was, once closed.
    pub stage: u32,
    /// How many stages there are.
    pub stages: u32,
    /// Approvals in that stage so far.
    pub approved: u32,
    /// Approvals that it needs.
    pub needed: u32,
    /// By when, while it is open.
    pub due_at: Option<Time>,
    /// When it was submitted.
    pub submitted_at: Time,
}

/// A request with everything its page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    /// The request.
    pub request: Request,
    /// Who submitted it.
    pub requester: Person,
    /// Everybody whom its policy names, in no order.
    pub named: Vec<Person>,
    /// Who observes it.
    pub observers: Vec<Person>,
    /// Who closed it.
    pub closed_by: Option<Person>,
    /// The files of its revision, by number.
    pub files: Vec<RequestFile>,
    /// The questions of the present round, in the order of asking.
    pub asked: Vec<Asked>,
    /// What happened, oldest first.
    pub events: Vec<EventRecord>,
}

/// A question with whom it is put to and what they answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The question.
    pub assignment: Assignment,
    /// Who is asked.
    pub person: Person,
    /// In whose place.
    pub stands_in_for: Option<Person>,
    /// Whether that person may no longer decide.
    pub disabled: bool,
    /// Their answer.
    pub decision: Option<Decision>,
}

/// A revision of a request, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its number, from 1.
    pub number: u32,
    /// One line.
    pub title: String,
    /// Its hash.
    pub hash: RevisionHash,
    /// When it was submitted.
    pub at: Time,
    /// By whom.
    pub by: Person,
    /// What they say about it; empty for the first one.
    pub note: String,
    /// Its files, by number.
    pub files: Vec<RequestFile>,
}

/// Something that happened to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRecord {
    /// Its number within the request, from 1.
    pub seq: i64,
    /// When.
    pub at: Time,
    /// What.
    pub kind: EventKind,
    /// Who did it; nobody when it happened by rule.
    pub actor: Option<Person>,
    /// Whom it concerns.
    pub subject: Option<Person>,
    /// What they wrote; empty when nothing.
    pub note: String,
}

/// One mail in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailLine {
    /// The mail.
    pub mail: Mail,
    /// To whom.
    pub to: Person,
    /// In which language they read it.
    pub language: Language,
    /// The title of what it is about; together with kind and language it makes the subject.
    pub title: Option<String>,
}

impl RequestRecord {
    /// The question put to `user` in the present round: the one asked last that still counts.
    pub fn asked_of(&self, user: UserId) -> Option<&Asked> {
        let question = question_of(user, self.asked.iter().map(|asked| &asked.assignment))?;
        self.asked.iter().find(|asked| asked.assignment.id == question.id)
    }

    /// Somebody whom its policy names, or who is asked.
    pub fn person(&self, user: UserId) -> Option<&Person> {
        let asked = self.asked.iter().map(|asked| &asked.person);
        self.named.iter().chain(asked).find(|person| person.id == user)
    }

    /// How it ended.
    pub fn closed(&self) -> Option<&Closed> {
        self.request.closed.as_ref()
    }
}
