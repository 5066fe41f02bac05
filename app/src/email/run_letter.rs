//! What the mails say that runs of workflows send.

use super::letter::{Action, Addresses, Fact, Words, moment};
use crate::portal::mail::{MailFacts, MailKind, MailedRun};
use crate::portal::policy::Ruling;

/// What a mail of this run says; `None` for the kinds that no run sends.
pub(super) fn of(facts: &MailFacts, run: &MailedRun, addresses: Addresses) -> Option<Words> {
    match facts.mail.kind {
        MailKind::Receipt => Some(receipt(facts, run, addresses)),
        MailKind::Question => Some(question(facts, run, addresses)),
        MailKind::Outcome => Some(outcome(facts, run, addresses)),
        MailKind::ServiceDown => Some(service(
            facts,
            run,
            "is down",
            "It has stopped answering as it should. You hear again when it is back.",
        )),
        MailKind::ServiceStillDown => {
            Some(service(facts, run, "is still down", "It has not answered as it should for some time now."))
        }
        MailKind::ServiceRecovered => Some(service(facts, run, "is back", "It answers as it should again.")),
        _ => None,
    }
}

fn receipt(facts: &MailFacts, run: &MailedRun, addresses: Addresses) -> Words {
    Words {
        heading: "Your order is confirmed".into(),
        lines: vec![facts.mail.note.clone()],
        facts: vec![Fact { label: "Order", value: run.title.clone() }],
        action: see(addresses),
        small: Vec::new(),
    }
}

fn question(facts: &MailFacts, run: &MailedRun, addresses: Addresses) -> Words {
    let who = facts.by.as_ref().map(|person| person.label().to_owned());
    let heading = match &who {
        Some(who) => format!("{who} asks for your approval"),
        None => "Your approval is asked for".to_owned(),
    };
    let mut table = vec![Fact { label: "Document", value: run.title.clone() }];
    table.extend(who.map(|value| Fact { label: "Asked by", value }));
    table.extend(facts.link.as_ref().map(|link| Fact { label: "Decide by", value: moment(link.expires_at) }));
    Words {
        heading,
        lines: vec!["Please look at it and say yes or no. You need no account.".into()],
        facts: table,
        action: addresses.link.map(|url| Action { label: "Look and decide", url }),
        small: vec![
            "This link is yours alone: whoever has it can decide in your name, so please do not forward this mail."
                .into(),
        ],
    }
}

fn outcome(facts: &MailFacts, run: &MailedRun, addresses: Addresses) -> Words {
    let verdict = if facts.mail.ruling == Some(Ruling::Approved) { "Approved" } else { "Rejected" };
    let how = match facts.mail.note.as_str() {
        "deadline" => "Nobody answered in time, so it was settled by the deadline, as you asked for.".to_owned(),
        by => format!("The answer came from {by}."),
    };
    Words {
        heading: format!("{verdict}: {}", run.title),
        lines: vec![how],
        facts: vec![Fact { label: "Document", value: run.title.clone() }],
        action: see(addresses),
        small: Vec::new(),
    }
}

fn service(facts: &MailFacts, run: &MailedRun, what: &str, line: &str) -> Words {
    let mut table = vec![Fact { label: "Service", value: run.title.clone() }];
    if !facts.mail.note.is_empty() {
        table.push(Fact { label: "Last check", value: facts.mail.note.clone() });
    }
    table.push(Fact { label: "At", value: moment(facts.mail.created_at) });
    Words {
        heading: format!("{} {what}", run.title),
        lines: vec![line.to_owned()],
        facts: table,
        action: None,
        small: Vec::new(),
    }
}

/// For those who started the run: they have an account.
fn see(addresses: Addresses) -> Option<Action> {
    addresses.run.map(|url| Action { label: "See the run", url })
}
