//! What each kind of mail contains. What it says is in the catalogue of its reader's language.

use super::catalogue::{Button, Label, Local, Opening, Sentences, Subject, sentences_of};
use super::{digest_letter, monitor_letter, request_letter, run_letter};
use crate::portal::clock::Time;
use crate::portal::language::Language;
use crate::portal::mail::{MailFacts, MailKind};
use crate::portal::user::{Person, one_line};
use crate::portal::zone::Zone;

/// A line of a mail's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What.
    pub label: &'static str,
    /// Its value.
    pub value: String,
}

/// A button of a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Action {
    /// What it does.
    pub label: &'static str,
    /// Where it leads; may hold a secret.
    pub url: String,
}

/// A part of a mail that lists things.
#[derive(Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub title: &'static str,
    /// What it lists.
    pub items: Vec<Item>,
}

/// One thing of a list.
#[derive(Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub title: String,
    /// What is to be known of it.
    pub line: String,
    /// Its own button.
    pub action: Action,
}

/// The words of a mail, for both of its parts.
pub(super) struct Words {
    pub(super) heading: String,
    pub(super) lines: Vec<String>,
    pub(super) facts: Vec<Fact>,
    pub(super) sections: Vec<Section>,
    pub(super) action: Option<Action>,
    pub(super) small: Vec<String>,
    pub(super) unsubscribe: Option<Action>,
}

/// What a mail holds that is computed when it is sent: the addresses that it may lead to, and a code.
#[derive(Clone)]
pub(super) struct Addresses {
    /// The signed link, if the mail has one.
    pub(super) link: Option<String>,
    /// The page of the request, for those who can open it.
    pub(super) request: Option<String>,
    /// The page of the run, for those with an account.
    pub(super) run: Option<String>,
    /// The page of the monitor, for those with an account.
    pub(super) monitor: Option<String>,
    /// The reader's inbox.
    pub(super) inbox: String,
    /// Where the lines of a digest lead, in their order.
    pub(super) lines: Vec<String>,
    /// The digits of the code that it brings.
    pub(super) code: Option<String>,
}

/// The subject of a mail: the same for every mail of a request, or of a run, in a language, so that mail programs keep a
/// conversation together. The title is that of the request or of what the run is about.
pub fn subject(kind: MailKind, title: Option<&str>, language: Language) -> String {
    use MailKind::{MonitorDown, MonitorEscalated, MonitorRecovered, MonitorReminder};
    use MailKind::{Receipt, ServiceDown, ServiceRecovered, ServiceStillDown};
    let title = title.map(one_line);
    let about = match (kind, title.as_deref()) {
        (Receipt, Some(title)) => Subject::Receipt(title),
        (ServiceDown | ServiceStillDown | ServiceRecovered, Some(title)) => Subject::Service(title),
        (MonitorDown | MonitorReminder | MonitorEscalated | MonitorRecovered, Some(title)) => Subject::Monitor(title),
        (_, Some(title)) => Subject::Approval(title),
        (MailKind::Invitation, None) => Subject::Invitation,
        (MailKind::Test, None) => Subject::Test,
        (MailKind::Digest, None) => Subject::Digest,
        (_, None) => Subject::Other,
    };
    sentences_of(language).subject(about)
}

/// Writes for one reader: in their language and in their time.
#[derive(Clone, Copy)]
pub(super) struct Pen {
    /// Their language.
    pub(super) say: &'static dyn Sentences,
    zone: Zone,
}

impl Pen {
    /// For the reader of a mail.
    pub(super) fn of(facts: &MailFacts) -> Self {
        Self { say: sentences_of(facts.language), zone: facts.zone }
    }

    /// What the reader's clock shows.
    pub(super) fn local(self, at: Time) -> Local {
        Local::of(at, self.zone)
    }

    /// A moment. What is relative to the moment of sending would be wrong when the mail is read.
    pub(super) fn moment(self, at: Time) -> String {
        self.say.moment(&self.local(at))
    }

    /// A line of a table.
    pub(super) fn fact(self, label: Label, value: impl Into<String>) -> Fact {
        Fact { label: self.say.label(label), value: value.into() }
    }

    /// A button.
    pub(super) fn action(self, button: Button, url: String) -> Action {
        Action { label: self.say.button(button), url }
    }
}

impl Words {
    /// A mail that says this and nothing more.
    pub(super) fn opened(opening: Opening) -> Self {
        Self::headed(opening.heading, vec![opening.line])
    }

    /// The same with other lines than one.
    pub(super) fn headed(heading: String, lines: Vec<String>) -> Self {
        let (facts, sections, small) = (Vec::new(), Vec::new(), Vec::new());
        Self { heading, lines, facts, sections, action: None, small, unsubscribe: None }
    }

    /// What the mail says.
    pub(super) fn of(facts: &MailFacts, addresses: Addresses) -> Self {
        let pen = Pen::of(facts);
        let of_run = facts.mail.run.as_ref();
        if let Some(words) = of_run.and_then(|run| run_letter::of(pen, facts, run, addresses.clone())) {
            return words;
        }
        let of_monitor = facts.mail.monitor.as_ref();
        if let Some(words) = of_monitor.and_then(|of| monitor_letter::of(pen, facts, of, addresses.clone())) {
            return words;
        }
        match (facts.mail.kind, &facts.request, &facts.digest) {
            (MailKind::Invitation, _, _) => invitation(pen, facts, addresses),
            (MailKind::Digest, _, Some(digest)) => digest_letter::of(pen, facts, digest, addresses),
            (_, Some(request), _) => request_letter::of(pen, facts, request, addresses),
            (_, None, _) => test(pen, facts),
        }
    }
}

fn invitation(pen: Pen, facts: &MailFacts, addresses: Addresses) -> Words {
    let who = facts.by.as_ref().map(Person::label);
    let until = facts.link.as_ref().map(|link| pen.say.invitation_works_until(&pen.moment(link.expires_at)));
    Words {
        facts: vec![pen.fact(Label::YourAccount, facts.to.email.as_str())],
        action: addresses.link.map(|url| pen.action(Button::AcceptInvitation, url)),
        small: until.into_iter().collect(),
        ..Words::opened(pen.say.invitation(who))
    }
}

fn test(pen: Pen, facts: &MailFacts) -> Words {
    Words { facts: vec![pen.fact(Label::SentTo, facts.to.email.as_str())], ..Words::opened(pen.say.test()) }
}
