//! What mails say, in whose language and in whose time.

use std::collections::BTreeSet;

use super::desk::{DUE, KINDS, desk, monitor, person, request};
use crate::email::Rendered;
use crate::portal::clock::Time;
use crate::portal::language::Language;
use crate::portal::mail::{MailFacts, MailKind, MailedDigest, MailedMonitor, MailedPlace, MailedRequest};
use crate::portal::request::StandInReason;
use crate::portal::zone::Zone;

/// The lines of a mail that the portal wrote itself: without links and without what people typed.
fn own_lines(rendered: &Rendered) -> BTreeSet<String> {
    let typed = ["Rent", "Shop", "shop.example", "too dear", "Lease", "Chairs", "Lamp", "Desk", "@x.org", "http"];
    let lines = rendered.text.lines().chain([rendered.subject.as_str()]).map(str::trim);
    lines.filter(|line| line.len() > 3 && !typed.iter().any(|typed| line.contains(typed))).map(str::to_owned).collect()
}

#[test]
fn no_line_of_the_english_mail_stands_in_the_german_one() {
    let desk = desk();
    for kind in KINDS {
        let english = own_lines(&desk.render(&desk.facts(kind)));
        let german = own_lines(&desk.render(&desk.german(kind)));
        let both: Vec<_> = english.intersection(&german).collect();
        assert!(both.is_empty(), "{kind:?}: {both:?}");
        assert!(!english.is_empty() && !german.is_empty(), "{kind:?}");
    }
}

#[test]
fn no_english_word_has_crept_into_a_german_mail() {
    let english = [
        " the ", " you ", " your ", " and ", " is ", "decision", "request", "approve", "reject", "please", "account",
        "since", "until", "file",
    ];
    let desk = desk();
    for kind in KINDS {
        for line in own_lines(&desk.render(&desk.german(kind))) {
            let padded = format!(" {} ", line.to_lowercase());
            let found: Vec<_> = english.iter().filter(|word| padded.contains(**word)).collect();
            assert!(found.is_empty(), "{kind:?}: {found:?} in {line:?}");
        }
    }
}

#[test]
fn times_are_those_of_the_reader_as_their_language_writes_them() {
    let desk = desk();
    let request = |zone: &str, language| {
        let zone = Zone::of(zone).expect("a zone");
        desk.render(&MailFacts { language, zone, ..desk.facts(MailKind::Request) }).text
    };
    for (zone, language, due) in [
        ("UTC", Language::En, "Decide by: Friday 15 January 2027, 08:00 UTC"),
        ("Europe/Berlin", Language::En, "Decide by: Friday 15 January 2027, 09:00 CET"),
        ("Europe/Berlin", Language::De, "Frist: Freitag, 15. Januar 2027, 09:00 Uhr MEZ"),
        ("America/Los_Angeles", Language::De, "Frist: Freitag, 15. Januar 2027, 00:00 Uhr PST"),
        ("Pacific/Auckland", Language::En, "Decide by: Friday 15 January 2027, 21:00 NZDT"),
        ("America/Sao_Paulo", Language::De, "Frist: Freitag, 15. Januar 2027, 05:00 Uhr UTC-03"),
    ] {
        let text = request(zone, language);
        assert!(text.contains(due), "{due} in {text}");
    }
    let summer = Some(Time(DUE.0 + 181 * 86_400_000_000));
    let mut facts = desk.german(MailKind::Request);
    facts.request = Some(MailedRequest { due_at: summer, ..super::desk::request() });
    assert!(desk.render(&facts).text.contains("Frist: Donnerstag, 15. Juli 2027, 10:00 Uhr MESZ"));
}

#[test]
fn one_is_written_otherwise_than_many() {
    let desk = desk();
    for (language, files, said) in [
        (Language::En, 1, "Attached: 1 file\n"),
        (Language::En, 2, "Attached: 2 files\n"),
        (Language::De, 1, "Anlagen: 1 Datei\n"),
        (Language::De, 2, "Anlagen: 2 Dateien\n"),
    ] {
        let request = Some(MailedRequest { files, ..request() });
        let text = desk.render(&MailFacts { language, request, ..desk.facts(MailKind::Request) }).text;
        assert!(text.contains(said), "{said:?} in {text}");
    }
    for (language, seconds, said) in [
        (Language::En, 60, "Down for: 1 minute\n"),
        (Language::En, 7_200, "Down for: 2 hours\n"),
        (Language::De, 60, "Dauer: 1 Minute\n"),
        (Language::De, 7_200, "Dauer: 2 Stunden\n"),
        (Language::De, 86_400 * 3, "Dauer: 3 Tage\n"),
    ] {
        let mut facts = MailFacts { language, ..desk.facts(MailKind::MonitorRecovered) };
        facts.mail.monitor = Some(MailedMonitor { ended_at: Some(Time(DUE.0 + seconds * 1_000_000)), ..monitor() });
        let text = desk.render(&facts).text;
        assert!(text.contains(said), "{said:?} in {text}");
    }
}

