//! What a link in a mail opens.

use countersign::pages;
use countersign::view::link::Invalid;
use countersign::view::{
    CodeEntry, Decide, DecisionForm, FormErrors, LinkState, LinkStatus, Moment, Receipt, Reconsider, Tally, Verdict,
};

use crate::support::html::{assert_sound, attribute, has, keep, tags};
use crate::support::views::{DAY, HOUR, at, decide, id, receipt, request, tally};

#[test]
fn the_question_shows_who_asks_whom_and_what_follows_and_has_no_script() {
    let html = keep("decide", &pages::decide(decide()));
    assert_sound("decide", &html);
    assert!(tags(&html, "script").is_empty());
    assert!(tags(&html, "iframe").is_empty());
    assert!(html.contains("Ana Silva asks for your approval"));
    assert!(html.contains("Ben Okafor &lt;ben.okafor@example.org&gt;"));
    assert!(html.contains("it is rejected automatically"));
    assert!(html.contains("The request is approved and everybody is told."));
    assert!(html.contains("can still approve it"));
}

#[test]
fn a_scanner_that_posts_the_form_as_it_is_decides_nothing() {
    let html = pages::decide(decide()).html().to_owned();
    let radios: Vec<_> =
        tags(&html, "input").into_iter().filter(|input| attribute(input, "type") == Some("radio")).collect();
    assert_eq!(radios.len(), 3);
    assert!(radios.iter().all(|radio| !has(radio, "checked")));
    let buttons = tags(&html, "button");
    assert_eq!(buttons.len(), 1, "one button");
    assert!(attribute(buttons[0], "name").is_none(), "the button carries no verdict");
}

#[test]
fn an_answer_without_a_choice_comes_back_with_a_message_and_the_reason_kept() {
    let form = DecisionForm {
        nonce: "n0nce".into(),
        verdict: None,
        reason: "because </textarea> & so on".into(),
        errors: FormErrors::one("verdict", "Choose Approve or Reject."),
        ..DecisionForm::default()
    };
    let html = keep("decide-refused", &pages::decide(Decide { form, ..decide() }));
    assert_sound("decide-refused", &html);
    assert!(html.contains("because &lt;/textarea&gt; &amp; so on"));
    assert!(html.contains("href=\"#f-verdict\""));
}

/// The question behind a link whose policy asks for a code.
fn with_code(until: Option<Moment>, errors: FormErrors) -> Decide {
    let code = Some(CodeEntry { ask: "/decide/7/code".into(), until });
    let form = DecisionForm { nonce: "n0nce".into(), reason: "Fine".into(), errors, code, ..DecisionForm::default() };
    Decide { form, ..decide() }
}

#[test]
fn where_a_code_is_needed_it_is_asked_for_before_anything_can_be_sent() {
    let html = keep("decide-code-first", &pages::decide(with_code(None, FormErrors::default())));
    assert_sound("decide-code-first", &html);
    assert!(tags(&html, "script").is_empty() && tags(&html, "input").is_empty());
    let forms = tags(&html, "form");
    assert_eq!(forms.iter().map(|form| attribute(form, "action")).collect::<Vec<_>>(), [Some("/decide/7/code")]);
    assert!(html.contains("Mail me a code"));
}

#[test]
fn a_mailed_code_is_typed_beside_the_answer_and_enter_sends_the_answer() {
    let html = keep("decide-code", &pages::decide(with_code(Some(at(HOUR)), FormErrors::default())));
    assert_sound("decide-code", &html);
    let inputs = tags(&html, "input");
    let code = inputs.iter().find(|input| attribute(input, "name") == Some("code")).expect("the field");
    let said = ["inputmode", "autocomplete", "value"].map(|name| attribute(code, name));
    assert_eq!(said, [Some("numeric"), Some("one-time-code"), None]);
    assert!(has(code, "required"));
    let buttons = tags(&html, "button");
    let leads: Vec<_> = buttons.iter().map(|button| attribute(button, "formaction")).collect();
    assert_eq!(leads, [None, Some("/decide/7/code")], "the first one is what Enter presses");
    assert!(has(buttons[1], "formnovalidate"));
}

#[test]
fn a_code_that_was_refused_takes_nothing_else_away() {
    let errors = FormErrors::one("code", "This code has expired. Have a new one mailed.");
    let html = keep("decide-code-refused", &pages::decide(with_code(None, errors)));
    assert_sound("decide-code-refused", &html);
    assert!(html.contains("href=\"#f-code\"") && html.contains("Fine") && html.contains("Mail me a code"));
}

