//! The sheets after the first: who was asked and what they said, what was decided on, the history of the links, and how all
//! of it is verified.

use super::sheet::{ACCENT, Branch, FULL, INK, Kind, Look, MUTED, Sheets};
use super::words;
use crate::portal::certificate::{
    CertificateFacts, CertifiedDecision, CertifiedQuestion, CertifiedRevision, CertifiedRound, CertifiedStage,
};

const SECTION: Look = Look::of(16.0, INK).tight();
const PART: Look = Look::of(11.5, ACCENT);
const TEXT: Look = Look::of(9.5, INK);
const SMALL: Look = Look::of(8.5, MUTED);
const NAME: Look = Look::of(10.5, INK);
const HASH: Look = Look::of(8.0, MUTED);

/// Writes everything that the first sheet has no room for.
pub(super) fn record(sheets: &mut Sheets<'_>, facts: &CertificateFacts) {
    sheets.turn();
    summary(sheets, facts);
    for round in &facts.rounds {
        stages(sheets, facts, round);
    }
    revisions(sheets, &facts.revisions);
    links(sheets, facts);
    verification(sheets, facts);
}

fn section(sheets: &mut Sheets<'_>, title: &str) {
    sheets.skip(22.0);
    sheets.heading(2, title, SECTION, FULL);
    sheets.skip(8.0);
}

fn summary(sheets: &mut Sheets<'_>, facts: &CertificateFacts) {
    sheets.heading(2, "The request", SECTION, FULL);
    sheets.skip(8.0);
    let end = &facts.end;
    let mut rows = vec![
        ("Title", facts.title.clone()),
        ("Reference", facts.request.to_string()),
        ("Requester", words::person(&facts.requester)),
        ("Submitted", words::time(facts.submitted_at)),
        ("Policy", words::policy(facts.policy.as_ref())),
        ("Ended", format!("{}, {}", words::ended(end.state), words::time(end.at))),
        ("How", words::how(end, facts.policy.as_ref())),
    ];
    if !end.reason.is_empty() {
        rows.push(("Reason", end.reason.clone()));
    }
    if !facts.observers.is_empty() {
        rows.push(("Observers", words::list(&facts.observers.iter().map(words::person).collect::<Vec<_>>())));
    }
    let rows: Vec<_> = rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    sheets.table(&rows, (SMALL, TEXT));
}

fn stages(sheets: &mut Sheets<'_>, facts: &CertificateFacts, round: &CertifiedRound) {
    let of = facts.rounds.len();
    let last = facts.rounds.last().is_some_and(|last| last.number == round.number);
    let title = match (of, last) {
        (0 | 1, _) => String::from("Decisions"),
        (_, true) => format!("Decisions of round {}", round.number),
        (_, false) => format!("Decisions of round {}, void since the request was restarted", round.number),
    };
    section(sheets, &title);
    for stage in &round.stages {
        sheets.skip(4.0);
        sheets.heading(3, &words::stage(stage, round.stages.len()), PART, FULL);
        let named: Vec<_> = stage.approvers.iter().map(words::person).collect();
        let rule = words::rule(stage.rule, stage.approvers.len());
        sheets.paragraph(&format!("{rule}: {}.", words::list(&named)), SMALL, FULL);
        sheets.skip(6.0);
        if stage.asked.is_empty() && stage.unasked.is_empty() {
            sheets.paragraph("This stage was never opened.", TEXT, FULL);
            continue;
        }
        answers(sheets, facts, stage);
    }
}

fn answers(sheets: &mut Sheets<'_>, facts: &CertificateFacts, stage: &CertifiedStage) {
    let mut list = Branch { kind: Kind::List, children: Vec::new(), text: None };
    for question in &stage.asked {
        let item = sheets.item(&question_lines(question), FULL);
        list.children.push(item);
    }
    for decision in &stage.unasked {
        let who = match &decision.by {
            Some(by) => format!("{}, administrator, without being asked", words::person(by)),
            None => words::automatic(facts.policy.as_ref()),
        };
        let mut lines = vec![(format!("{who}: {}", words::said(decision.said)), NAME)];
        decision_lines(decision, &mut lines);
        let item = sheets.item(&lines, FULL);
        list.children.push(item);
    }
    sheets.push(list);
}

