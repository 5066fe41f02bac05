//! Webhooks and what was posted to them.

use countersign::pages;
use countersign::view::webhook::{EventChoice, ShownSecret, WebhookState};
use countersign::view::{
    DeliveryDetail, DeliveryRow, DeliveryState, FormErrors, WebhookDetail, WebhookForm, WebhookRow, Webhooks,
};

use crate::support::html::{assert_sound, attribute, count, keep, tags};
use crate::support::views::{DAY, HOUR, admin, at, dana, id};

fn row(number: u128, description: &str, state: WebhookState) -> WebhookRow {
    WebhookRow {
        id: id(number),
        url: "https://ledger.example.org/hooks/portal?room=7".into(),
        description: description.into(),
        events: vec!["request.submitted".into(), "request.closed".into()],
        state,
        newest: (state == WebhookState::Active).then(|| (DeliveryState::Delivered, at(-HOUR))),
    }
}

fn form() -> WebhookForm {
    let choice = |word: &str, chosen| EventChoice { word: word.into(), text: "It happened.".into(), chosen };
    WebhookForm {
        url: "https://ledger.example.org/hooks/portal".into(),
        description: "The ledger".into(),
        events: vec![choice("request.submitted", false), choice("request.closed", true)],
        errors: FormErrors::default(),
    }
}

fn delivery(number: u128, state: DeliveryState) -> DeliveryRow {
    let troubled = matches!(state, DeliveryState::Retrying | DeliveryState::Failed);
    DeliveryRow {
        id: id(number),
        event: "request.closed".into(),
        state,
        attempts: if troubled { 4 } else { u32::from(state == DeliveryState::Delivered) },
        error: troubled.then(|| "The receiver answered 503.".into()),
        next_attempt_at: (state == DeliveryState::Retrying).then(|| at(HOUR / 4)),
        created_at: at(-HOUR),
    }
}

fn detail() -> WebhookDetail {
    WebhookDetail {
        webhook: row(1, "The ledger", WebhookState::Active),
        secret: None,
        disabled: None,
        form: form(),
        owner: dana(),
        created_at: at(-DAY),
        secret_number: 2,
        old_secret_until: Some(at(HOUR)),
        deliveries: vec![
            delivery(1, DeliveryState::Queued),
            delivery(2, DeliveryState::Retrying),
            delivery(3, DeliveryState::Delivered),
            delivery(4, DeliveryState::Failed),
        ],
        paged: false,
        next: Some(id(4).to_string()),
    }
}

#[test]
fn webhooks_are_listed_by_what_they_are_for_or_else_by_their_address() {
    let rows = vec![row(1, "The ledger", WebhookState::Active), row(2, "", WebhookState::Disabled)];
    let html = keep("webhooks", &pages::webhooks(admin(), Webhooks { rows, form: form() }));
    assert_sound("webhooks", &html);
    assert!(html.contains("The ledger") && html.contains("Active") && html.contains("Disabled"));
    assert_eq!(count(&html, "https://ledger.example.org/hooks/portal?room=7"), 2, "once as the name, once below it");
}

#[test]
fn without_webhooks_the_page_says_what_they_are_for() {
    let page = Webhooks { rows: Vec::new(), form: WebhookForm::default() };
    let html = keep("webhooks-empty", &pages::webhooks(admin(), page));
    assert_sound("webhooks-empty", &html);
    assert!(html.contains("There are no webhooks yet"));
}

#[test]
fn a_refused_form_keeps_what_was_typed_and_names_the_field() {
    let mut errors = FormErrors::one("url", "This leads to an address that is not public.");
    errors.0.extend(FormErrors::one("event", "Choose at least one event.").0);
    let page = Webhooks { rows: Vec::new(), form: WebhookForm { errors, ..form() } };
    let html = keep("webhooks-refused", &pages::webhooks(admin(), page));
    assert_sound("webhooks-refused", &html);
    let inputs = tags(&html, "input");
    let url = inputs.into_iter().find(|input| attribute(input, "id") == Some("f-url")).expect("the field");
    assert_eq!(attribute(url, "value"), Some("https://ledger.example.org/hooks/portal"));
    assert!(attribute(url, "aria-describedby").is_some_and(|ids| ids.contains("f-url-error")));
}

#[test]
fn the_page_of_a_webhook_shows_its_deliveries_and_no_secret() {
    let html = keep("webhook", &pages::webhook(admin(), detail()));
    assert_sound("webhook", &html);
    for word in ["Queued", "Retrying", "Delivered", "Failed", "The receiver answered 503.", "Signs too until"] {
        assert!(html.contains(word), "{word}");
    }
    assert!(!html.contains("whsec_"));
    assert!(html.contains(&format!("/webhooks/{}/disable", id(1))) && !html.contains("/enable"));
}

#[test]
fn a_new_secret_is_shown_once_and_printed_never() {
    let secret = ShownSecret("whsec_c2VjcmV0".into());
    assert!(!format!("{secret:?}").contains("c2VjcmV0"));
    let page = WebhookDetail { secret: Some(secret), deliveries: Vec::new(), next: None, ..detail() };
    let html = keep("webhook-new", &pages::webhook(admin(), page));
    assert_sound("webhook-new", &html);
    assert_eq!(count(&html, "whsec_c2VjcmV0"), 1);
    assert!(html.contains("Nothing was posted yet"));
}

#[test]
fn a_disabled_webhook_says_why_and_can_be_enabled() {
    let page = WebhookDetail {
        webhook: row(1, "The ledger", WebhookState::Disabled),
        disabled: Some((at(-HOUR), "The receiver answered 410 Gone.".into())),
        ..detail()
    };
    let html = keep("webhook-disabled", &pages::webhook(admin(), page));
    assert_sound("webhook-disabled", &html);
    assert!(html.contains("The receiver answered 410 Gone.") && html.contains("/enable"));
    assert!(!html.contains("/test\""));
}

fn posted(state: DeliveryState) -> DeliveryDetail {
    DeliveryDetail {
        delivery: delivery(4, state),
        webhook: id(1),
        webhook_name: "The ledger".into(),
        url: "https://ledger.example.org/hooks/portal?room=7".into(),
        payload: "{\n  \"type\": \"request.closed\"\n}".into(),
        status: Some(503),
        answer: "<b>come back later</b>".into(),
        attempted_at: Some(at(-HOUR / 2)),
        delivered_at: None,
        instance: format!("webhook-{}", id(4)),
        can_redeliver: state == DeliveryState::Failed,
    }
}

#[test]
fn a_failed_delivery_shows_request_and_answer_and_can_be_redelivered() {
    let html = keep("delivery", &pages::delivery(admin(), posted(DeliveryState::Failed)));
    assert_sound("delivery", &html);
    assert!(html.contains(&format!("/webhooks/deliveries/{}/redeliver", id(4))));
    assert!(html.contains("&lt;b&gt;come back later") && html.contains("503"));
}

#[test]
fn a_delivery_under_way_cannot_be_redelivered() {
    let page = DeliveryDetail { status: None, answer: String::new(), ..posted(DeliveryState::Retrying) };
    let html = keep("delivery-retrying", &pages::delivery(admin(), page));
    assert_sound("delivery-retrying", &html);
    assert!(!html.contains("/redeliver") && html.contains("The receiver has not answered."));
}
