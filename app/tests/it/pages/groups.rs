//! Groups of people.

use countersign::pages;
use countersign::view::{AccountState, FormErrors, GroupDetail, GroupForm, GroupRow, Groups, PersonLink};

use crate::support::html::{assert_sound, attribute, keep, tags};
use crate::support::views::{admin, ana, chiara, id};

fn detail() -> GroupDetail {
    let link = |number, person, state| PersonLink { id: id(number), person, state };
    GroupDetail {
        id: id(1),
        name: "Finance".into(),
        members: vec![link(2, ana(), AccountState::Active), link(4, chiara(), AccountState::Disabled)],
        policies: Vec::new(),
        form: GroupForm {
            name: "Finance".into(),
            members: "ana.silva@example.org\nchiara@supplier.example".into(),
            errors: FormErrors::default(),
        },
    }
}

#[test]
fn groups_are_listed_with_how_many_belong_to_them() {
    let rows = vec![
        GroupRow { id: id(1), name: "Finance".into(), members: 12 },
        GroupRow { id: id(2), name: "Legal".into(), members: 0 },
    ];
    let html = keep("groups", &pages::groups(admin(), Groups { rows, form: GroupForm::default() }));
    assert_sound("groups", &html);
    assert!(html.contains(&format!("href=\"/groups/{}\"", id(1))) && html.contains("12"));
    let empty = keep("groups-empty", &pages::groups(admin(), Groups { rows: Vec::new(), form: GroupForm::default() }));
    assert_sound("groups-empty", &empty);
    assert!(empty.contains("There are no groups yet"));
}

#[test]
fn a_group_shows_its_people_and_can_be_deleted_while_no_policy_uses_it() {
    let html = keep("group", &pages::group(admin(), detail()));
    assert_sound("group", &html);
    assert!(html.contains(&format!("href=\"/people/{}\"", id(2))) && html.contains("Disabled"));
    let delete = format!("action=\"/groups/{}/delete\"", id(1));
    assert!(html.contains(&delete));

    let policies = vec!["Large invoices".to_owned(), "Travel".to_owned()];
    let html = keep("group-in-use", &pages::group(admin(), GroupDetail { policies, ..detail() }));
    assert_sound("group-in-use", &html);
    assert!(!html.contains(&delete) && html.contains("Large invoices, Travel"));
}

#[test]
fn a_refused_group_keeps_what_was_typed() {
    let form = GroupForm {
        name: "Finance".into(),
        members: "no address".into(),
        errors: FormErrors::one("members", "“no” is not a mail address."),
    };
    let html = keep("group-refused", &pages::group(admin(), GroupDetail { form, ..detail() }));
    assert_sound("group-refused", &html);
    let members = tags(&html, "textarea").into_iter().find(|area| attribute(area, "id") == Some("f-members"));
    let described = members.and_then(|area| attribute(area, "aria-describedby"));
    assert_eq!(described, Some("f-members-error f-members-hint"));
    assert!(html.contains("no address</textarea>"));
}
