//! A certificate with everything that one can say.

use hayro::hayro_syntax::Pdf;
use uuid::Uuid;

use super::certificate::{certificate, write};
use super::facts_json;
use super::sheet::Branch;
use super::typeface::Typeface;
use crate::portal::audit::{ChainHead, Checkpoint};
use crate::portal::certificate::{
    CertificateFacts, CertifiedDecision, CertifiedEnd, CertifiedLink, CertifiedQuestion, CertifiedRevision,
    CertifiedRound, CertifiedStage, ChainPlace, HowEnded, LinkMail,
};
use crate::portal::clock::Time;
use crate::portal::file::{FileKind, RequestFile};
use crate::portal::ids::{
    ChainHash, CheckpointMac, DecisionId, FileId, PolicyId, RequestId, RevisionHash, UploadId, UserId,
};
use crate::portal::link::{Invalid, KeyId, LinkState};
use crate::portal::mail::{MailKind, MailState};
use crate::portal::policy::{PolicySource, Rule, Verdict};
use crate::portal::request::{AssignmentState, RequestState, Said, StandInReason, Strength};
use crate::portal::user::Person;

const SUBMITTED: i64 = 1_795_334_795_120_999;

fn person(number: u128, name: &str, email: &str) -> Person {
    Person { id: UserId(Uuid::from_u128(number)), name: name.into(), email: email.into() }
}

fn hour(number: i64) -> Time {
    Time(SUBMITTED + number * 3_600_000_000)
}

fn decision(by: Option<&Person>, said: Said, strength: Strength, reason: &str) -> CertifiedDecision {
    CertifiedDecision {
        reference: DecisionId(Uuid::from_u128(7)),
        by: by.cloned(),
        said,
        at: hour(5),
        strength,
        revision: 2,
        revision_hash: RevisionHash([0xab; 32]),
        reason: reason.into(),
    }
}

fn question(person: &Person, state: AssignmentState, answers: Vec<CertifiedDecision>) -> CertifiedQuestion {
    CertifiedQuestion {
        person: person.clone(),
        escalation: false,
        stands_in: None,
        added_by: None,
        asked_at: hour(1),
        revision: 2,
        state,
        answers,
    }
}

fn rounds(ben: &Person, hana: &Person) -> Vec<CertifiedRound> {
    let yes = decision(Some(ben), Said::Approved, Strength::LinkAndCode, "Within the budget.");
    let hana = question(hana, AssignmentState::NotNeeded, Vec::new());
    let first = CertifiedStage {
        number: 1,
        name: "Budget".into(),
        rule: Rule::AtLeast(1),
        approvers: vec![ben.clone(), hana.person.clone()],
        asked: vec![
            question(ben, AssignmentState::Answered(Verdict::Approve), vec![yes]),
            CertifiedQuestion { stands_in: Some((ben.clone(), StandInReason::Absent)), ..hana },
        ],
        unasked: Vec::new(),
    };
    let second = CertifiedStage {
        number: 2,
        name: String::new(),
        rule: Rule::All,
        approvers: vec![ben.clone()],
        asked: vec![question(ben, AssignmentState::NotNeeded, Vec::new())],
        unasked: vec![decision(None, Said::Approved, Strength::Rule, "")],
    };
    let unopened = CertifiedStage { asked: Vec::new(), unasked: Vec::new(), ..second.clone() };
    vec![
        CertifiedRound { number: 1, stages: vec![first.clone(), unopened] },
        CertifiedRound { number: 2, stages: vec![first, second] },
    ]
}

fn link(person: &Person, state: LinkState) -> CertifiedLink {
    let mail = LinkMail { kind: MailKind::Reminder, state: MailState::Sent, sent_at: Some(hour(2)) };
    CertifiedLink {
        person: person.clone(),
        round: 1,
        stage: 1,
        minted_at: hour(1),
        expires_at: hour(99),
        mails: vec![mail],
        state,
        settled_at: Some(hour(3)),
    }
}

fn revision(by: &Person) -> CertifiedRevision {
    let id = FileId([3; 32]);
    let chunks_of = UploadId(Uuid::nil());
    CertifiedRevision {
        number: 2,
        title: "New van".into(),
        hash: RevisionHash([0xab; 32]),
        at: hour(0),
        by: by.clone(),
        note: "With the second offer.".into(),
        files: vec![RequestFile { number: 1, name: "offer.pdf".into(), id, size: 123, kind: FileKind::Pdf, chunks_of }],
    }
}

