//! Mails, as rows: a kind and the facts it needs, never a link.

use super::clock::Time;
use super::ids::{LinkId, MailId, MonitorId, RequestId, UserId};
use super::policy::{FinalRule, Ruling};

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
    /// Tells somebody that a comment mentions them; the note is its text.
    Comment,
    /// Invites to an account.
    Invitation,
    /// A new link, asked for by its holder.
    NewLink,
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

/// The subject: constant per request and per run, so that mail programs keep a conversation together. The title is that of the
/// request or of what the run is about.
pub fn subject(kind: MailKind, title: Option<&str>) -> String {
    use MailKind::{MonitorDown, MonitorEscalated, MonitorRecovered, MonitorReminder};
    use MailKind::{Receipt, ServiceDown, ServiceRecovered, ServiceStillDown};
    match (kind, title) {
        (Receipt, Some(title)) => format!("Confirmed: {}", super::user::one_line(title)),
        (ServiceDown | ServiceStillDown | ServiceRecovered, Some(title)) => {
            format!("Service: {}", super::user::one_line(title))
        }
        (MonitorDown | MonitorReminder | MonitorEscalated | MonitorRecovered, Some(title)) => {
            format!("Monitor: {}", super::user::one_line(title))
        }
        (_, Some(title)) => format!("Approval: {}", super::user::one_line(title)),
        (MailKind::Invitation, None) => "Your invitation to Countersign".to_owned(),
        (MailKind::Test, None) => "Test mail from Countersign".to_owned(),
        (_, None) => "Countersign".to_owned(),
    }
}

/// Everything a mail is rendered from, read at the moment of sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailFacts {
    /// The mail.
    pub mail: Mail,
    /// To whom.
    pub to: super::user::Person,
    /// Who caused it, if the mail says so.
    pub by: Option<super::user::Person>,
    /// The link it carries.
    pub link: Option<super::link::Link>,
    /// The request it is about.
    pub request: Option<MailedRequest>,
    /// Whether the receiver can sign in, so that a link to a page leads them somewhere.
    pub has_account: bool,
}

impl MailFacts {
    /// The mail's subject.
    pub fn subject(&self) -> String {
        let title = self.request.as_ref().map(|request| request.title.as_str());
        subject(self.mail.kind, title.or(self.mail.own_title()))
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
    pub requester: super::user::Person,
    /// By when.
    pub due_at: Option<Time>,
    /// How it ends if nobody decides.
    pub final_rule: FinalRule,
    /// How many files it has.
    pub files: u32,
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
