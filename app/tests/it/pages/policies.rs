//! Policies: the list, the editor, the preview, the import, and the choice for a new request.

use countersign::pages;
use countersign::view::absence::ToAsk;
use countersign::view::policy::{
    EditedPolicy, GroupChoice, HoursFields, PreviewDoes, PreviewStage, PreviewStep, RungFields, StageFields, VersionRow,
};
use countersign::view::{
    FieldError, FinalRule, FormErrors, NewRequest, Policies, PolicyChoice, PolicyEditor, PolicyFields, PolicyImport,
    PolicyPreview, PolicyRow, Rule,
};

use crate::support::html::{assert_sound, attribute, count, keep, tags};
use crate::support::views::{DAY, ana, at, ben, chiara, dana, id, member};

fn row(number: u128, name: &str) -> PolicyRow {
    PolicyRow {
        id: id(number),
        name: name.into(),
        description: "For everything above 10,000 <euros>.".into(),
        stages: 2,
        version: 3,
        changed_at: at(-DAY),
        by: Some("Dana Whitfield".into()),
    }
}

fn stage(name: &str) -> StageFields {
    let rung = |does: &str, to: &str| RungFields {
        does: does.into(),
        to: to.into(),
        when: "after".into(),
        ..RungFields::default()
    };
    StageFields {
        name: name.into(),
        manager: true,
        approvers: "ana@x.org\nben@x.org".into(),
        groups: vec![id(7).to_string()],
        rule: "at_least".into(),
        needed: "2".into(),
        rungs: vec![rung("remind", ""), rung("escalate_address", "boss@x.org"), rung("reject", "")],
        hours: HoursFields { on: true, days: vec!["0".into()], from: "09:00".into(), ..HoursFields::default() },
        ..StageFields::default()
    }
}

const ABSENCE: &str = "for Efua Mensah, who is absent until 3 May 2027";

fn preview() -> PolicyPreview {
    let steps = vec![
        PreviewStep { at: at(2 * DAY), does: PreviewDoes::Remind },
        PreviewStep { at: at(3 * DAY), does: PreviewDoes::Escalate(vec![dana().into()]) },
        PreviewStep { at: at(4 * DAY), does: PreviewDoes::End(FinalRule::Reject) },
    ];
    let first = PreviewStage {
        name: "Lead".into(),
        rule: Rule::All,
        asked: vec![ToAsk { absence: Some(ABSENCE.into()), ..ben().into() }, chiara().into()],
        opens_at: at(0),
        due_at: Some(at(3 * DAY)),
        steps,
    };
    let second =
        PreviewStage { name: String::new(), opens_at: at(3 * DAY), due_at: None, steps: Vec::new(), ..first.clone() };
    PolicyPreview { requester: ana(), stages: vec![first, second], observers: vec![dana()] }
}

fn editor() -> PolicyEditor {
    let version = |version| VersionRow { version, at: at(-DAY), by: Some("Dana Whitfield".into()) };
    PolicyEditor {
        policy: Some(EditedPolicy {
            id: id(1),
            name: "Purchases".into(),
            version: 2,
            older: None,
            archived_at: None,
            versions: vec![version(2), version(1)],
        }),
        fields: PolicyFields {
            name: "Purchases".into(),
            stages: vec![stage("Lead"), stage("Board")],
            on_revision: "keep".into(),
            assurance: "code".into(),
            offered_to: vec![id(7).to_string()],
            ..PolicyFields::default()
        },
        groups: vec![GroupChoice { id: id(7).to_string(), name: "Board & <friends>".into() }],
        zones: vec!["Europe/Berlin".into(), "UTC".into()],
        placeholders: vec![("date".into(), "the day".into())],
        preview: None,
        preview_as: String::new(),
        errors: FormErrors::default(),
    }
}

#[test]
fn the_list_says_what_there_is_and_what_is_archived() {
    let html = keep("policies-empty", &pages::policies(member(), Policies::default()));
    assert_sound("policies-empty", &html);
    assert!(html.contains("There are no policies yet") && !html.contains("Archived"));
    let page = Policies { rows: vec![row(1, "Purchases")], archived: vec![row(2, "Old")] };
    let html = keep("policies", &pages::policies(member(), page));
    assert_sound("policies", &html);
    assert!(html.contains("&lt;euros&gt;") && html.contains(&format!("/policies/{}", id(2))));
}

