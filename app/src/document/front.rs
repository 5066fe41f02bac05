//! The first sheet of a certificate: what somebody may want to frame.

use super::mark::Sign;
use super::sheet::{ACCENT, CENTRED, Column, INK, Ink, Look, MUTED, Sheets, WIDTH};
use super::words;
use crate::portal::certificate::{CertificateFacts, HowEnded};
use crate::portal::request::{RequestState, Said};

const GREEN: Ink = Ink(0x1c, 0x5c, 0x35);
const RED: Ink = Ink(0x9a, 0x1c, 0x20);
const GREY: Ink = Ink(0x56, 0x54, 0x4e);

/// A narrower column in the middle of the sheet.
const MIDDLE: Column = Column { x: 104.0, width: WIDTH - 208.0, centred: true };
/// Where the title begins and the longest that it may run before the seal.
const TITLE_TOP: f32 = 276.0;
/// Titles longer than this are set smaller, so that the front stays one sheet.
const LONG_TITLE: usize = 110;

/// The most names on the first sheet.
const MOST_NAMES: usize = 6;

/// What the certificate is called.
pub(super) fn name(state: RequestState) -> &'static str {
    if state == RequestState::Approved { "Certificate of Approval" } else { "Certificate of Decision" }
}

/// What the seal shows, and in which colour.
pub(super) fn seal(state: RequestState) -> (Sign, Ink) {
    match state {
        RequestState::Approved => (Sign::Yes, GREEN),
        RequestState::Rejected => (Sign::No, RED),
        _ => (Sign::Neither, GREY),
    }
}

/// Writes the first sheet.
pub(super) fn front(sheets: &mut Sheets<'_>, facts: &CertificateFacts) {
    let end = &facts.end;
    let (_, tone) = seal(end.state);
    sheets.go_to(118.0);
    sheets.paragraph("COUNTERSIGN", Look::of(9.5, ACCENT).tracked(), CENTRED);
    sheets.skip(20.0);
    sheets.heading(1, name(end.state), Look::of(31.0, INK).tight(), CENTRED);
    sheets.skip(14.0);
    sheets.hairline(Column { x: WIDTH / 2.0 - 44.0, width: 88.0, centred: false });
    sheets.go_to(TITLE_TOP - 30.0);
    let quiet = Look::of(10.5, MUTED);
    sheets.paragraph("This certifies that the request", quiet, CENTRED);
    sheets.go_to(TITLE_TOP);
    sheets.paragraph(&facts.title, title_look(&facts.title), MIDDLE);
    sheets.skip(10.0);
    sheets.paragraph(&format!("submitted by {}", words::person(&facts.requester)), quiet, MIDDLE);
    sheets.skip(26.0);
    let outcome = format!("was {}", words::ended(end.state));
    sheets.paragraph(&outcome, Look::of(25.0, tone).tight(), CENTRED);
    sheets.skip(6.0);
    sheets.paragraph(&format!("on {}", words::long_time(end.at)), Look::of(11.5, INK), CENTRED);
    sheets.skip(12.0);
    let deciders = deciders(facts);
    if !deciders.is_empty() {
        sheets.paragraph(&deciders, Look::of(11.5, INK), MIDDLE);
        sheets.skip(4.0);
    }
    sheets.paragraph(&words::how(end, facts.policy.as_ref()), quiet, MIDDLE);
    below_the_seal(sheets, facts);
}

/// Who said what the request ended as, in the round that counts; each name once, and no more than fit.
fn deciders(facts: &CertificateFacts) -> String {
    let said = match (facts.end.how, facts.end.state) {
        (HowEnded::Answers | HowEnded::Overridden | HowEnded::Automatic, RequestState::Approved) => Said::Approved,
        (HowEnded::Answers | HowEnded::Overridden, RequestState::Rejected) => Said::Rejected,
        _ => return String::new(),
    };
    let stages = facts.rounds.last().map(|round| round.stages.as_slice()).unwrap_or_default();
    let answers = stages.iter().flat_map(|stage| {
        let counted = stage.asked.iter().filter(|question| question.state.is_current());
        counted.filter_map(|question| question.answers.last()).chain(&stage.unasked)
    });
    let mut names: Vec<String> = Vec::new();
    for person in answers.filter(|decision| decision.said == said).filter_map(|decision| decision.by.as_ref()) {
        let label = person.label().to_owned();
        if !names.contains(&label) {
            names.push(label);
        }
    }
    if names.is_empty() {
        return String::new();
    }
    let more = names.len().saturating_sub(MOST_NAMES);
    names.truncate(MOST_NAMES);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    format!("by {}", words::list(&names))
}

fn title_look(title: &str) -> Look {
    if title.chars().count() > LONG_TITLE { Look::of(14.0, INK) } else { Look::of(20.0, INK) }.tight()
}

fn below_the_seal(sheets: &mut Sheets<'_>, facts: &CertificateFacts) {
    let small = Look::of(7.5, MUTED);
    sheets.go_to(728.0);
    if let Some(revision) = facts.revisions.last() {
        let text = format!("Revision {} \u{b7} SHA-256 {}", revision.number, revision.hash);
        sheets.paragraph(&text, small, CENTRED);
    }
    let place = match &facts.place {
        Some(place) => format!("Audit log row {} \u{b7} {}", place.head.seq, place.head.hash),
        None => String::from("No row of the audit log bears witness to this."),
    };
    sheets.paragraph(&place, small, CENTRED);
}
