//! One person.

use countersign::pages;
use countersign::view::{AccountState, FormErrors, ManagerForm, PersonDetail, PersonLink, PersonRow, RoleSet};

use crate::support::html::{assert_sound, attribute, count, keep, tags};
use crate::support::views::{DAY, HOUR, admin, ana, at, ben, dana, id};

fn detail() -> PersonDetail {
    let link = |number, person, state| PersonLink { id: id(number), person, state };
    PersonDetail {
        row: PersonRow {
            id: id(2),
            person: ana(),
            state: AccountState::Active,
            roles: RoleSet::from_keys(["requester"]),
            manager: Some(dana().label()),
            signed_in_at: Some(at(-3 * HOUR)),
            is_viewer: false,
            away: None,
        },
        manager: Some(link(1, dana(), AccountState::Active)),
        reports: vec![link(3, ben(), AccountState::Disabled)],
        groups: vec![(id(7), "Finance".into())],
        language: "Deutsch".into(),
        zone: "Europe/Lisbon".into(),
        digest: true,
        invited_at: None,
        created_at: at(-9 * DAY),
        form: ManagerForm { manager: dana().email, others: vec![dana(), ben()], errors: FormErrors::default() },
    }
}

#[test]
fn a_person_is_shown_with_whom_and_what_they_belong_to() {
    let html = keep("person", &pages::person(admin(), detail()));
    assert_sound("person", &html);
    for word in ["Ana Silva", "ana.silva@example.org", "Deutsch", "Europe/Lisbon", "Finance"] {
        assert!(html.contains(word), "{word}");
    }
    for path in [format!("/people/{}", id(1)), format!("/people/{}", id(3)), format!("/groups/{}", id(7))] {
        assert!(html.contains(&format!("href=\"{path}\"")), "{path}");
    }
    assert!(html.contains(&format!("action=\"/people/{}/manager\"", id(2))));
    assert_eq!(count(&html, "<option"), 2, "everybody who could be the manager is offered");
}

#[test]
fn a_refused_manager_keeps_what_was_typed() {
    let errors = FormErrors::one("manager", "Nobody is their own manager.");
    let form = ManagerForm { manager: "ana.silva@example.org".into(), errors, ..detail().form };
    let html = keep("person-refused", &pages::person(admin(), PersonDetail { form, ..detail() }));
    assert_sound("person-refused", &html);
    let field = tags(&html, "input").into_iter().find(|input| attribute(input, "id") == Some("f-manager"));
    assert_eq!(field.and_then(|input| attribute(input, "value")), Some("ana.silva@example.org"));
    let described = field.and_then(|input| attribute(input, "aria-describedby"));
    assert_eq!(described, Some("f-manager-error f-manager-hint"));
}
