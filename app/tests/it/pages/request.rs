//! The page of one request.

use countersign::pages;
use countersign::view::{
    AskedPerson, DecisionBox, DecisionForm, FormErrors, PersonState, RequestDetail, RequestState, Verdict,
};

use crate::support::html::{assert_sound, attribute, count, has, keep, tags};
use crate::support::views::{self, HOUR, admin, asked, at, closed, dana, event, member, request};

#[test]
fn an_asked_reader_finds_the_document_the_people_and_the_decision() {
    let html = keep("request", &pages::request(member(), request()));
    assert_sound("request", &html);
    assert!(html.contains("At least 2 of 3 must approve"));
    assert!(html.contains("Ben Okafor (you)") || html.contains("Ben Okafor<!> (you)") || html.contains(" (you)"));
    assert!(html.contains("action=\"/requests/01935a2b-7c00-7000-8000-000000000001/decide\""));
    assert!(html.contains("data-live=\"/requests/01935a2b-7c00-7000-8000-000000000001/events?after=6\""));
    assert_eq!(count(&html, "data-live-part="), 5);
}

#[test]
fn no_verdict_is_chosen_beforehand() {
    let html = pages::request(member(), request()).html().to_owned();
    let radios: Vec<_> =
        tags(&html, "input").into_iter().filter(|input| attribute(input, "type") == Some("radio")).collect();
    assert_eq!(radios.len(), 2);
    assert!(radios.iter().all(|radio| !has(radio, "checked") && has(radio, "required")));
}

#[test]
fn a_refused_decision_keeps_what_was_chosen_and_typed() {
    let form = DecisionForm {
        nonce: "n0nce".into(),
        verdict: Some(Verdict::Reject),
        reason: String::new(),
        errors: FormErrors::one("reason", "Say why you reject, so that the requester can mend it."),
    };
    let page = RequestDetail { decision: DecisionBox::Open { form, tally: views::tally() }, ..request() };
    let html = keep("request-refused", &pages::request(member(), page));
    assert_sound("request-refused", &html);
    let reject = tags(&html, "input").into_iter().find(|input| attribute(input, "value") == Some("reject"));
    assert!(reject.is_some_and(|input| has(input, "checked")));
    assert!(html.contains("aria-invalid=\"true\""));
}

#[test]
fn what_people_wrote_is_escaped_and_what_was_sanitised_is_not() {
    let mut page = request();
    page.events[5].note = Some("<img src=x onerror=alert(1)>".into());
    let html = pages::request(member(), page).html().to_owned();
    assert!(!html.contains("<img src=x"));
    assert!(html.contains("<strong>31 December</strong>"));
    assert!(html.contains("&lt;b&gt;not bold"), "the text preview of a file is text");
}

#[test]
fn a_held_request_says_that_the_clock_stands_still() {
    let page = RequestDetail { state: RequestState::OnHold, decision: DecisionBox::OnHold, ..request() };
    let html = keep("request-on-hold", &pages::request(member(), page));
    assert_sound("request-on-hold", &html);
    assert!(html.contains("On hold"));
    assert!(html.contains("The clock stands still"));
    assert!(tags(&html, "textarea").is_empty());
}

#[test]
fn an_escalated_request_names_who_decides_alone() {
    let mut page = RequestDetail { state: RequestState::Escalated, decision: DecisionBox::NotAsked, ..request() };
    page.stage.asked.push(AskedPerson { escalation: true, ..asked(dana(), PersonState::Waiting) });
    page.stage.ladder[1].done = true;
    page.events.push(event(7, -HOUR, countersign::view::EventKind::Escalated, None, Some("Dana Whitfield")));
    let html = keep("request-escalated", &pages::request(admin(), page));
    assert_sound("request-escalated", &html);
    assert!(html.contains("At least 2 of 3 must approve"), "the escalation person is not counted by the rule");
    assert!(html.contains("decides alone"));
    assert!(tags(&html, "textarea").is_empty());
}

#[test]
fn closed_requests_say_how_they_ended() {
    for (state, word) in [
        (RequestState::Approved, "The request was approved by Ben Okafor"),
        (RequestState::Rejected, "The request was rejected by Ben Okafor"),
        (RequestState::Expired, "nobody decided in time"),
        (RequestState::Terminated, "The request was closed"),
    ] {
        let html =
            keep(&format!("request-{}", state.mark().word.to_lowercase()), &pages::request(admin(), closed(state)));
        assert_sound("request-closed", &html);
        assert!(html.contains(word), "{word}");
        assert!(html.contains("href=\"/instances/request-"), "admins reach the instance");
    }
}

#[test]
fn who_has_decided_sees_their_answer_in_place_of_the_form() {
    let decision = DecisionBox::Decided { verdict: Verdict::Approve, at: at(-HOUR) };
    let html = keep("request-decided", &pages::request(member(), RequestDetail { decision, ..request() }));
    assert_sound("request-decided", &html);
    assert!(html.contains("data-live-key=\"decided\""));
    assert!(tags(&html, "textarea").is_empty());
}
