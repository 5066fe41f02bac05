//! What the mails contain that runs of workflows send.

use super::catalogue::{Button, Condition, Label};
use super::letter::{Action, Addresses, Pen, Words};
use crate::portal::mail::{MailFacts, MailKind, MailedRun};
use crate::portal::policy::Ruling;
use crate::portal::user::Person;

/// What a mail of this run contains; `None` for the kinds that no run sends.
pub(super) fn of(pen: Pen, facts: &MailFacts, run: &MailedRun, addresses: Addresses) -> Option<Words> {
    match facts.mail.kind {
        MailKind::Receipt => Some(receipt(pen, facts, run, addresses)),
        MailKind::Question => Some(question(pen, facts, run, addresses)),
        MailKind::Outcome => Some(outcome(pen, facts, run, addresses)),
        MailKind::ServiceDown => Some(service(pen, facts, run, Condition::Down)),
        MailKind::ServiceStillDown => Some(service(pen, facts, run, Condition::StillDown)),
        MailKind::ServiceRecovered => Some(service(pen, facts, run, Condition::Back)),
        _ => None,
    }
}

fn receipt(pen: Pen, facts: &MailFacts, run: &MailedRun, addresses: Addresses) -> Words {
    Words {
        facts: vec![pen.fact(Label::Order, run.title.as_str())],
        action: see(pen, addresses),
        ..Words::headed(pen.say.receipt().to_owned(), vec![facts.mail.note.clone()])
    }
}

fn question(pen: Pen, facts: &MailFacts, run: &MailedRun, addresses: Addresses) -> Words {
    let who = facts.by.as_ref().map(Person::label);
    let mut table = vec![pen.fact(Label::Document, run.title.as_str())];
    table.extend(who.map(|who| pen.fact(Label::AskedBy, who)));
    table.extend(facts.link.as_ref().map(|link| pen.fact(Label::DecideBy, pen.moment(link.expires_at))));
    Words {
        facts: table,
        action: addresses.link.map(|url| pen.action(Button::Decide, url)),
        small: vec![pen.say.link_is_yours().to_owned()],
        ..Words::opened(pen.say.run_asks(who))
    }
}

fn outcome(pen: Pen, facts: &MailFacts, run: &MailedRun, addresses: Addresses) -> Words {
    let by = Some(facts.mail.note.as_str()).filter(|by| *by != "deadline");
    let approved = facts.mail.ruling == Some(Ruling::Approved);
    Words {
        facts: vec![pen.fact(Label::Document, run.title.as_str())],
        action: see(pen, addresses),
        ..Words::opened(pen.say.run_outcome(approved, by, &run.title))
    }
}

fn service(pen: Pen, facts: &MailFacts, run: &MailedRun, condition: Condition) -> Words {
    let mut table = vec![pen.fact(Label::Service, run.title.as_str())];
    if !facts.mail.note.is_empty() {
        table.push(pen.fact(Label::LastCheck, facts.mail.note.as_str()));
    }
    table.push(pen.fact(Label::At, pen.moment(facts.mail.created_at)));
    Words { facts: table, ..Words::opened(pen.say.service(condition, &run.title)) }
}

/// For those who started the run: they have an account.
fn see(pen: Pen, addresses: Addresses) -> Option<Action> {
    addresses.run.map(|url| pen.action(Button::SeeRun, url))
}
