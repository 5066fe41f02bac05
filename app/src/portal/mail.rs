//! Mails, as rows: a kind and the facts it needs, never a link.

use super::clock::Time;
use super::code::LinkCode;
use super::digests::DigestAbout;
use super::ids::{LinkId, MailId, MonitorId, RequestId, UserId};
use super::language::Language;
use super::link::Link;
use super::policy::{FinalRule, Ruling};
use super::request::{Ending, StandInReason};
use super::user::Person;
use super::zone::Zone;

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailKind {
    /// Asks for a decision.
    Request,
    /// Asks again, before the due time.
    Reminder,
    /// Asks the escalation person.
    Escalation,
    /// Tells those who were asked that the time ran out and somebody else is asked too.
    Escalated,
    /// Tells how the request was decided.
    Decided,
    /// Tells that an admin ended the request.
    Terminated,
    /// Tells that the request was withdrawn.
    Withdrawn,
    /// Tells the requester that another revision is wanted; the note is the reason.
    ChangesRequested,
    /// Tells somebody that another person is asked in their place.
    Reassigned,
    /// Tells somebody that they observe a request from now on.
    Observing,
    /// Tells somebody that a comment mentions them; the note is its text.
    Comment,
    /// Tells somebody once a day what waits for them.
    Digest,
    /// Invites to an account.
    Invitation,
    /// A new link, asked for by its holder.
    NewLink,
    /// The code that goes with a link, asked for by the link's holder.
    Code,
    /// A new link after a hold, which moved the due time beyond the end of the one before.
    Resumed,
    /// Shows that mail works.
    Test,
    /// Confirms an order of a run to whoever started it.
    Receipt,
    /// Asks for the decision that a run waits for.
    Question,
    /// Tells whoever started a run what was decided.
    Outcome,
    /// Tells that a service which a run watches has gone down.
    ServiceDown,
    /// Tells that it stays down.
    ServiceStillDown,
    /// Tells that it is back.
    ServiceRecovered,
    /// Tells that a monitor found its service down.
    MonitorDown,
    /// Tells that it is still down.
    MonitorReminder,
    /// Tells somebody else that it has been down for long.
    MonitorEscalated,
    /// Tells that it answers again.
    MonitorRecovered,
}

/// The incident of a monitor that a mail is about, as it stood when the mail was written: it is told even when the monitor was
/// changed or deleted since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailedMonitor {
    /// The monitor.
    pub id: MonitorId,
    /// Its name.
    pub name: String,
    /// The address that it checks.
    pub url: String,
    /// The number of the incident.
    pub incident: u64,
    /// When the service went down.
    pub began_at: Time,
    /// When it came back.
    pub ended_at: Option<Time>,
}

/// The run of a workflow that a mail comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailedRun {
    /// Its id.
    pub id: String,
    /// What the mail is about, in a line: an order, a document, an address.
    pub title: String,
}

/// Where a mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// Will be sent.
    Queued,
    /// An attempt failed; there will be another one.
    Retrying,
    /// Accepted by the mail server.
    Sent,
    /// Given up.
    Failed,
    /// No mail server is configured: kept for admins to read.
    Kept,
}

impl MailState {
    /// Every state, in the order in which filters list them.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Retrying, Self::Sent, Self::Failed, Self::Kept];

    /// Whether nothing will change it but a retry by hand.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Sent | Self::Failed | Self::Kept)
    }
}

/// The step of a delivery that failed, where it can be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailStep {
    /// The message could not be written.
    Compose,
    /// Reaching the server.
    Connect,
    /// Agreeing on encryption.
    Tls,
    /// Signing in at the server, or greeting it.
    Auth,
    /// The server took the connection but refused the sender, the recipient or the content.
    Refused,
}

