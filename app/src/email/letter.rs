//! What each kind of mail says.

use super::{monitor_letter, run_letter};
use crate::portal::clock::Time;
use crate::portal::mail::{MailFacts, MailKind, MailedRequest};
use crate::portal::policy::{FinalRule, Ruling};
use crate::view::Moment;

/// A line of a mail's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What.
    pub label: &'static str,
    /// Its value.
    pub value: String,
}

/// The one button of a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Action {
    /// What it does.
    pub label: &'static str,
    /// Where it leads; may hold a secret.
    pub url: String,
}

/// The words of a mail, for both of its parts.
pub(super) struct Words {
    pub(super) heading: String,
    pub(super) lines: Vec<String>,
    pub(super) facts: Vec<Fact>,
    pub(super) action: Option<Action>,
    pub(super) small: Vec<String>,
}

/// Addresses that a mail may lead to.
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
}

impl Words {
    /// What the mail says. Times are in UTC, and say so.
    pub(super) fn of(facts: &MailFacts, addresses: Addresses) -> Self {
        let of_run = facts.mail.run.as_ref();
        if let Some(words) = of_run.and_then(|run| run_letter::of(facts, run, addresses.clone())) {
            return words;
        }
        let of_monitor = facts.mail.monitor.as_ref();
        if let Some(words) = of_monitor.and_then(|monitor| monitor_letter::of(facts, monitor, addresses.clone())) {
            return words;
        }
        match (facts.mail.kind, &facts.request) {
            (MailKind::Invitation, _) => invitation(facts, addresses),
            (MailKind::Decided, Some(request)) => decided(facts, request, addresses),
            (MailKind::Terminated, Some(request)) => terminated(facts, request, addresses),
            (MailKind::Withdrawn, Some(request)) => withdrawn(facts, request, addresses),
            (MailKind::Comment, Some(request)) => comment(facts, request, addresses),
            (kind, Some(request)) => question(kind, facts, request, addresses),
            (_, None) => test(facts),
        }
    }
}

fn question(kind: MailKind, facts: &MailFacts, request: &MailedRequest, addresses: Addresses) -> Words {
    let who = request.requester.label();
    let (heading, line) = match kind {
        MailKind::Reminder => (
            format!("Reminder: {who} waits for your decision"),
            "You were asked to decide on this and have not answered yet.".into(),
        ),
        MailKind::Escalation => (
            format!("{who} needs your decision"),
            "Nobody decided on this in time, so it was escalated to you. Your answer decides alone.".into(),
        ),
        MailKind::Escalated => (
            "Time ran out, and somebody else is asked too".into(),
            "Nobody decided on this in time, so it was escalated. Until it is decided you can still answer.".into(),
        ),
        MailKind::NewLink => {
            ("Your new link".into(), "You asked for a new link. The one before no longer works.".into())
        }
        MailKind::Resumed => (
            format!("{who} waits for your decision again"),
            "This was on hold and goes on now, with more time. Please use this link; the one before no longer works."
                .into(),
        ),
        _ => (
            format!("{who} asks for your approval"),
            "Please look at it and say yes or no. You need no account.".into(),
        ),
    };
    let mut table = about(request);
    if let Some(due) = request.due_at {
        table.push(Fact { label: "Decide by", value: moment(due) });
        table.push(Fact { label: "Otherwise", value: otherwise(request.final_rule).into() });
    }
    let mut small = vec![
        "This link is yours alone: whoever has it can decide in your name, so please do not forward this mail."
            .to_owned(),
    ];
    small.extend(facts.link.as_ref().map(|link| format!("It works until {}.", moment(link.expires_at))));
    let action = addresses.link.map(|url| Action { label: "Look and decide", url });
    Words { heading, lines: vec![line], facts: table, action, small }
}

fn decided(facts: &MailFacts, request: &MailedRequest, addresses: Addresses) -> Words {
    let (heading, outcome) = match facts.mail.ruling {
        Some(Ruling::Approved) => ("Approved", "approved"),
        Some(Ruling::Rejected) => ("Rejected", "rejected"),
        Some(Ruling::Expired) | None => ("Expired", "closed: nobody decided in time"),
    };
    let how = match &facts.by {
        Some(person) => format!("It was {outcome} with the decision of {}.", person.label()),
        None => format!("It was {outcome} automatically, by the rule that the request was submitted with."),
    };
    let action = addresses.request.map(|url| Action { label: "See the request", url });
    let mut table = about(request);
    if !facts.mail.note.is_empty() {
        table.push(Fact { label: "Reason", value: facts.mail.note.clone() });
    }
    Words {
        heading: format!("{heading}: {}", request.title),
        lines: vec![how],
        facts: table,
        action,
        small: Vec::new(),
    }
}

