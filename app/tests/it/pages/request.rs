//! The page of one request.

use countersign::pages;
use countersign::view::{
    AskedPerson, CommentForm, DecisionBox, DecisionForm, EventKind, EventLine, FormErrors, PersonState, RequestDetail,
    RequestState, Verdict, WithdrawForm,
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
    assert_eq!(count(&html, "data-live-part="), 15);
}

#[test]
fn no_verdict_is_chosen_beforehand() {
    let html = pages::request(member(), request()).html().to_owned();
    let radios: Vec<_> =
        tags(&html, "input").into_iter().filter(|input| attribute(input, "type") == Some("radio")).collect();
    assert_eq!(radios.len(), 3);
    assert!(radios.iter().all(|radio| !has(radio, "checked") && has(radio, "required")));
}

#[test]
fn a_refused_decision_keeps_what_was_chosen_and_typed() {
    let form = DecisionForm {
        nonce: "n0nce".into(),
        verdict: Some(Verdict::Reject),
        reason: String::new(),
        errors: FormErrors::one("reason", "Say why you reject, so that the requester can mend it."),
        ..DecisionForm::default()
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
    assert!(!html.contains("name=\"verdict\""));
}

#[test]
fn an_escalated_request_names_who_decides_alone() {
    let mut page = RequestDetail { state: RequestState::Escalated, decision: DecisionBox::NotAsked, ..request() };
    page.stages[0].asked.push(AskedPerson { escalation: true, ..asked(dana(), PersonState::Waiting) });
    page.stages[0].ladder[1].done = true;
    page.events.push(event(7, -HOUR, countersign::view::EventKind::Escalated, None, Some("Dana Whitfield")));
    let html = keep("request-escalated", &pages::request(admin(), page));
    assert_sound("request-escalated", &html);
    assert!(html.contains("At least 2 of 3 must approve"), "the escalation person is not counted by the rule");
    assert!(html.contains("decides alone"));
    assert!(!html.contains("name=\"verdict\""));
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
    let decision = DecisionBox::Decided { verdict: Verdict::Approve, at: at(-HOUR), reconsider: None };
    let html = keep("request-decided", &pages::request(member(), RequestDetail { decision, ..request() }));
    assert_sound("request-decided", &html);
    assert!(html.contains("data-live-key=\"decided\""));
    assert!(!html.contains("name=\"verdict\""));
}

#[test]
fn whoever_asks_may_withdraw_and_the_form_opens_with_what_is_wrong() {
    let closed = keep("request-mine", &pages::request(member(), mine(WithdrawForm::default())));
    assert_sound("request-mine", &closed);
    let action = format!("action=\"/requests/{}/withdraw\"", views::id(1));
    assert!(closed.contains(&action) && closed.contains("Whoever has not answered"));
    assert!(!is_withdrawing(&closed));

    let errors = FormErrors::one("reason", "The reason may have at most 500 characters.");
    let refused = keep(
        "request-withdraw-refused",
        &pages::request(member(), mine(WithdrawForm { reason: "<b>x".into(), errors })),
    );
    assert_sound("request-withdraw-refused", &refused);
    assert!(is_withdrawing(&refused));
    assert!(refused.contains("&lt;b&gt;x") && refused.contains("href=\"#withdraw-reason\""));

    let others = pages::request(member(), request()).html().to_owned();
    assert!(!others.contains(&action) && others.contains("data-live-key=\"none\""));
}

/// Whether the form is open.
fn is_withdrawing(html: &str) -> bool {
    let forms = tags(html, "details").into_iter().filter(|details| details.contains("card verb"));
    forms.filter(|details| has(details, "open")).count() == 1
}

fn mine(form: WithdrawForm) -> RequestDetail {
    RequestDetail { decision: DecisionBox::NotAsked, withdraw: Some(form), ..request() }
}

#[test]
fn a_withdrawn_request_says_so_to_whoever_was_asked() {
    let mut page = closed(RequestState::Withdrawn);
    page.decision = DecisionBox::Withdrawn;
    page.events.pop();
    page.events.push(EventLine {
        note: Some("The price changed.".into()),
        ..event(7, -HOUR, EventKind::Withdrawn, Some("Ana Silva"), None)
    });
    let html = keep("request-withdrawn", &pages::request(member(), page));
    assert_sound("request-withdrawn", &html);
    for words in ["Withdrawn", "Ana Silva withdrew the request", "The price changed.", "nothing left for you to do"] {
        assert!(html.contains(words), "{words}");
    }
}

#[test]
fn comments_stand_in_the_stream_as_text_and_a_refused_one_is_kept_below_it() {
    let mut page = request();
    page.events.push(EventLine {
        note: Some("first line\nsee https://example.org and <i>this</i>".into()),
        ..event(7, -HOUR, EventKind::Commented, Some("Ana Silva"), None)
    });
    let errors = FormErrors::one("text", "A comment may have at most 4000 characters.");
    page.comment = CommentForm { text: "too <long>".into(), errors };
    let html = keep("request-comments", &pages::request(member(), page));
    assert_sound("request-comments", &html);
    assert!(html.contains("Ana Silva commented"));
    assert!(html.contains("first line\nsee https://example.org and &lt;i&gt;this&lt;/i&gt;"));
    assert!(html.contains("too &lt;long&gt;") && html.contains("href=\"#comment-text\""));
    let (stream, form) = (html.find("data-live-part=\"events\""), html.find("id=\"comment-text\""));
    let between = &html[stream.expect("the stream")..form.expect("the form")];
    assert!(between.contains("</section>"), "a live update of the stream does not touch what is being typed");
}

#[test]
fn what_several_people_went_through_one_after_the_other_is_one_line() {
    let named = |seq, kind, subject| event(seq, -HOUR, kind, None, Some(subject));
    let failed = EventLine { note: Some("550 no such mailbox".into()), ..named(6, EventKind::MailFailed, "Dana") };
    let lines = EventLine::gathered([
        named(1, EventKind::Asked, "Ana"),
        named(2, EventKind::Asked, "Ben"),
        named(3, EventKind::Mailed, "Ana"),
        named(4, EventKind::Mailed, "Ben"),
        named(5, EventKind::Mailed, "Chiara"),
        failed,
        named(7, EventKind::Mailed, "Ana"),
    ]);
    let sentences: Vec<_> = lines.iter().map(EventLine::sentence).collect();
    let expected = [
        "Ana and Ben were asked",
        "Mail sent to Ana, Ben and Chiara",
        "Mail to Dana could not be sent",
        "Mail sent to Ana",
    ];
    assert_eq!(sentences, expected);
    assert_eq!(lines[1].seq, 5, "the line is as new as the newest of them");
}

#[test]
fn what_was_done_again_later_is_a_line_of_its_own() {
    let minute = HOUR / 60;
    let reminded = |seq, offset, whom| event(seq, offset, EventKind::Reminded, None, Some(whom));
    let lines = EventLine::gathered([
        reminded(1, -HOUR, "Ana"),
        reminded(2, -HOUR + 6 * minute, "Ben"),
        reminded(3, -HOUR + 10 * minute, "Chiara"),
        reminded(4, -HOUR + 11 * minute, "Dana"),
        reminded(5, -HOUR + 21 * minute, "Ana"),
        reminded(6, -minute, "Ana"),
    ]);
    let told: Vec<_> = lines.iter().map(|line| (line.seq, line.at.clone(), line.sentence())).collect();
    let expected = [
        (3, at(-HOUR + 10 * minute), "Ana, Ben and Chiara were reminded".to_owned()),
        (5, at(-HOUR + 21 * minute), "Dana and Ana were reminded".to_owned()),
        (6, at(-minute), "Ana was reminded".to_owned()),
    ];
    assert_eq!(told, expected, "ten minutes are counted from the first of them");
}
