//! Webhooks and deliveries as the API shows them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::http::api::people::PersonName;
use crate::http::api::time::rfc3339;
use crate::portal::webhooks::{Delivery, DeliveryState, WebhookLine};

/// A webhook. Its secret is shown once, when it is made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WebhookEntry {
    #[schema(format = "uuid")]
    id: String,
    url: String,
    events: Vec<String>,
    description: String,
    owner: PersonName,
    active: bool,
    /// Why it is told nothing; null while it is active, empty when an administrator did it.
    disabled_because: Option<String>,
    #[schema(format = "date-time")]
    created_at: String,
    #[schema(format = "date-time")]
    updated_at: String,
}

impl From<WebhookLine> for WebhookEntry {
    fn from(line: WebhookLine) -> Self {
        let webhook = line.webhook;
        Self {
            id: webhook.id.to_string(),
            active: webhook.is_active(),
            events: webhook.events.iter().map(|event| event.word().to_owned()).collect(),
            url: webhook.url,
            description: webhook.description,
            owner: line.owner.into(),
            disabled_because: webhook.disabled.map(|disabled| disabled.why),
            created_at: rfc3339(webhook.created_at),
            updated_at: rfc3339(webhook.updated_at),
        }
    }
}

/// Every webhook.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WebhookList {
    pub(super) items: Vec<WebhookEntry>,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeliveryWord {
    Queued,
    /// An attempt failed; there will be another one.
    Retrying,
    Delivered,
    Failed,
}

impl From<DeliveryState> for DeliveryWord {
    fn from(state: DeliveryState) -> Self {
        match state {
            DeliveryState::Queued => Self::Queued,
            DeliveryState::Retrying => Self::Retrying,
            DeliveryState::Delivered => Self::Delivered,
            DeliveryState::Failed => Self::Failed,
        }
    }
}

/// One event for one webhook.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryEntry {
    /// The webhook-id of every attempt.
    #[schema(format = "uuid")]
    id: String,
    #[schema(format = "uuid")]
    webhook_id: String,
    event: String,
    state: DeliveryWord,
    attempts: u32,
    /// The HTTP status of the last answer.
    status: Option<u16>,
    /// What went wrong at the last attempt.
    error: Option<String>,
    #[schema(format = "date-time")]
    created_at: String,
    #[schema(format = "date-time")]
    attempted_at: Option<String>,
    #[schema(format = "date-time")]
    next_attempt_at: Option<String>,
    #[schema(format = "date-time")]
    delivered_at: Option<String>,
}

impl From<&Delivery> for DeliveryEntry {
    fn from(delivery: &Delivery) -> Self {
        Self {
            id: delivery.id.to_string(),
            webhook_id: delivery.webhook.to_string(),
            event: delivery.event.word().to_owned(),
            state: delivery.state.into(),
            attempts: delivery.attempts,
            status: delivery.status,
            error: delivery.error.clone(),
            created_at: rfc3339(delivery.created_at),
            attempted_at: delivery.attempted_at.map(rfc3339),
            next_attempt_at: delivery.next_attempt_at.map(rfc3339),
            delivered_at: delivery.delivered_at.map(rfc3339),
        }
    }
}

/// A part of the deliveries of a webhook.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryList {
    pub(super) items: Vec<DeliveryEntry>,
    /// The cursor of the next part; null on the last one.
    pub(super) next: Option<String>,
}

/// A delivery with what was posted and what came back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryDetails {
    delivery: DeliveryEntry,
    /// What is posted, as JSON text.
    payload: String,
    /// How the last answer begins.
    answer: String,
}

impl From<Delivery> for DeliveryDetails {
    fn from(delivery: Delivery) -> Self {
        Self { delivery: (&delivery).into(), payload: delivery.payload, answer: delivery.answer }
    }
}
