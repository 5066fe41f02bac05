//! The engine's entities.

use countersign::pages;
use countersign::view::{Entities, EntityDetail, EntityRow, FormErrors, OperationForm};

use crate::support::html::{assert_sound, attribute, has, keep, tags};
use crate::support::views::{DAY, HOUR, admin, at};

fn list() -> Entities {
    let row = |key: &str, state: &str, locked: bool| EntityRow {
        id: format!("@counter@{key}"),
        state: state.into(),
        locked,
        operated_at: at(-HOUR),
    };
    Entities {
        name: "counter".into(),
        rows: vec![row("door", "3", false), row("house", "{\"inside\":17}", true)],
        paged: false,
        next: Some("42".into()),
    }
}

fn detail() -> EntityDetail {
    EntityDetail {
        id: "@counter@door".into(),
        name: "counter".into(),
        key: "door".into(),
        state: Some("3".into()),
        lock: Some(("visits-1".into(), at(-HOUR))),
        blocked: None,
        created_at: at(-DAY),
        operated_at: at(-HOUR),
        form: OperationForm { operations: vec!["add".into(), "reset".into()], ..OperationForm::default() },
    }
}

#[test]
fn the_list_leads_to_each_entity_and_keeps_the_filter_in_the_address() {
    let html = keep("entities", &pages::entities(admin(), list()));
    assert_sound("entities", &html);
    assert!(html.contains("href=\"/entities/%40counter%40door\""));
    assert!(html.contains("href=\"/entities?name=counter&amp;after=42\""));
    assert!(html.contains("{\"inside\":17}") || html.contains("{&quot;inside&quot;:17}"));
}

#[test]
fn an_empty_list_says_where_entities_come_from() {
    let none = Entities { name: String::new(), rows: vec![], next: None, ..list() };
    let html = keep("entities-none", &pages::entities(admin(), none));
    assert_sound("entities-none", &html);
    assert!(html.contains("No entity has a state yet"));
}

#[test]
fn an_entity_shows_its_state_and_takes_operations() {
    let html = keep("entity", &pages::entity(admin(), detail()));
    assert_sound("entity", &html);
    assert!(html.contains("href=\"/instances/visits-1\""));
    assert!(html.contains("action=\"/entities/%40counter%40door/delete\""));
    let operations: Vec<_> = tags(&html, "option").into_iter().filter_map(|tag| attribute(tag, "value")).collect();
    assert_eq!(operations, ["add", "reset"]);
}

#[test]
fn an_operation_that_is_not_right_comes_back_as_it_was_typed() {
    let form = OperationForm {
        operation: "reset".into(),
        input: "{".into(),
        errors: FormErrors::one("input", "This is not JSON: EOF while parsing an object at line 1 column 1."),
        ..detail().form
    };
    let html = keep("entity-refused", &pages::entity(admin(), EntityDetail { form, ..detail() }));
    assert_sound("entity-refused", &html);
    assert!(html.contains("href=\"#f-input\"") && html.contains("{</textarea>"));
    let chosen = tags(&html, "option").into_iter().find(|tag| has(tag, "selected"));
    assert_eq!(chosen.and_then(|tag| attribute(tag, "value")), Some("reset"));
}

#[test]
fn an_entity_of_an_unknown_kind_is_only_shown() {
    let page = EntityDetail { form: OperationForm::default(), state: None, lock: None, ..detail() };
    let html = keep("entity-unknown", &pages::entity(admin(), page));
    assert_sound("entity-unknown", &html);
    assert!(!html.contains("/delete\"") && html.contains("It has no state"));
}
