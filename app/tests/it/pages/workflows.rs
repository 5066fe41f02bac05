//! The catalogue, and the form that starts a workflow.

use countersign::pages;
use countersign::view::{
    FieldError, FormErrors, InputField, InputKind, InstanceRow, InstanceState, StartForm, Way, WorkflowDetail,
    WorkflowRow, Workflows,
};

use crate::support::html::{assert_sound, attribute, count, has, keep, tags};
use crate::support::views::{HOUR, admin, at, member};

fn row(name: &str, recent: u64, open: u64) -> WorkflowRow {
    WorkflowRow {
        name: name.into(),
        version: String::new(),
        summary: "Validates, checks the stock, takes the payment, confirms".into(),
        description: "Each step goes on only if the one before said yes.".into(),
        recent,
        open,
    }
}

fn field(name: &str, label: &str, kind: InputKind, value: &str) -> InputField {
    let (hint, required) = (String::new(), true);
    InputField { name: name.into(), label: label.into(), hint, required, kind, value: value.into() }
}

fn form() -> StartForm {
    let timeouts = InputKind::Choice(vec!["approve".into(), "reject".into()]);
    StartForm {
        fields: vec![
            field("item", "Item", InputKind::Text, "Lamp <1>"),
            field("quantity", "Quantity", InputKind::Integer { least: Some(1), most: None }, "2"),
            field("price", "Price", InputKind::Number, "9.5"),
            field("on_timeout", "On timeout", timeouts, "reject"),
            field("gift", "Gift", InputKind::Check, "true"),
            field("notes", "Notes", InputKind::Lines, "one\ntwo"),
            InputField { required: false, ..field("more", "More", InputKind::Json, "") },
        ],
        json: "{\n  \"item\": \"Lamp <1>\"\n}".into(),
        id: String::new(),
        way: Way::Fields,
        errors: FormErrors::default(),
    }
}

fn detail() -> WorkflowDetail {
    WorkflowDetail {
        name: "OrderProcessing".into(),
        version: "2".into(),
        summary: "Validates, checks the stock, takes the payment, confirms".into(),
        description: "Each step goes on only if the one before said yes.".into(),
        form: form(),
        schema: "{\n  \"type\": \"object\"\n}".into(),
        curl: "curl -X POST 'http://127.0.0.1:3000/runtime/webhooks/durabletask/orchestrators/OrderProcessing'".into(),
        runs: vec![InstanceRow {
            id: "order-17".into(),
            name: "OrderProcessing".into(),
            state: InstanceState::Completed,
            created_at: at(-HOUR),
            updated_at: at(-HOUR),
        }],
        everybody: false,
    }
}

#[test]
fn the_catalogue_says_what_there_is_and_how_often_it_ran() {
    let rows = vec![row("OrderProcessing", 3, 1), row("Greet", 1, 0), row("AsyncHttp", 0, 0)];
    let html = keep("workflows", &pages::workflows(member(), Workflows { rows, everybody: false }));
    assert_sound("workflows", &html);
    assert!(html.contains("href=\"/workflows/OrderProcessing\""));
    assert!(html.contains("href=\"/instances?name=OrderProcessing\""));
    for words in [
        "3 runs of yours in the last 7 days, 1 not finished",
        "1 run of yours in the last 7 days, all finished",
        "No run of yours in the last 7 days",
    ] {
        assert!(html.contains(words), "{words}");
    }
}

#[test]
fn an_empty_catalogue_says_why() {
    let html = keep("workflows-none", &pages::workflows(admin(), Workflows { rows: vec![], everybody: true }));
    assert_sound("workflows-none", &html);
    assert!(html.contains("There is nothing to start"));
}

#[test]
fn each_kind_of_input_has_a_control_that_holds_its_value() {
    let html = keep("workflow", &pages::workflow(member(), detail()));
    assert_sound("workflow", &html);
    let input = |id: &str| {
        let found = tags(&html, "input").into_iter().find(|tag| attribute(tag, "id") == Some(id));
        found.unwrap_or_else(|| panic!("no input {id}"))
    };
    assert_eq!(attribute(input("f-in-item"), "value"), Some("Lamp &lt;1&gt;"));
    assert_eq!(attribute(input("f-in-quantity"), "inputmode"), Some("numeric"));
    assert_eq!(attribute(input("f-in-price"), "inputmode"), Some("decimal"));
    assert!(has(input("f-in-gift"), "checked"));
    let chosen: Vec<_> = tags(&html, "option").into_iter().filter(|tag| has(tag, "selected")).collect();
    assert_eq!(chosen.iter().filter_map(|tag| attribute(tag, "value")).collect::<Vec<_>>(), ["reject"]);
    assert!(html.contains("one\ntwo</textarea>"));
    assert!(html.contains("1 or more."));
    let hidden: Vec<_> = tags(&html, "input").into_iter().filter(|tag| attribute(tag, "name") == Some("way")).collect();
    assert_eq!(hidden.iter().filter_map(|tag| attribute(tag, "value")).collect::<Vec<_>>(), ["fields", "json"]);
    assert!(html.contains("href=\"/instances/order-17\""));
}

#[test]
fn everything_wrong_leads_to_its_control_and_only_in_the_form_that_was_sent() {
    let error = |field: &str, message: &str| FieldError { field: field.into(), message: message.into() };
    let errors = FormErrors(vec![
        error("in.quantity", "Quantity must be a whole number."),
        error("instance_id", "A run with this id exists already."),
    ]);
    let page = WorkflowDetail { form: StartForm { errors, id: "order-17".into(), ..form() }, ..detail() };
    let html = keep("workflow-refused", &pages::workflow(member(), page));
    assert_sound("workflow-refused", &html);
    assert!(html.contains("href=\"#f-in-quantity\"") && html.contains("href=\"#f-instance_id\""));
    assert_eq!(count(&html, "class=\"error-summary\""), 1);
}

#[test]
fn json_that_is_not_right_comes_back_open_and_as_it_was_typed() {
    let errors = FormErrors::one("input", "This is not JSON: expected value at line 1 column 1.");
    let page =
        WorkflowDetail { form: StartForm { way: Way::Json, json: "{item: 1}".into(), errors, ..form() }, ..detail() };
    let html = keep("workflow-json-refused", &pages::workflow(member(), page));
    assert_sound("workflow-json-refused", &html);
    assert!(html.contains("href=\"#json-input\"") && html.contains("{item: 1}</textarea>"));
    let open = tags(&html, "details").into_iter().filter(|tag| has(tag, "open")).count();
    assert_eq!(open, 1, "the part for JSON");
}

#[test]
fn an_input_that_no_control_can_ask_for_is_json_at_once() {
    let page = WorkflowDetail {
        form: StartForm { fields: vec![], way: Way::Json, ..form() },
        runs: vec![],
        everybody: true,
        ..detail()
    };
    let html = keep("workflow-json", &pages::workflow(admin(), page));
    assert_sound("workflow-json", &html);
    assert!(!html.contains("Write the input as JSON"));
    assert!(html.contains("Nobody has started it yet."));
}
