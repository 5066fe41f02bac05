//! What every language has to be able to say. Names, titles and moments come in; whole sentences come out.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::de::German;
use super::en::English;
use crate::portal::clock::Time;
use crate::portal::digests::MAX_LINES;
use crate::portal::language::Language;
use crate::portal::policy::{FinalRule, Ruling};
use crate::portal::request::Ending;
use crate::portal::zone::Zone;

/// The sentences of a language.
pub(in crate::email) fn sentences_of(language: Language) -> &'static dyn Sentences {
    match language {
        Language::En => &English,
        Language::De => &German,
    }
}

/// A heading and the sentence below it.
pub(in crate::email) struct Opening {
    pub(in crate::email) heading: String,
    pub(in crate::email) line: String,
}

/// A moment as the reader's clock shows it.
pub(in crate::email) struct Local {
    /// Date and time.
    pub(in crate::email) clock: DateTime,
    /// What that time is called: `CET`, `UTC`, or `UTC+03` where it has no letters.
    pub(in crate::email) zone: String,
}

impl Local {
    /// What the clocks of `zone` show at `at`.
    pub(in crate::email) fn of(at: Time, zone: Zone) -> Self {
        let shown = zone.clock_at(at);
        let shifted = at.micros().saturating_add(shown.ahead.saturating_mul(1_000_000));
        let end = if shifted < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let moment = Timestamp::from_microsecond(shifted).unwrap_or(end);
        Self { clock: Zoned::new(moment, TimeZone::UTC).datetime(), zone: shown.abbreviation }
    }
}

