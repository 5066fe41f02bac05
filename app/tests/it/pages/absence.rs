//! Absence and workload.

use countersign::pages;
use countersign::view::FormErrors;
use countersign::view::absence::{
    AbsenceForm, AbsencePage, AbsenceRow, Away, AwayNow, BackupForm, Substitute, Workload, WorkloadRow,
};

use crate::support::html::{assert_sound, attribute, count, keep, tags};
use crate::support::views::{DAY, admin, at, ben, chiara, dana, id, member};

const STAYS: &str = "“Laptop <16 inch>” stays with you, because Ben Okafor is the requester.";
const BACKUP: &str = "From 3 May 2027 on questions go to Ben Okafor, because Dana Whitfield is absent too.";

fn row(number: u128, is_now: bool, substitute: Substitute) -> AbsenceRow {
    AbsenceRow {
        id: id(number),
        first: "22 November 2026".into(),
        last: (number != 2).then(|| "4 December 2026".into()),
        is_now,
        substitute,
        note: if is_now { "Sailing".into() } else { String::new() },
        by: (!is_now).then(|| "Ana Silva".into()),
        conflicts: if is_now { vec![STAYS.into()] } else { Vec::new() },
    }
}

fn page() -> AbsencePage {
    AbsencePage {
        of: None,
        zone: "Europe/Berlin".into(),
        now: Some(AwayNow {
            asked: "New questions go to Ben Okafor.".into(),
            handed_over: Some("One open question was handed over when the absence began.".into()),
        }),
        planned: vec![row(1, true, Substitute::Named(ben())), row(2, false, Substitute::Backup(dana()))],
        form: AbsenceForm::default(),
        backup: BackupForm { backup: "dana.whitfield@example.org".into(), ..BackupForm::default() },
        backup_by: Some("Ana Silva".into()),
        backup_conflicts: vec![BACKUP.into()],
    }
}

#[test]
fn an_absence_says_who_is_asked_and_what_became_of_open_questions() {
    let html = keep("absence", &pages::absence(member(), page()));
    assert_sound("absence", &html);
    for word in
        ["New questions go to Ben Okafor.", "One open question", "Sailing", "(backup)", "Europe/Berlin", "End now"]
    {
        assert!(html.contains(word), "{word}");
    }
    assert!(html.contains(&STAYS.replace('<', "&lt;").replace('>', "&gt;")), "why the substitute is not asked");
    assert!(html.contains("If you were absent from now on:") && html.contains(BACKUP));
    assert_eq!(count(&html, "Planned by Ana Silva"), 1, "where somebody else did");
    assert_eq!(count(&html, "Set by Ana Silva"), 1, "the backup");
    assert_eq!(count(&html, "/cancel\""), 2);
    assert!(html.contains(&format!("action=\"/absence/{}/cancel\"", id(1))));
}

#[test]
fn an_admins_forms_lead_to_the_person() {
    let page = AbsencePage { of: Some((id(7), chiara())), now: None, ..page() };
    let html = keep("absence-of", &pages::absence(admin(), page));
    assert_sound("absence-of", &html);
    let of = format!("/people/{}/absence", id(7));
    for action in [of.clone(), format!("{of}/backup"), format!("{of}/{}/cancel", id(2))] {
        assert!(html.contains(&format!("action=\"{action}\"")), "{action}");
    }
    assert!(html.contains("Absence of chiara@supplier.example"));
}

#[test]
fn a_refused_absence_keeps_what_was_typed() {
    let form = AbsenceForm {
        from: "2026-11-25".into(),
        to: "2026-11-24".into(),
        substitute: "nobody".into(),
        note: String::new(),
        errors: FormErrors::one("to", "The last day must not come before the first one."),
    };
    let html = keep("absence-refused", &pages::absence(member(), AbsencePage { form, planned: Vec::new(), ..page() }));
    assert_sound("absence-refused", &html);
    assert!(html.contains("No absence is planned"));
    let to = tags(&html, "input").into_iter().find(|input| attribute(input, "id") == Some("f-to"));
    assert_eq!(to.and_then(|input| attribute(input, "value")), Some("2026-11-24"));
    assert_eq!(to.and_then(|input| attribute(input, "aria-invalid")), Some("true"));
}

#[test]
fn the_workload_shows_each_desk_and_who_is_away() {
    let desk = |number, person, open, overdue| WorkloadRow {
        id: id(number),
        person,
        open,
        overdue,
        oldest_at: (open > 0).then(|| at(-3 * DAY)),
        answered: 4,
        median: Some("3 hours".into()),
        away: (number == 2).then_some(Away { last: None, substitute: None }),
    };
    let page = Workload { rows: vec![desk(1, ben(), 3, 1), desk(2, dana(), 0, 0)] };
    let html = keep("workload", &pages::workload(admin(), page));
    assert_sound("workload", &html);
    assert!(html.contains("Absent, nobody stands in") && html.contains("3 hours"));
    assert_eq!(count(&html, "data-some"), 1, "only what is overdue stands out");
    let empty = keep("workload-empty", &pages::workload(admin(), Workload { rows: Vec::new() }));
    assert_sound("workload-empty", &empty);
    assert!(empty.contains("Nobody is asked"));
}
