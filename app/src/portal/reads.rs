//! What pages read. Nothing here writes; every answer takes a constant number of queries.

use async_trait::async_trait;

use super::audit::AuditReads;
use super::clock::Time;
use super::error::Result;
use super::file::RequestFile;
use super::ids::{AssignmentId, LinkId, MailId, RequestId, UploadId, UserId};
use super::inbox::{InboxFilter, InboxReads};
use super::link::Link;
use super::mail::{Mail, MailFacts, MailState};
use super::monitors::MonitorReads;
use super::once::OnceReads;
use super::request::{Assignment, Closed, Decision, EventKind, Request, RequestState};
use super::tokens::TokenReads;
use super::user::{Email, Person, User};
use super::webhooks::WebhookReads;
use super::workflows::WorkflowReads;

/// Reads for pages.
#[async_trait]
pub trait Reads:
    AuditReads + InboxReads + MonitorReads + OnceReads + TokenReads + WebhookReads + WorkflowReads + Send + Sync + 'static
{
    /// The person of that id.
    async fn find_user(&self, id: UserId) -> Result<Option<User>>;
    /// The person with that address.
    async fn find_user_by_email(&self, email: &Email) -> Result<Option<User>>;
    /// Whether there is an active admin.
    async fn has_admin(&self) -> Result<bool>;
    /// Everybody, by name and address.
    async fn list_people(&self) -> Result<Vec<User>>;

    /// How many open requests wait for `user`, how many they submitted, and how many there are.
    async fn count_inbox(&self, user: UserId) -> Result<InboxCounts>;
    /// A page of requests; see [`InboxQuery`].
    async fn list_inbox(&self, query: &InboxQuery) -> Result<Vec<InboxRow>>;
    /// The request with everything its page shows.
    async fn find_request(&self, id: RequestId) -> Result<Option<RequestRecord>>;
    /// A request's events after number `after`, oldest first.
    async fn list_events(&self, id: RequestId, after: i64) -> Result<Vec<EventRecord>>;
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

/// Requests per tab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InboxCounts {
    /// Open requests that wait for the reader's answer.
    pub waiting: u64,
    /// Requests that the reader submitted.
    pub mine: u64,
    /// Every request.
    pub all: u64,
}

/// A tab of the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboxTab {
    /// Open requests that wait for the reader's answer, most urgent first.
    Waiting,
    /// Requests that the reader submitted, newest first.
    Mine,
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
    /// Approvals so far.
    pub approved: u32,
    /// Approvals needed.
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
    /// The escalation person of its policy.
    pub escalate_to: Option<Person>,
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
    /// Whether that person may no longer decide.
    pub disabled: bool,
    /// Their answer.
    pub decision: Option<Decision>,
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
    /// Its subject.
    pub subject: String,
}

impl RequestRecord {
    /// The question put to `user` in the present round.
    pub fn asked_of(&self, user: UserId) -> Option<&Asked> {
        self.asked.iter().find(|asked| asked.assignment.user == user)
    }

    /// How it ended.
    pub fn closed(&self) -> Option<&Closed> {
        self.request.closed.as_ref()
    }
}
