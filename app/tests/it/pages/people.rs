//! People and invitations.

use countersign::pages;
use countersign::view::absence::Away;
use countersign::view::{AccountState, FormErrors, InviteForm, People, PersonRow, RoleSet};

use crate::support::html::{assert_sound, attribute, count, keep, tags};
use crate::support::views::{HOUR, admin, ana, at, ben, chiara, dana, id, person};

fn people() -> People {
    let row = |number, person, state, roles: &[&str]| PersonRow {
        id: id(number),
        person,
        state,
        roles: RoleSet::from_keys(roles.iter().copied()),
        manager: (number == 2).then(|| dana().label()),
        signed_in_at: (state == AccountState::Active).then(|| at(-3 * HOUR)),
        is_viewer: number == 1,
        away: (number == 2).then(|| Away { last: Some("14 May 2027".into()), substitute: Some(ben()) }),
    };
    People {
        rows: vec![
            row(1, dana(), AccountState::Active, &["requester", "approver", "admin"]),
            row(2, ana(), AccountState::Active, &["requester"]),
            row(3, ben(), AccountState::Invited, &["approver"]),
            row(4, chiara(), AccountState::Guest, &[]),
            row(5, person("Felix Braun", "felix.braun@example.org"), AccountState::Disabled, &["requester"]),
        ],
        invite: InviteForm::default(),
    }
}

#[test]
fn everybody_is_listed_with_account_and_roles() {
    let html = keep("people", &pages::people(admin(), people()));
    assert_sound("people", &html);
    let absent = "Absent until 14 May 2027, Ben Okafor stands in";
    for word in ["Active", "Invited", "Guest", "Disabled", "Requester, Approver, Admin", absent] {
        assert!(html.contains(word), "{word}");
    }
}

#[test]
fn nobody_can_disable_themselves() {
    let html = pages::people(admin(), people()).html().to_owned();
    assert!(!html.contains(&format!("/people/{}/disable", id(1))));
    assert!(html.contains(&format!("/people/{}/disable", id(2))));
    assert!(html.contains(&format!("/people/{}/enable", id(5))));
    assert_eq!(count(&html, "/invite-again"), 2, "the invited one and the guest");
}

#[test]
fn a_refused_invitation_keeps_what_was_typed() {
    let invite = InviteForm {
        name: "Gita".into(),
        email: "gita at example".into(),
        roles: RoleSet { approver: true, ..RoleSet::default() },
        errors: FormErrors::one("email", "This is not a mail address."),
    };
    let html = keep("people-refused", &pages::people(admin(), People { invite, ..people() }));
    assert_sound("people-refused", &html);
    let email = tags(&html, "input").into_iter().find(|input| attribute(input, "id") == Some("f-email"));
    assert_eq!(email.and_then(|input| attribute(input, "value")), Some("gita at example"));
    assert_eq!(email.and_then(|input| attribute(input, "aria-describedby")), Some("f-email-error"));
}
