//! What a digest contains: what waits for its reader, each question with its own link.

use super::catalogue::{Button, Digested, Number};
use super::letter::{Action, Addresses, Item, Pen, Section, Words};
use crate::portal::digests::DigestAbout;
use crate::portal::mail::{MailFacts, MailedDigest, MailedLine};

/// What the digest contains.
pub(super) fn of(pen: Pen, facts: &MailFacts, digest: &MailedDigest, addresses: Addresses) -> Words {
    let lines: Vec<(&MailedLine, &String)> = digest.lines.iter().zip(&addresses.lines).collect();
    let section = |about: DigestAbout, part: Digested| {
        let items: Vec<Item> = lines
            .iter()
            .filter(|(line, _)| line.about == about)
            .map(|(line, url)| item(pen, line, (*url).clone()))
            .collect();
        (!items.is_empty()).then(|| Section { title: pen.say.digested(part), items })
    };
    let waiting = digest.lines.iter().filter(|line| line.about == DigestAbout::Waiting).count();
    let sections = [
        section(DigestAbout::Waiting, Digested::Waiting),
        section(DigestAbout::ChangesRequested, Digested::ChangesRequested),
        section(DigestAbout::Decided, Digested::Decided),
    ];
    Words {
        sections: sections.into_iter().flatten().collect(),
        action: Some(pen.action(Button::OpenInbox, addresses.inbox)),
        small: vec![pen.say.why_a_digest().to_owned()],
        unsubscribe: addresses.link.map(|url| Action { label: pen.say.unsubscribe(), url }),
        ..Words::opened(pen.say.digest(Number(waiting), &pen.local(facts.mail.created_at)))
    }
}

fn item(pen: Pen, line: &MailedLine, url: String) -> Item {
    let asked = || {
        let due = line.due_at.map(|due| pen.moment(due));
        pen.say.digested_question(line.requester.label(), due.as_deref())
    };
    let (said, button) = match (line.about, line.ending) {
        (DigestAbout::Waiting, _) => (asked(), Button::Decide),
        (DigestAbout::Decided, Some(ending)) => (pen.say.digested_outcome(ending).to_owned(), Button::SeeRequest),
        // Decided when the digest was written and open again since.
        (DigestAbout::Decided, None) => (String::new(), Button::SeeRequest),
        (DigestAbout::ChangesRequested, _) => (String::new(), Button::Revise),
    };
    Item { title: line.title.clone(), line: said, action: pen.action(button, url) }
}