/// What a mail is about, as its subject says it: the same for all mails of a request and a language.
pub(in crate::email) enum Subject<'a> {
    Approval(&'a str),
    Receipt(&'a str),
    Service(&'a str),
    Monitor(&'a str),
    Invitation,
    Test,
    Digest,
    /// Of what has no title.
    Other,
}

/// Why somebody is asked for a decision now.
#[derive(Clone, Copy)]
pub(in crate::email) enum Asking {
    First,
    Reminder,
    Escalation,
    Escalated,
    NewLink,
    Resumed,
}

/// In whose place somebody is asked.
pub(in crate::email) enum Place<'a> {
    /// They are the substitute of somebody absent; until when, as [`Sentences::day`] writes it.
    Absent { of: &'a str, until: Option<String> },
    /// Whose question it was passed it on.
    Delegated { of: &'a str },
    /// An admin passed it on.
    Reassigned { of: &'a str },
}

/// How a verdict came about.
pub(in crate::email) enum How<'a> {
    /// With the answer of this person.
    By(&'a str),
    /// An admin decided over everybody's head.
    Overriding(&'a str),
    /// By rule; of the policy with this name, if it had one.
    Automatic(Option<&'a str>),
}

/// How something that is watched stands.
#[derive(Clone, Copy)]
pub(in crate::email) enum Condition {
    Down,
    StillDown,
    /// Still down, told to somebody who was not told before.
    Escalated,
    Back,
}

/// A part of a digest.
#[derive(Clone, Copy)]
pub(in crate::email) enum Digested {
    Waiting,
    ChangesRequested,
    Decided,
}

/// A number of lines of a digest, of which there are no more than [`MAX_LINES`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::email) struct Number(pub(in crate::email) usize);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let more = if self.0 >= MAX_LINES { "+" } else { "" };
        write!(f, "{}{more}", self.0)
    }
}

/// What a line of a mail's table tells.
#[derive(Clone, Copy)]
pub(in crate::email) enum Label {
    Code,
    Request,
    AskedBy,
    Stage,
    Attached,
    DecideBy,
    Otherwise,
    Reason,
    YourAccount,
    SentTo,
    Order,
    Document,
    Service,
    LastCheck,
    At,
    Monitor,
    Address,
    Problem,
    DownSince,
    BackSince,
    DownFor,
}

/// What a mail's button does.
#[derive(Clone, Copy)]
pub(in crate::email) enum Button {
    Decide,
    SeeRequest,
    Revise,
    AcceptInvitation,
    SeeRun,
    SeeMonitor,
    OpenInbox,
}

/// All sentences of a language.
pub(in crate::email) trait Sentences: Sync {
    /// A moment, with weekday and zone.
    fn moment(&self, at: &Local) -> String;
    /// A day without its year, within a sentence.
    fn day(&self, at: &Local) -> String;
    /// A length of time in its largest fitting unit.
    fn span(&self, seconds: i64) -> String;
    /// A number of files.
    fn files(&self, count: u32) -> String;
    /// Which stage of how many; its name may be empty.
    fn stage(&self, number: u32, of: u32, name: &str) -> String;

    /// A subject.
    fn subject(&self, subject: Subject<'_>) -> String;
    /// What a line of a table tells.
    fn label(&self, label: Label) -> &'static str;
    /// What a button does.
    fn button(&self, button: Button) -> &'static str;
    /// The last line of every mail.
    fn sent_by(&self, host: &str) -> String;

    /// Asks for a decision.
    fn asking(&self, why: Asking, who: &str) -> Opening;
    /// Says in whose place.
    fn in_place(&self, place: Place<'_>) -> String;
    /// Warns of passing the link on.
    fn link_is_yours(&self) -> &'static str;
    /// Says how long the link works.
    fn link_works_until(&self, until: &str) -> String;
    /// Brings a code.
    fn code(&self) -> Opening;
    /// Says how long it works, and for whom.
    fn code_works_until(&self, until: &str) -> String;
    /// What happens when nobody decides: the value of [`Label::Otherwise`].
    fn otherwise(&self, rule: FinalRule) -> &'static str;

    /// Tells the verdict and how it came about.
    fn decided(&self, ruling: Ruling, how: How<'_>, title: &str) -> Opening;
    /// Tells that an admin ended a request; `who` may be unknown.
    fn terminated(&self, who: Option<&str>, title: &str) -> Opening;
    /// Tells that a request was withdrawn.
    fn withdrawn(&self, who: Option<&str>, title: &str) -> Opening;
    /// Tells the requester that somebody wants another revision.
    fn changes_requested(&self, who: Option<&str>, title: &str) -> Opening;
    /// Tells somebody that their question was passed on.
    fn reassigned(&self, who: Option<&str>, title: &str) -> Opening;
    /// Tells somebody that they were made an observer.
    fn observing(&self, who: Option<&str>, title: &str) -> Opening;
    /// The heading over a comment that mentions the reader.
    fn mentioned(&self, who: Option<&str>) -> String;
    /// Where a comment is answered, for those who can open the request's page.
    fn answer_on_the_page(&self) -> &'static str;
    /// The same for those who cannot.
    fn use_your_link(&self) -> &'static str;

    /// Invites to an account.
    fn invitation(&self, who: Option<&str>) -> Opening;
    /// Says how long an invitation works.
    fn invitation_works_until(&self, until: &str) -> String;
    /// Shows that mail works.
    fn test(&self) -> Opening;

    /// The heading over the confirmation of an order.
    fn receipt(&self) -> &'static str;
    /// Asks the question of a run; `who` may be nobody.
    fn run_asks(&self, who: Option<&str>) -> Opening;
    /// Tells what a run was answered; by nobody when its time ran out.
    fn run_outcome(&self, approved: bool, by: Option<&str>, title: &str) -> Opening;
    /// Tells of a service that a run watches.
    fn service(&self, condition: Condition, name: &str) -> Opening;
    /// Tells of a monitor's incident.
    fn monitor(&self, condition: Condition, name: &str) -> Opening;
    /// Says that the monitor's page needs an account.
    fn monitor_needs_an_account(&self) -> &'static str;

    /// Opens a digest.
    fn digest(&self, waiting: Number, day: &Local) -> Opening;
    /// The heading of a part of a digest.
    fn digested(&self, part: Digested) -> &'static str;
    /// A line of a digest: who asks, and by when, as [`Sentences::moment`] writes it.
    fn digested_question(&self, who: &str, due: Option<&str>) -> String;
    /// A line of a digest: how a request ended.
    fn digested_outcome(&self, ending: Ending) -> &'static str;
    /// Why the digest comes and how it ends.
    fn why_a_digest(&self) -> &'static str;
    /// The words of the link that ends it.
    fn unsubscribe(&self) -> &'static str;
}
