//! Webhooks and what was posted to them.

use super::{Seen, moment};
use crate::portal::error::FieldError;
use crate::portal::webhooks::{
    Delivery, DeliveryPage, DeliveryState, Webhook, WebhookDraft, WebhookEvent, WebhookLine, WebhookPage,
};
use crate::view;
use crate::view::webhook::{EventChoice, ShownSecret, WebhookState};

/// One webhook in the list.
pub(crate) fn row(line: &WebhookLine, seen: Seen) -> view::WebhookRow {
    let newest = line.newest.as_ref().map(|newest| (newest.state.into(), moment(newest.created_at, seen)));
    view::WebhookRow { newest, ..row_of(&line.webhook) }
}

fn row_of(webhook: &Webhook) -> view::WebhookRow {
    view::WebhookRow {
        id: webhook.id.0,
        url: webhook.url.clone(),
        description: webhook.description.clone(),
        events: webhook.events.iter().map(|event| event.word().to_owned()).collect(),
        state: if webhook.is_active() { WebhookState::Active } else { WebhookState::Disabled },
        newest: None,
    }
}

/// The form with what was typed.
pub(crate) fn form(typed: WebhookDraft, errors: Vec<FieldError>) -> view::WebhookForm {
    let events = WebhookEvent::SUBSCRIBABLE
        .into_iter()
        .map(|event| EventChoice {
            word: event.word().to_owned(),
            text: event.explanation().to_owned(),
            chosen: typed.events.iter().any(|word| word == event.word()),
        })
        .collect();
    view::WebhookForm { url: typed.url, description: typed.description, events, errors: errors.into() }
}

/// The form for a new one.
pub(crate) fn fresh_form() -> view::WebhookForm {
    let events = [WebhookEvent::RequestSubmitted, WebhookEvent::RequestClosed].map(|event| event.word().to_owned());
    form(WebhookDraft { events: events.to_vec(), ..WebhookDraft::default() }, Vec::new())
}

/// What the page of a webhook shows besides its rows.
#[derive(Default)]
pub(crate) struct Shown {
    /// The form as it was typed; as the webhook is, without.
    pub(crate) form: Option<view::WebhookForm>,
    /// The secret that was just made.
    pub(crate) secret: Option<ShownSecret>,
    /// Whether this is not the first page of deliveries.
    pub(crate) paged: bool,
}

/// The page of a webhook.
pub(crate) fn detail(page: WebhookPage, shown: Shown, seen: Seen) -> view::WebhookDetail {
    let WebhookPage { line, deliveries } = page;
    let webhook = row(&line, seen);
    let WebhookLine { webhook: row, owner, .. } = line;
    let until = row.old_secret_until(seen.now).map(|until| moment(until, seen));
    let draft = WebhookDraft { url: row.url, description: row.description, events: webhook.events.clone() };
    view::WebhookDetail {
        webhook,
        secret: shown.secret,
        disabled: row.disabled.map(|disabled| (moment(disabled.at, seen), disabled.why)),
        form: shown.form.unwrap_or_else(|| form(draft, Vec::new())),
        owner: owner.into(),
        created_at: moment(row.created_at, seen),
        secret_number: row.secret.number,
        old_secret_until: until,
        deliveries: deliveries.rows.iter().map(|delivery| delivery_row(delivery, seen)).collect(),
        paged: shown.paged,
        next: deliveries.next.map(|id| id.to_string()),
    }
}

/// The page of a delivery.
pub(crate) fn delivery(page: DeliveryPage, seen: Seen) -> view::DeliveryDetail {
    let DeliveryPage { delivery, webhook } = page;
    let row = delivery_row(&delivery, seen);
    view::DeliveryDetail {
        delivery: row,
        webhook: webhook.id.0,
        webhook_name: row_of(&webhook).name().to_owned(),
        payload: pretty(&delivery.payload),
        status: delivery.status,
        attempted_at: delivery.attempted_at.map(|at| moment(at, seen)),
        delivered_at: delivery.delivered_at.map(|at| moment(at, seen)),
        instance: delivery.instance(),
        can_redeliver: delivery.state.is_final() && webhook.is_active(),
        answer: delivery.answer,
        url: webhook.url,
    }
}

fn delivery_row(delivery: &Delivery, seen: Seen) -> view::DeliveryRow {
    view::DeliveryRow {
        id: delivery.id.0,
        event: delivery.event.word().to_owned(),
        state: delivery.state.into(),
        attempts: delivery.attempts,
        error: delivery.error.clone(),
        next_attempt_at: delivery.next_attempt_at.map(|at| moment(at, seen)),
        created_at: moment(delivery.created_at, seen),
    }
}

fn pretty(payload: &str) -> String {
    let value: Option<serde_json::Value> = serde_json::from_str(payload).ok();
    value.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_else(|| payload.to_owned())
}

impl From<DeliveryState> for view::DeliveryState {
    fn from(state: DeliveryState) -> Self {
        match state {
            DeliveryState::Queued => Self::Queued,
            DeliveryState::Retrying => Self::Retrying,
            DeliveryState::Delivered => Self::Delivered,
            DeliveryState::Failed => Self::Failed,
        }
    }
}