fn terminated(facts: &MailFacts, request: &MailedRequest, addresses: Addresses) -> Words {
    let who = facts.by.as_ref().map_or("An administrator", |person| person.label());
    let mut table = about(request);
    table.push(Fact { label: "Reason", value: facts.mail.note.clone() });
    Words {
        heading: format!("Ended: {}", request.title),
        lines: vec![format!(
            "{who} ended this request without a verdict. No decision is needed any more; earlier links no longer work."
        )],
        facts: table,
        action: addresses.request.map(|url| Action { label: "See the request", url }),
        small: Vec::new(),
    }
}

fn withdrawn(facts: &MailFacts, request: &MailedRequest, addresses: Addresses) -> Words {
    let who = facts.by.as_ref().map_or("An administrator", |person| person.label());
    let mut table = about(request);
    if !facts.mail.note.is_empty() {
        table.push(Fact { label: "Reason", value: facts.mail.note.clone() });
    }
    Words {
        heading: format!("Withdrawn: {}", request.title),
        lines: vec![format!(
            "{who} withdrew this request. No decision is needed any more; earlier links no longer work."
        )],
        facts: table,
        action: addresses.request.map(|url| Action { label: "See the request", url }),
        small: Vec::new(),
    }
}

fn comment(facts: &MailFacts, request: &MailedRequest, addresses: Addresses) -> Words {
    let who = facts.by.as_ref().map_or("Somebody", |person| person.label());
    let lines = facts.mail.note.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
    let small = match addresses.request {
        Some(_) => "Answer on the page of the request; whoever answers this mail reaches nobody.",
        None => "If you were asked to decide, the link in that mail is the way to the document.",
    };
    Words {
        heading: format!("{who} mentioned you in a comment"),
        lines,
        facts: about(request),
        action: addresses.request.map(|url| Action { label: "See the request", url }),
        small: vec![small.to_owned()],
    }
}

fn invitation(facts: &MailFacts, addresses: Addresses) -> Words {
    let who = facts.by.as_ref().map_or("An administrator", |person| person.label());
    let until = facts
        .link
        .as_ref()
        .map(|link| format!("The invitation is yours alone and works until {}.", moment(link.expires_at)));
    Words {
        heading: format!("{who} invites you"),
        lines: vec![
            "Choose a name and a password, and you can submit documents for approval and decide on those of others."
                .into(),
        ],
        facts: vec![Fact { label: "Your account", value: facts.to.email.clone() }],
        action: addresses.link.map(|url| Action { label: "Accept the invitation", url }),
        small: until.into_iter().collect(),
    }
}

fn test(facts: &MailFacts) -> Words {
    Words {
        heading: "Mail works".into(),
        lines: vec![
            "This is the test mail that you asked for. Whoever is asked to decide will get theirs the same way.".into(),
        ],
        facts: vec![Fact { label: "Sent to", value: facts.to.email.clone() }],
        action: None,
        small: Vec::new(),
    }
}

fn about(request: &MailedRequest) -> Vec<Fact> {
    let mut table = vec![
        Fact { label: "Request", value: request.title.clone() },
        Fact { label: "Asked by", value: asker(request) },
    ];
    if request.files > 0 {
        let plural = if request.files == 1 { "" } else { "s" };
        table.push(Fact { label: "Attached", value: format!("{} file{plural}", request.files) });
    }
    table
}

fn asker(request: &MailedRequest) -> String {
    let person = &request.requester;
    if person.name.is_empty() { person.email.clone() } else { format!("{} ({})", person.name, person.email) }
}

const fn otherwise(rule: FinalRule) -> &'static str {
    match rule {
        FinalRule::Reject => "it is rejected automatically",
        FinalRule::Approve => "it is approved automatically",
        FinalRule::Expire => "it expires undecided",
    }
}

pub(super) fn moment(time: Time) -> String {
    // What is relative to the moment of sending would be wrong when the mail is read.
    Moment::at(time.micros(), time.micros()).full
}
