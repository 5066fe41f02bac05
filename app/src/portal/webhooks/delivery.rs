//! One event for one webhook, and what became of it.

use super::event::WebhookEvent;
use crate::portal::clock::Time;
use crate::portal::ids::{DeliveryId, WebhookId};

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Will be posted.
    Queued,
    /// An attempt failed; there will be another one.
    Retrying,
    /// The receiver accepted it.
    Delivered,
    /// Given up.
    Failed,
}

impl DeliveryState {
    /// Whether nothing will change it but a redelivery by hand.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Failed)
    }
}

/// A delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Which: the `webhook-id` of every attempt, by which receivers know what they have seen.
    pub id: DeliveryId,
    /// To which webhook.
    pub webhook: WebhookId,
    /// What happened.
    pub event: WebhookEvent,
    /// What makes it the only one of its sort: a repeated activity finds it and writes no second one.
    pub natural_key: String,
    /// What is posted, as JSON text; the same bytes at every attempt, because they are signed.
    pub payload: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// Attempts made, those of redeliveries included.
    pub attempts: u32,
    /// The HTTP status of the last answer.
    pub status: Option<u16>,
    /// How the last answer begins; empty when there was none.
    pub answer: String,
    /// What went wrong at the last attempt, as a sentence.
    pub error: Option<String>,
    /// When the next attempt is made.
    pub next_attempt_at: Option<Time>,
    /// When it was written.
    pub created_at: Time,
    /// When the last attempt was made.
    pub attempted_at: Option<Time>,
    /// When it was accepted.
    pub delivered_at: Option<Time>,
}

impl Delivery {
    /// The engine's instance that posts it.
    pub fn instance(&self) -> String {
        instance_of_delivery(self.id)
    }
}

/// The id of the engine's instance of a delivery.
pub fn instance_of_delivery(id: DeliveryId) -> String {
    format!("webhook-{id}")
}
