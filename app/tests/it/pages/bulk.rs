//! Deciding several requests at once.

use countersign::pages;
use countersign::view::{
    BulkDecision, BulkFate, BulkResult, BulkResultRow, BulkRow, DecisionForm, FormErrors, Verdict,
};

use crate::support::html::{assert_sound, attribute, has, keep, tags};
use crate::support::views::{HOUR, ana, chiara, due, id, member};

fn decision() -> BulkDecision {
    let row = |number, title: &str, requester, due| BulkRow {
        id: id(number),
        title: title.to_owned(),
        requester,
        revision: 2,
        due,
        chosen: format!("{}~nonce-{number}", id(number)),
    };
    let rows = vec![
        row(1, "Renew the hosting contract", ana(), Some(due(5 * HOUR))),
        row(2, "Purchase: <b>forklift</b> battery", chiara(), None),
    ];
    BulkDecision { rows, left_out: 1, form: DecisionForm::default() }
}

#[test]
fn what_was_chosen_is_listed_with_its_revision_and_nothing_is_decided_beforehand() {
    let html = keep("bulk", &pages::bulk(member(), decision()));
    assert_sound("bulk", &html);
    let chosen: Vec<_> =
        tags(&html, "input").into_iter().filter(|tag| attribute(tag, "name") == Some("chosen")).collect();
    assert_eq!(chosen.len(), 2);
    assert!(!tags(&html, "input").iter().any(|tag| has(tag, "checked")));
    assert!(html.contains("Decide on 2 requests") && html.contains("Left out: one request"));
    assert!(html.contains("&lt;b&gt;forklift"));
}

#[test]
fn the_form_comes_back_with_what_was_typed_and_what_is_missing() {
    let form = DecisionForm {
        verdict: Some(Verdict::Reject),
        errors: FormErrors::one("reason", "Say why you reject it."),
        ..DecisionForm::default()
    };
    let html = pages::bulk(member(), BulkDecision { form, ..decision() }).html().to_owned();
    assert_sound("bulk-refused", &html);
    let ticked: Vec<_> = tags(&html, "input").into_iter().filter(|tag| has(tag, "checked")).collect();
    assert_eq!(ticked.iter().filter_map(|tag| attribute(tag, "value")).collect::<Vec<_>>(), ["reject"]);
    assert!(html.contains("href=\"#f-reason\""));
}

#[test]
fn nothing_chosen_leads_back_to_the_list() {
    let page = BulkDecision { rows: vec![], left_out: 0, ..decision() };
    let html = keep("bulk-empty", &pages::bulk(member(), page));
    assert_sound("bulk-empty", &html);
    assert!(html.contains("href=\"/?tab=waiting\""));
    assert!(!html.contains("type=\"radio\""));
}

#[test]
fn each_request_has_its_own_result() {
    let row = |number, title: &str, fate, text: &str| BulkResultRow {
        id: id(number),
        title: title.to_owned(),
        fate,
        text: text.to_owned(),
    };
    let rows = vec![
        row(1, "Renew the hosting contract", BulkFate::Recorded, "You approved revision 2."),
        row(2, "Forklift battery", BulkFate::DecidedAlready, "Your answer came too late."),
        row(3, "Privacy notice", BulkFate::Changed, "The document was changed."),
        row(4, "Summer party", BulkFate::OnHold, "The request is on hold."),
        row(5, "", BulkFate::Ended, "You are not asked about this request any more."),
    ];
    let html = keep("bulk-result", &pages::bulk_result(member(), BulkResult { rows }));
    assert_sound("bulk-result", &html);
    assert!(html.contains("recorded for 1 of 5 requests"));
    for word in ["Recorded", "Decided already", "Changed since", "On hold", "Ended"] {
        assert!(html.contains(word), "{word}");
    }
}
