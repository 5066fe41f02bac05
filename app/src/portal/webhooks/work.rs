//! What a unit of work and the pages need of webhooks.

use async_trait::async_trait;

use super::delivery::Delivery;
use super::webhook::Webhook;
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::{DeliveryId, WebhookId};
use crate::portal::user::Person;

/// Webhooks and deliveries within a unit of work.
#[async_trait]
pub trait WebhookWork: Send + Sync {
    /// The webhooks that are told what happens. Every use case that announces something asks this, so it is one read of a
    /// table that has a handful of rows.
    async fn list_active_webhooks(&self) -> Result<Vec<Webhook>>;
    /// How many webhooks there are.
    async fn count_webhooks(&self) -> Result<u64>;
    /// The webhook, locked against every other unit until this one ends.
    async fn lock_webhook(&self, id: WebhookId) -> Result<Option<Webhook>>;
    /// Adds a webhook.
    async fn insert_webhook(&self, webhook: &Webhook) -> Result<()>;
    /// Writes a locked webhook back.
    async fn update_webhook(&self, webhook: &Webhook) -> Result<()>;
    /// Removes a locked webhook. Its deliveries stay until [`WebhookWork::delete_old_deliveries`] takes them.
    async fn delete_webhook(&self, id: WebhookId) -> Result<()>;

    /// Writes a delivery and starts the instance that posts it; `false`, and no change, when its natural key is taken.
    async fn queue_delivery(&self, delivery: &Delivery) -> Result<bool>;
    /// The delivery, locked against every other unit until this one ends.
    async fn lock_delivery(&self, id: DeliveryId) -> Result<Option<Delivery>>;
    /// Writes a locked delivery back.
    async fn update_delivery(&self, delivery: &Delivery) -> Result<()>;
    /// Deletes deliveries that are delivered or given up, with their instances: those written before `before`, those beyond
    /// the `keep` newest of their webhook, those of webhooks that are gone. At most `limit`; how many were deleted.
    async fn delete_old_deliveries(&self, before: Time, keep: u64, limit: u32) -> Result<u64>;
}

/// What pages ask about webhooks.
#[async_trait]
pub trait WebhookReads: Send + Sync {
    /// Every webhook, oldest first.
    async fn list_webhooks(&self) -> Result<Vec<WebhookLine>>;
    /// The webhook of that id.
    async fn find_webhook(&self, id: WebhookId) -> Result<Option<WebhookLine>>;
    /// The delivery of that id.
    async fn find_delivery(&self, id: DeliveryId) -> Result<Option<Delivery>>;
    /// A page of a webhook's deliveries, newest first: those older than `before`, at most `limit`.
    async fn list_deliveries(
        &self,
        webhook: WebhookId,
        before: Option<DeliveryId>,
        limit: u64,
    ) -> Result<Vec<Delivery>>;
}

/// One webhook in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookLine {
    /// The webhook.
    pub webhook: Webhook,
    /// Who made it.
    pub owner: Person,
    /// Its newest delivery.
    pub newest: Option<Delivery>,
}
