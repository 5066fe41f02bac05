//! The form for a new request.

use countersign::pages;
use countersign::view::{ApproverForm, FieldError, FinalRule, FormErrors, KeptFile, NewRequest, SpanField, SpanUnit};

use crate::support::html::{assert_sound, attribute, has, keep, tags};
use crate::support::views::member;

#[test]
fn the_form_works_without_the_browser_part() {
    let html = keep("new-request", &pages::new_request(member(), NewRequest::default()));
    assert_sound("new-request", &html);
    let rows = tags(&html, "input").into_iter().filter(|input| attribute(input, "name") == Some("approver")).count();
    assert_eq!(rows, ApproverForm::ROWS);
    let buttons = tags(&html, "button");
    let intents: Vec<_> = buttons.iter().filter_map(|button| attribute(button, "value")).collect();
    assert_eq!(intents, ["submit", "more_rows", "submit"], "Enter presses the first one");
    assert!(html.contains("enctype=\"multipart/form-data\""));
}

#[test]
fn a_refused_form_keeps_everything_that_was_typed() {
    let error = |field: &str, message: &str| FieldError { field: field.into(), message: message.into() };
    let errors = FormErrors(vec![
        error("title", "Give the request a title."),
        error("approver.1", "This is not a mail address."),
        error("needed", "Two people are asked, so choose 1 or 2."),
        error("due", "Enter a whole number, or nothing."),
    ]);
    let page = NewRequest {
        title: " \"quoted\" ".into(),
        text: "\n# Why\n<b>bold</b>".into(),
        kept: vec![KeptFile { token: "t0ken".into(), name: "quote.pdf".into(), size: 84_300 }],
        approvers: ApproverForm {
            rows: vec!["ben@example.org".into(), "chiara at supplier".into(), String::new()],
            rule: "at_least".into(),
            needed: "5".into(),
            due: SpanField { number: "soon".into(), unit: SpanUnit::Hours },
            errors: FormErrors::default(),
        },
        escalate_to: "dana@example.org".into(),
        final_rule: FinalRule::Expire,
        errors,
        ..NewRequest::default()
    };
    let html = keep("new-request-refused", &pages::new_request(member(), page));
    assert_sound("new-request-refused", &html);
    for kept in
        ["value=\"chiara at supplier\"", "value=\"soon\"", "value=\"5\"", "value=\"t0ken\"", "&lt;b&gt;bold&lt;/b&gt;"]
    {
        assert!(html.contains(kept), "{kept}");
    }
    let chosen: Vec<_> = tags(&html, "input").into_iter().filter(|input| has(input, "checked")).collect();
    let chosen: Vec<_> = chosen.iter().filter_map(|input| attribute(input, "value")).collect();
    assert_eq!(chosen, ["t0ken", "at_least", "expire"]);
    assert!(html.contains("href=\"#f-approver-1\""));
}