#[test]
fn the_editor_holds_every_stage_and_enter_saves() {
    let html = keep("policy", &pages::policy(member(), editor()));
    assert_sound("policy", &html);
    let buttons = tags(&html, "button");
    let intents: Vec<_> = buttons.iter().filter(|button| attribute(button, "name") == Some("intent")).collect();
    assert_eq!(attribute(intents[0], "value"), Some("save"), "Enter presses the first one");
    for intent in ["add_stage", "remove_stage.1", "move_up.1", "add_rung.0", "remove_rung.1.2", "preview"] {
        assert!(intents.iter().any(|button| attribute(button, "value") == Some(intent)), "{intent}");
    }
    assert!(!html.contains("value=\"move_up.0\""), "the first one is as high as it gets");
    let stages =
        tags(&html, "fieldset").into_iter().filter(|set| attribute(set, "class") == Some("card policy__stage"));
    assert_eq!(stages.count(), 2);
    assert!(html.contains("name=\"seen\" value=\"2\"") && html.contains("Version 1"));
}

#[test]
fn a_refused_policy_comes_back_with_its_messages_at_their_places() {
    let error = |field: &str| FieldError { field: field.into(), message: format!("Something about {field}.") };
    let fields = [
        "name",
        "title",
        "text",
        "stage",
        "stage.0.approvers",
        "stage.1.needed",
        "stage.0.due",
        "stage.0.rung.0",
        "stage.0.rung.1.to",
        "stage.1.days",
        "stage.1.from",
        "stage.1.zone",
        "stage.1.days_off",
        "reconsider",
        "link_life",
        "observers",
        "offered_to",
        "policy",
        "as",
        "",
    ];
    let page = PolicyEditor { errors: FormErrors(fields.map(error).to_vec()), ..editor() };
    let html = keep("policy-refused", &pages::policy(member(), page));
    // Also says that each message leads to its field.
    assert_sound("policy-refused", &html);
    for field in ["stage.0.rung.0", "stage.1.days", "offered_to"] {
        assert_eq!(count(&html, &format!("Something about {field}.")), 2, "{field}: in the list and at its place");
    }
}

#[test]
fn the_preview_says_what_its_times_take_for_granted() {
    let page = PolicyEditor { policy: None, preview: Some(preview()), ..editor() };
    let html = keep("policy-preview", &pages::policy(member(), page));
    assert_sound("policy-preview", &html);
    for words in [
        "If Ana Silva submitted a request now.",
        "Asked as soon as the request is submitted",
        "Asked when stage 1 is approved, here: at its due time",
        "Both must approve",
        "Also ask Dana Whitfield",
        ABSENCE,
        "Without a due time: nothing happens by itself.",
        "Observed by Dana Whitfield.",
    ] {
        assert!(html.contains(words), "{words}");
    }
}

#[test]
fn a_text_that_cannot_be_imported_comes_back() {
    let errors = FormErrors::one("text", "Line 3, column 1: there is no key “nmae” here.");
    let page = PolicyImport { text: "a = \"</textarea>\"".into(), errors };
    let html = keep("policy-import", &pages::import_policy(member(), page));
    assert_sound("policy-import", &html);
    assert!(html.contains("&lt;/textarea&gt;") && html.contains("href=\"#f-text\""));
}

#[test]
fn a_new_request_offers_policies_and_shows_whom_the_chosen_one_asks() {
    let choice = |number, name: &str| PolicyChoice {
        id: id(number).to_string(),
        name: name.into(),
        description: "When it costs.".into(),
    };
    let page = NewRequest {
        policies: vec![choice(1, "Purchases"), choice(2, "Travel")],
        policy: id(2).to_string(),
        preview: Some(preview()),
        ..NewRequest::default()
    };
    let html = keep("new-request-policy", &pages::new_request(member(), page));
    assert_sound("new-request-policy", &html);
    let chosen = format!("<option value=\"{}\" selected", id(2));
    assert!(html.contains(&chosen) && html.contains("When it costs.") && html.contains("Also ask Dana Whitfield"));
}