fn facts() -> CertificateFacts {
    let ana = person(1, "Ana Marić", "ana@example.org");
    let (ben, hana) = (person(2, "", "ben@example.org"), person(3, "\u{5c71}\u{7530}", "hana@example.org"));
    let checkpoint = Checkpoint {
        seq: 1_900,
        hash: ChainHash([1; 32]),
        at: hour(20),
        key: KeyId(4),
        signature: CheckpointMac([9; 32]),
    };
    CertificateFacts {
        request: RequestId(Uuid::from_u128(42)),
        title: "New van".into(),
        requester: ana.clone(),
        submitted_at: hour(0),
        policy: Some(PolicySource { id: PolicyId(Uuid::nil()), name: "Purchases".into(), version: 3 }),
        end: CertifiedEnd {
            state: RequestState::Approved,
            at: hour(6),
            by: None,
            reason: String::new(),
            how: HowEnded::Automatic,
        },
        revisions: vec![revision(&ana)],
        rounds: rounds(&ben, &hana),
        links: vec![link(&ben, LinkState::Used), link(&hana, LinkState::Revoked(Invalid::Superseded))],
        observers: vec![hana],
        place: Some(ChainPlace {
            head: ChainHead { seq: 1_842, hash: ChainHash([0x5c; 32]) },
            at: hour(6),
            checkpoint: Some(checkpoint),
        }),
    }
}

fn texts(branch: &Branch, found: &mut Vec<usize>) {
    found.extend(branch.text);
    branch.children.iter().for_each(|child| texts(child, found));
}

/// Every text of a certificate, each on a line of its own.
fn said(facts: &CertificateFacts) -> String {
    let face = Typeface::load().expect("a typeface");
    let written = write(&face, facts);
    let mut said = vec![String::new(); written.texts];
    for line in written.done.iter().flat_map(|sheet| &sheet.lines) {
        for piece in &line.pieces {
            said[line.text].push_str(piece.stands_for.as_deref().unwrap_or(&piece.text));
        }
    }
    said.join("\n")
}

#[test]
fn a_certificate_says_who_decided_what_when_on_which_revision_and_how_sure_that_is() {
    let said = said(&facts());
    for expected in [
        "Certificate of Approval",
        "New van",
        "submitted by Ana Marić (ana@example.org)",
        "on Sunday 22 November 2026, 14:06:35 UTC",
        "Automatic (policy \u{201c}Purchases\u{201d}, version 3): nobody decided in time.",
        "00000000-0000-0000-0000-00000000002a",
        "Decisions of round 1, void since the request was restarted",
        "Stage 1 of 2: Budget",
        "1 of 2 had to approve: ben@example.org and \u{5c71}\u{7530} (hana@example.org).",
        "This stage was never opened.",
        "for ben@example.org, who was absent.",
        "Approved on 2026-11-22 13:06:35 UTC, known by the signed link and a code, both mailed to their address.",
        "\u{201c}Within the budget.\u{201d}",
        &format!("On revision 2, SHA-256 {}", "ab".repeat(32)),
        "File 1: offer.pdf, 123 bytes",
        "Mailed as a reminder on 2026-11-22 10:06:35 UTC. Used on 2026-11-22 11:06:35 UTC.",
        "Revoked on 2026-11-22 11:06:35 UTC: a newer one took its place.",
        "1842",
        &"5c".repeat(32),
        &format!("Row 1900, signed on 2026-11-23 04:06:35 UTC with key 4: {}", "09".repeat(32)),
        "countersign audit verify",
    ] {
        assert!(said.contains(expected), "{expected} is missing in {said}");
    }
}

#[test]
fn every_text_is_part_of_the_document_once() {
    let face = Typeface::load().expect("a typeface");
    let written = write(&face, &facts());
    let mut found = Vec::new();
    written.tree.iter().for_each(|branch| texts(branch, &mut found));
    assert_eq!(found, (0..written.texts).collect::<Vec<_>>(), "in the order of reading");
}

#[test]
fn the_same_facts_give_the_same_archival_and_accessible_file() {
    let pdf = certificate(&facts()).expect("a certificate");
    assert!(pdf == certificate(&facts()).expect("a certificate"));
    let holds = |text: &[u8]| pdf.windows(text.len()).any(|window| window == text);
    for text in
        [&b"pdfaid:part>2"[..], b"pdfuaid:part>1", b"/StructTreeRoot", b"/Lang(en)", b"/S/H1", b"/S/TH", b"/S/LI"]
    {
        assert!(holds(text), "{}", String::from_utf8_lossy(text));
    }
    assert!(Pdf::new(pdf).is_ok_and(|pdf| pdf.pages().len() > 2));
}

#[test]
fn whatever_people_type_a_certificate_can_be_written() {
    let mut facts = facts();
    facts.title = "\u{202e}\u{e000}\u{0}\u{1f600}\u{300}\n".repeat(40);
    facts.requester.name = "x".repeat(600);
    facts.end.reason = "\u{627}\u{644} ".repeat(200);
    facts.place = None;
    assert!(certificate(&facts).is_ok());
}

#[test]
fn the_facts_for_programs_are_those_of_the_certificate() {
    let json = facts_json(&facts());
    assert_eq!(json["submitted_at"], "2026-11-22T08:06:35.120999Z");
    assert_eq!(json["end"]["how"], "automatic");
    assert_eq!(json["rounds"][1]["stages"][0]["asked"][0]["decisions"][0]["reason"], "Within the budget.");
    assert_eq!(json["audit"]["row"], 1_842);
}
