//! What mails say of a monitor's incident.

use super::letter::{Action, Addresses, Fact, Words, moment};
use crate::portal::mail::{MailFacts, MailKind, MailedMonitor};
use crate::view::moment::span_in_words;

/// The words, if it is a mail of a monitor.
pub(super) fn of(facts: &MailFacts, monitor: &MailedMonitor, addresses: Addresses) -> Option<Words> {
    let name = &monitor.name;
    let (heading, line) = match facts.mail.kind {
        MailKind::MonitorDown => {
            (format!("{name} is down"), "The service does not answer as it should. You are told when it is back.")
        }
        MailKind::MonitorReminder => {
            (format!("{name} is still down"), "The service still does not answer as it should.")
        }
        MailKind::MonitorEscalated => (
            format!("{name} has been down for a while"),
            "Others were told when the service went down, and it has not come back, so now you are told too.",
        ),
        MailKind::MonitorRecovered => (format!("{name} is back"), "The service answers as it should again."),
        _ => return None,
    };
    Some(Words {
        heading,
        lines: vec![line.to_owned()],
        facts: table(facts, monitor),
        action: addresses.monitor.map(|url| Action { label: "See the monitor", url }),
        small: vec!["The monitor's page needs an account.".to_owned()],
    })
}

fn table(facts: &MailFacts, monitor: &MailedMonitor) -> Vec<Fact> {
    let mut table = vec![
        Fact { label: "Monitor", value: monitor.name.clone() },
        Fact { label: "Address", value: monitor.url.clone() },
        Fact { label: "Problem", value: facts.mail.note.clone() },
        Fact { label: "Down since", value: moment(monitor.began_at) },
    ];
    if let Some(ended_at) = monitor.ended_at {
        let down_for = span_in_words((ended_at.micros() - monitor.began_at.micros()) / 1_000_000);
        table.push(Fact { label: "Back since", value: moment(ended_at) });
        table.push(Fact { label: "Down for", value: down_for });
    }
    table
}