#[test]
fn a_german_request_reads_as_one_would_write_it() {
    let desk = desk();
    let mut facts = desk.german(MailKind::Request);
    facts.request = Some(MailedRequest { title: "Mietvertrag".into(), requester: person(2, "Rita"), ..request() });
    let rendered = desk.render(&facts);
    assert_eq!(rendered.subject, "Genehmigung: Mietvertrag");
    for sentence in [
        "Rita bittet um Ihre Genehmigung",
        "Bitte sehen Sie sich den Antrag an und stimmen Sie zu oder lehnen Sie ab. Ein Konto brauchen Sie dafür nicht.",
        "Antrag: Mietvertrag",
        "Gestellt von: Rita (p2@x.org)",
        "Stufe: 2 von 3: Recht",
        "Danach: wird der Antrag automatisch abgelehnt",
        "Ansehen und entscheiden:",
        "Er gilt bis Freitag, 15. Januar 2027, 09:00 Uhr MEZ.",
        "Gesendet von Countersign auf ::1",
    ] {
        assert!(rendered.text.contains(sentence), "{sentence} in {}", rendered.text);
    }
}

#[test]
fn whoever_is_asked_in_another_ones_place_reads_why() {
    let desk = desk();
    for (language, why, until, said) in [
        (Language::En, StandInReason::Absent, Some(DUE), "You stand in for Ben until 15 January."),
        (Language::De, StandInReason::Absent, Some(DUE), "Sie vertreten Ben bis zum 15. Januar."),
        (Language::De, StandInReason::Absent, None, "Sie vertreten Ben."),
        (Language::En, StandInReason::Delegated, None, "Ben passed this on to you."),
        (Language::De, StandInReason::Delegated, None, "Ben hat diese Entscheidung an Sie weitergegeben."),
        (Language::De, StandInReason::Reassigned, None, "Zuvor war Ben gefragt;"),
    ] {
        let stands_in = Some(MailedPlace { of: person(3, "Ben"), why, until });
        let request = Some(MailedRequest { stands_in, ..request() });
        let text = desk.render(&MailFacts { language, request, ..desk.facts(MailKind::Request) }).text;
        assert!(text.contains(said), "{said} in {text}");
    }
}

#[test]
fn a_verdict_says_whether_somebody_gave_it_overrode_others_or_a_policy_did() {
    let desk = desk();
    let said = |language, by: Option<&str>, overridden| {
        let request = Some(MailedRequest { overridden, ..request() });
        let by = by.map(|name| person(3, name));
        desk.render(&MailFacts { language, by, request, ..desk.facts(MailKind::Decided) }).text
    };
    for (language, by, overridden, sentence) in [
        (Language::En, Some("Ben"), false, "It was rejected with the decision of Ben."),
        (Language::En, Some("Ben"), true, "by administrator Ben, overriding those who were asked."),
        (Language::En, None, false, "Automatic (policy Einkauf): it was rejected."),
        (Language::De, Some("Ben"), false, "Mit der Entscheidung von Ben wurde der Antrag abgelehnt."),
        (Language::De, Some("Ben"), true, "anstelle der Gefragten entschieden. Der Antrag wurde abgelehnt."),
        (Language::De, None, false, "Automatisch (Richtlinie Einkauf): Der Antrag wurde abgelehnt."),
    ] {
        let text = said(language, by, overridden);
        assert!(text.contains(sentence), "{sentence} in {text}");
    }
}

#[test]
fn changes_are_asked_of_the_requester_with_the_reason_and_the_way_to_a_new_revision() {
    let desk = desk();
    let mut facts = desk.facts(MailKind::ChangesRequested);
    facts.to = person(2, "Ada");
    facts.link = None;
    let text = desk.render(&facts).text;
    assert!(text.contains("Ben asks you to change it.") && text.contains("Reason: <b>too dear</b>"), "{text}");
    assert!(text.contains("Submit a new revision:\nhttp://[::1]:3000/requests/"), "{text}");
    facts.language = Language::De;
    let text = desk.render(&facts).text;
    assert!(text.contains("Ben bittet Sie um Änderungen.") && text.contains("Neue Fassung einreichen:"), "{text}");
}

#[test]
fn a_digest_of_one_question_says_so_and_one_of_news_only_too() {
    let desk = desk();
    let heading = |language, from: usize, to: usize| {
        let mut facts = MailFacts { language, ..desk.facts(MailKind::Digest) };
        facts.digest = Some(MailedDigest { lines: desk.digest().lines[from..to].to_vec() });
        desk.render(&facts).text.lines().next().map(str::to_owned)
    };
    assert_eq!(heading(Language::En, 1, 4).as_deref(), Some("1 request waits for your decision"));
    assert_eq!(heading(Language::De, 1, 4).as_deref(), Some("1 Antrag wartet auf Ihre Entscheidung"));
    assert_eq!(heading(Language::En, 2, 4).as_deref(), Some("News of your requests"));
    assert_eq!(heading(Language::De, 2, 4).as_deref(), Some("Neues zu Ihren Anträgen"));
}
