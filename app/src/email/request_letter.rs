//! What the mails about a request contain.

use super::catalogue::{Asking, Button, How, Label, Opening, Place};
use super::letter::{Addresses, Fact, Pen, Words};
use crate::portal::mail::{MailFacts, MailKind, MailedRequest};
use crate::portal::policy::Ruling;
use crate::portal::request::StandInReason;
use crate::portal::user::Person;

/// What a mail about this request contains.
pub(super) fn of(pen: Pen, facts: &MailFacts, request: &MailedRequest, addresses: Addresses) -> Words {
    let (who, title) = (facts.by.as_ref().map(Person::label), request.title.as_str());
    let asking = match facts.mail.kind {
        MailKind::Decided => return decided(pen, facts, request, addresses),
        MailKind::Comment => return comment(pen, facts, request, addresses),
        MailKind::Code => return code(pen, facts, request, addresses),
        MailKind::Terminated => return told(pen, facts, request, addresses, pen.say.terminated(who, title)),
        MailKind::Withdrawn => return told(pen, facts, request, addresses, pen.say.withdrawn(who, title)),
        MailKind::Reassigned => return told(pen, facts, request, addresses, pen.say.reassigned(who, title)),
        MailKind::Observing => return told(pen, facts, request, addresses, pen.say.observing(who, title)),
        MailKind::ChangesRequested => {
            let action = addresses.request.clone().map(|url| pen.action(Button::Revise, url));
            let words = told(pen, facts, request, addresses, pen.say.changes_requested(who, title));
            return Words { action, ..words };
        }
        MailKind::Reminder => Asking::Reminder,
        MailKind::Escalation => Asking::Escalation,
        MailKind::Escalated => Asking::Escalated,
        MailKind::NewLink => Asking::NewLink,
        MailKind::Resumed => Asking::Resumed,
        _ => Asking::First,
    };
    question(pen, facts, request, addresses, asking)
}

fn question(pen: Pen, facts: &MailFacts, request: &MailedRequest, addresses: Addresses, why: Asking) -> Words {
    let mut words = Words::opened(pen.say.asking(why, request.requester.label()));
    words.lines.extend(in_place(pen, request));
    words.facts = about(pen, request);
    if let Some(due) = request.due_at {
        words.facts.push(pen.fact(Label::DecideBy, pen.moment(due)));
        words.facts.extend(request.final_rule.map(|rule| pen.fact(Label::Otherwise, pen.say.otherwise(rule))));
    }
    words.small.push(pen.say.link_is_yours().to_owned());
    let until = facts.link.as_ref().map(|link| pen.say.link_works_until(&pen.moment(link.expires_at)));
    words.small.extend(until);
    words.action = addresses.link.map(|url| pen.action(Button::Decide, url));
    words
}

/// The code that goes with a link, which is in another mail.
fn code(pen: Pen, facts: &MailFacts, request: &MailedRequest, addresses: Addresses) -> Words {
    let digits = addresses.code.map(|digits| pen.fact(Label::Code, digits));
    let until = facts.code.as_ref().map(|code| pen.say.code_works_until(&pen.moment(code.expires_at)));
    Words {
        facts: digits.into_iter().chain([pen.fact(Label::Request, request.title.as_str())]).collect(),
        small: until.into_iter().collect(),
        ..Words::opened(pen.say.code())
    }
}

/// In whose place the reader is asked.
fn in_place(pen: Pen, request: &MailedRequest) -> Option<String> {
    let place = request.stands_in.as_ref()?;
    let of = place.of.label();
    Some(pen.say.in_place(match place.why {
        StandInReason::Absent => Place::Absent { of, until: place.until.map(|until| pen.say.day(&pen.local(until))) },
        StandInReason::Delegated => Place::Delegated { of },
        StandInReason::Reassigned => Place::Reassigned { of },
    }))
}

fn decided(pen: Pen, facts: &MailFacts, request: &MailedRequest, addresses: Addresses) -> Words {
    let how = match &facts.by {
        Some(person) if request.overridden => How::Overriding(person.label()),
        Some(person) => How::By(person.label()),
        None => How::Automatic(request.policy.as_deref()),
    };
    let ruling = facts.mail.ruling.unwrap_or(Ruling::Expired);
    told(pen, facts, request, addresses, pen.say.decided(ruling, how, &request.title))
}

/// A mail that asks for nothing, with the reason that was given.
fn told(pen: Pen, facts: &MailFacts, request: &MailedRequest, addresses: Addresses, opening: Opening) -> Words {
    let mut table = about(pen, request);
    if !facts.mail.note.is_empty() {
        table.push(pen.fact(Label::Reason, facts.mail.note.as_str()));
    }
    let action = addresses.request.map(|url| pen.action(Button::SeeRequest, url));
    Words { facts: table, action, ..Words::opened(opening) }
}

fn comment(pen: Pen, facts: &MailFacts, request: &MailedRequest, addresses: Addresses) -> Words {
    let heading = pen.say.mentioned(facts.by.as_ref().map(Person::label));
    let lines = facts.mail.note.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
    let small = if addresses.request.is_some() { pen.say.answer_on_the_page() } else { pen.say.use_your_link() };
    Words {
        facts: about(pen, request),
        action: addresses.request.map(|url| pen.action(Button::SeeRequest, url)),
        small: vec![small.to_owned()],
        ..Words::headed(heading, lines)
    }
}

fn about(pen: Pen, request: &MailedRequest) -> Vec<Fact> {
    let mut table = vec![pen.fact(Label::Request, request.title.as_str()), pen.fact(Label::AskedBy, asker(request))];
    // One stage alone needs no number.
    if let Some(stage) = request.stage.as_ref().filter(|stage| stage.of > 1) {
        table.push(pen.fact(Label::Stage, pen.say.stage(stage.number, stage.of, &stage.name)));
    }
    if request.files > 0 {
        table.push(pen.fact(Label::Attached, pen.say.files(request.files)));
    }
    table
}

fn asker(request: &MailedRequest) -> String {
    let person = &request.requester;
    if person.name.is_empty() { person.email.clone() } else { format!("{} ({})", person.name, person.email) }
}