#[test]
fn the_escalation_person_learns_that_their_answer_decides() {
    let tally = Tally { decides_alone: true, ..tally() };
    let page = Decide { tally, text_html: String::new(), files: vec![], due: None, ..decide() };
    let html = keep("decide-escalated", &pages::decide(page));
    assert_sound("decide-escalated", &html);
    assert!(html.contains("Your answer decides alone"));
}

#[test]
fn a_decision_is_answered_with_a_receipt() {
    let state = LinkState::Decided(receipt());
    let html = keep("receipt", &pages::link_status(LinkStatus { link: Some(id(7)), title: None, state }));
    assert_sound("receipt", &html);
    assert!(tags(&html, "script").is_empty());
    assert!(html.contains("You approved this request"));
    assert!(html.contains("Sunday 22 November 2026"));
}

#[test]
fn a_receipt_leads_to_the_certificate_where_the_link_gives_it() {
    let page = |certificate| {
        let state = LinkState::Decided(Receipt { certificate, ..receipt() });
        pages::link_status(LinkStatus { link: Some(id(7)), title: None, state })
    };
    let html = keep("receipt-certificate", &page(true));
    assert_sound("receipt-certificate", &html);
    assert!(html.contains(&format!("href=\"/decide/{}/certificate.pdf\"", id(7))));
    assert!(!page(false).html().contains("certificate.pdf"));
}

#[test]
fn a_receipt_can_hold_the_form_that_changes_the_answer() {
    let form = DecisionForm { nonce: "n0nce".into(), ..DecisionForm::default() };
    let reconsider = Reconsider { until: at(HOUR), form, tally: tally() };
    let again = |form: DecisionForm| {
        let state = LinkState::Decided(Receipt {
            reconsider: Some(Box::new(Reconsider { form, ..reconsider.clone() })),
            ..receipt()
        });
        keep("receipt-reconsider", &pages::link_status(LinkStatus { link: Some(id(7)), title: None, state }))
    };
    let html = again(reconsider.form.clone());
    assert_sound("receipt-reconsider", &html);
    assert!(html.contains("You can change your answer until ") && html.contains("n0nce"));
    assert!(html.contains(&format!("action=\"/decide/{}\"", id(7))));
    let radios: Vec<_> =
        tags(&html, "input").into_iter().filter(|input| attribute(input, "type") == Some("radio")).collect();
    assert!(!radios.is_empty() && radios.iter().all(|radio| !has(radio, "checked")));
    assert!(tags(&html, "details").iter().all(|details| !has(details, "open")));

    let errors = FormErrors::one("reason", "Say why you reject it.");
    let refused = again(DecisionForm { verdict: Some(Verdict::Reject), errors, ..DecisionForm::default() });
    assert!(tags(&refused, "details").iter().any(|details| has(details, "open")));
    assert!(refused.contains("Say why you reject it."));
}

#[test]
fn every_state_of_a_link_has_its_own_words_and_no_script() {
    let by_other =
        LinkState::DecidedByOther { who: Some("Efua Mensah".into()), verdict: Verdict::Reject, at: at(-DAY) };
    let by_rule = LinkState::DecidedByOther { who: None, verdict: Verdict::Approve, at: at(-DAY) };
    let states = [
        ("decided-by-other", by_other, "Efua Mensah rejected it"),
        ("decided-by-rule", by_rule, "automatically, by rule"),
        ("request-expired", LinkState::RequestExpired { at: at(-DAY) }, "without a verdict"),
        ("on-hold", LinkState::OnHold { since: Some(at(-HOUR)) }, "Your link stays valid"),
        ("expired", LinkState::Expired { at: at(-DAY) }, "Send me a new link"),
        ("new-link-sent", LinkState::NewLinkSent, "on its way"),
        ("new-link-too-soon", LinkState::NewLinkTooSoon, "a moment ago"),
        ("superseded", LinkState::NoLongerValid(Invalid::Superseded), "A newer link was mailed to you"),
        ("cookie-missing", LinkState::CookieMissing, "open the link in your mail again"),
    ];
    for (name, state, words) in states {
        let page = LinkStatus { link: Some(id(7)), title: Some(request().title), state };
        let html = keep(&format!("link-{name}"), &pages::link_status(page));
        assert_sound(name, &html);
        assert!(tags(&html, "script").is_empty(), "{name}");
        assert!(html.contains(words), "{name}: {words}");
    }
}

#[test]
fn an_unknown_link_gives_nothing_away() {
    let html =
        keep("link-unknown", &pages::link_status(LinkStatus { link: None, title: None, state: LinkState::Unknown }));
    assert_sound("link-unknown", &html);
    assert!(tags(&html, "form").is_empty());
    assert!(!html.contains("hosting"));
}