fn question_lines(question: &CertifiedQuestion) -> Vec<(String, Look)> {
    let who = format!("{}: {}", words::person(&question.person), words::outcome(question.state));
    let mut lines = vec![(who, NAME), (words::asked(question), SMALL)];
    for answer in &question.answers {
        decision_lines(answer, &mut lines);
    }
    lines
}

fn decision_lines(decision: &CertifiedDecision, lines: &mut Vec<(String, Look)>) {
    let said = words::said(decision.said);
    let strength = words::strength(decision.strength);
    lines.push((format!("{said} on {}, {strength}.", words::time(decision.at)), TEXT));
    if !decision.reason.is_empty() {
        lines.push((format!("\u{201c}{}\u{201d}", decision.reason), TEXT));
    }
    lines.push((format!("On revision {}, SHA-256 {}", decision.revision, decision.revision_hash), HASH));
    lines.push((format!("Decision {}", decision.reference), HASH));
}

fn revisions(sheets: &mut Sheets<'_>, revisions: &[CertifiedRevision]) {
    section(sheets, "Revisions");
    sheets.paragraph(
        "The hash of a revision is over its title, its text, and the name and content of each file. Answers are bound to it.",
        SMALL,
        FULL,
    );
    sheets.skip(8.0);
    let mut list = Branch { kind: Kind::List, children: Vec::new(), text: None };
    for revision in revisions {
        let by = words::person(&revision.by);
        let mut lines = vec![
            (format!("Revision {}: {}", revision.number, revision.title), NAME),
            (format!("Submitted by {by} on {}.", words::time(revision.at)), SMALL),
        ];
        if !revision.note.is_empty() {
            lines.push((format!("\u{201c}{}\u{201d}", revision.note), TEXT));
        }
        lines.push((format!("SHA-256 {}", revision.hash), HASH));
        for file in &revision.files {
            lines.push((format!("File {}: {}, {} bytes", file.number, file.name, file.size), TEXT));
            lines.push((format!("SHA-256 {}", file.id), HASH));
        }
        let item = sheets.item(&lines, FULL);
        list.children.push(item);
    }
    sheets.push(list);
}

fn links(sheets: &mut Sheets<'_>, facts: &CertificateFacts) {
    if facts.links.is_empty() {
        return;
    }
    section(sheets, "Links");
    sheets.paragraph("Each signed link was made for one person and one question. None of them is kept.", SMALL, FULL);
    sheets.skip(8.0);
    let rounds = facts.rounds.len();
    let mut list = Branch { kind: Kind::List, children: Vec::new(), text: None };
    for link in &facts.links {
        let round = if rounds > 1 { format!("round {}, ", link.round) } else { String::new() };
        let who = format!("{}, {round}stage {}", words::person(&link.person), link.stage);
        let item = sheets.item(&[(who, NAME), (words::link(link), SMALL)], FULL);
        list.children.push(item);
    }
    sheets.push(list);
}

fn verification(sheets: &mut Sheets<'_>, facts: &CertificateFacts) {
    section(sheets, "How to verify this");
    let Some(place) = &facts.place else {
        let lost = "The audit log has no row about this request: somebody has taken it away, or it is another log. \
                    Run: countersign audit verify";
        sheets.paragraph(lost, TEXT, FULL);
        return;
    };
    sheets.paragraph(
        "The audit log is a chain: each row holds a hash over itself and the row before it. When this request had ended, its \
         head was the row below. If the log still holds that row with that hash, and verifies, nothing that happened to this \
         request was changed since.",
        TEXT,
        FULL,
    );
    sheets.skip(8.0);
    let checkpoint = match &place.checkpoint {
        Some(checkpoint) => format!(
            "Row {}, signed on {} with key {}: {}",
            checkpoint.seq,
            words::time(checkpoint.at),
            checkpoint.key.0,
            checkpoint.signature
        ),
        None => String::from("None has been signed since"),
    };
    let rows = [
        ("Row", place.head.seq.to_string()),
        ("Hash", place.head.hash.to_string()),
        ("Written", words::time(place.at)),
        ("Checkpoint", checkpoint),
        ("Command", String::from("countersign audit verify")),
    ];
    let rows: Vec<_> = rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    sheets.table(&rows, (SMALL, TEXT));
}