/// A mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Which.
    pub id: MailId,
    /// What about.
    pub kind: MailKind,
    /// To whom.
    pub to: UserId,
    /// The request, if it is about one.
    pub request: Option<RequestId>,
    /// The run that sends it, if one does.
    pub run: Option<MailedRun>,
    /// The incident that it is about, if a monitor sends it.
    pub monitor: Option<MailedMonitor>,
    /// The link it carries, computed when it is sent.
    pub link: Option<LinkId>,
    /// What makes it the only one of its sort: a repeated activity finds it and writes no second one.
    pub natural_key: String,
    /// A sentence that belongs to it: a reason, for instance, or the text of a question; empty when none.
    pub note: String,
    /// Who caused it, where the mail says so.
    pub by: Option<UserId>,
    /// How the request ended, for [`MailKind::Decided`], or what was decided, for [`MailKind::Outcome`].
    pub ruling: Option<Ruling>,
    /// Where it stands.
    pub state: MailState,
    /// Attempts made.
    pub attempts: u32,
    /// The server's own sentence at the last failed attempt.
    pub error: Option<String>,
    /// The step that failed.
    pub failed_step: Option<MailStep>,
    /// When the next attempt is made.
    pub next_attempt_at: Option<Time>,
    /// When it was written.
    pub created_at: Time,
    /// When it was accepted or kept.
    pub sent_at: Option<Time>,
}

impl Mail {
    /// The engine's instance that sends it.
    pub fn instance(&self) -> String {
        instance_of_mail(self.id)
    }

    /// What it is about, where that is no request: the title of a run, the name of a monitor.
    pub fn own_title(&self) -> Option<&str> {
        let run = self.run.as_ref().map(|run| run.title.as_str());
        run.or(self.monitor.as_ref().map(|monitor| monitor.name.as_str()))
    }
}

/// The id of the engine's instance of a mail.
pub fn instance_of_mail(id: MailId) -> String {
    format!("mail-{id}")
}

/// Everything a mail is rendered from, read at the moment of sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailFacts {
    /// The mail.
    pub mail: Mail,
    /// To whom.
    pub to: Person,
    /// In which language they read it.
    pub language: Language,
    /// In whose time.
    pub zone: Zone,
    /// Who caused it, if the mail says so.
    pub by: Option<Person>,
    /// The link it carries; for [`MailKind::Digest`] the one that ends the digests.
    pub link: Option<Link>,
    /// The code that it brings, for [`MailKind::Code`]; none once that is kept no more.
    pub code: Option<LinkCode>,
    /// The request it is about.
    pub request: Option<MailedRequest>,
    /// What a digest lists.
    pub digest: Option<MailedDigest>,
    /// Whether the receiver can sign in, so that a link to a page leads them somewhere.
    pub has_account: bool,
}

impl MailFacts {
    /// The title of what the mail is about.
    pub fn title(&self) -> Option<&str> {
        self.request.as_ref().map(|request| request.title.as_str()).or(self.mail.own_title())
    }
}

/// What mails say of a request. The document itself is not in mails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailedRequest {
    /// Which.
    pub id: RequestId,
    /// Its title.
    pub title: String,
    /// Who asks.
    pub requester: Person,
    /// The stage that is open; the last one that was, once it has ended.
    pub stage: Option<MailedStage>,
    /// In whose place the receiver is asked, if they are.
    pub stands_in: Option<MailedPlace>,
    /// By when.
    pub due_at: Option<Time>,
    /// How its open stage ends if nobody decides; none where it does not.
    pub final_rule: Option<FinalRule>,
    /// The name of the stored policy that it was submitted with.
    pub policy: Option<String>,
    /// Whether an admin decided it over everybody's head.
    pub overridden: bool,
    /// How many files it has.
    pub files: u32,
}

/// A stage as mails name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailedStage {
    /// Its number, from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
    /// Its name; may be empty.
    pub name: String,
}

/// In whose place somebody is asked, as mails say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailedPlace {
    /// Whose question it was.
    pub of: Person,
    /// Why.
    pub why: StandInReason,
    /// The end of their absence, where it is known.
    pub until: Option<Time>,
}

/// What a digest lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailedDigest {
    /// Its lines, in their order.
    pub lines: Vec<MailedLine>,
}

/// One line of a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailedLine {
    /// Why it is there.
    pub about: DigestAbout,
    /// The request.
    pub request: RequestId,
    /// Its title.
    pub title: String,
    /// Who asks.
    pub requester: Person,
    /// By when.
    pub due_at: Option<Time>,
    /// How it ended, if it did.
    pub ending: Option<Ending>,
    /// The link to the decision, for [`DigestAbout::Waiting`].
    pub link: Option<Link>,
}

/// How an attempt to send ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The server accepted it.
    Sent,
    /// No server is configured; it stays here.
    Kept,
}

/// Why an attempt to send failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailTrouble {
    /// At which step, where it can be known.
    pub step: MailStep,
    /// The server's own sentence.
    pub sentence: String,
    /// Whether another attempt would only hear the same.
    pub permanent: bool,
}
