//! What the mails contain about a monitor's incident.

use super::catalogue::{Button, Condition, Label};
use super::letter::{Addresses, Fact, Pen, Words};
use crate::portal::mail::{MailFacts, MailKind, MailedMonitor};

/// What the mail contains, if it is one of a monitor.
pub(super) fn of(pen: Pen, facts: &MailFacts, monitor: &MailedMonitor, addresses: Addresses) -> Option<Words> {
    let condition = match facts.mail.kind {
        MailKind::MonitorDown => Condition::Down,
        MailKind::MonitorReminder => Condition::StillDown,
        MailKind::MonitorEscalated => Condition::Escalated,
        MailKind::MonitorRecovered => Condition::Back,
        _ => return None,
    };
    Some(Words {
        facts: table(pen, facts, monitor),
        action: addresses.monitor.map(|url| pen.action(Button::SeeMonitor, url)),
        small: vec![pen.say.monitor_needs_an_account().to_owned()],
        ..Words::opened(pen.say.monitor(condition, &monitor.name))
    })
}

fn table(pen: Pen, facts: &MailFacts, monitor: &MailedMonitor) -> Vec<Fact> {
    let mut table = vec![
        pen.fact(Label::Monitor, monitor.name.as_str()),
        pen.fact(Label::Address, monitor.url.as_str()),
        pen.fact(Label::Problem, facts.mail.note.as_str()),
        pen.fact(Label::DownSince, pen.moment(monitor.began_at)),
    ];
    if let Some(ended_at) = monitor.ended_at {
        let seconds = (ended_at.micros() - monitor.began_at.micros()) / 1_000_000;
        table.push(pen.fact(Label::BackSince, pen.moment(ended_at)));
        table.push(pen.fact(Label::DownFor, pen.say.span(seconds)));
    }
    table
}
