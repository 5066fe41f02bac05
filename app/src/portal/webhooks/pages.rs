//! What the pages of webhooks ask for.

use super::delivery::Delivery;
use super::webhook::Webhook;
use super::work::WebhookLine;
use crate::portal::actor::Actor;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{DeliveryId, WebhookId};
use crate::portal::pages::{PAGE_ROWS, Page};
use crate::portal::scope::Scope;
use crate::portal::service::Portal;

/// A webhook with a page of its deliveries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookPage {
    /// The webhook.
    pub line: WebhookLine,
    /// Its deliveries, newest first.
    pub deliveries: Page<Delivery, DeliveryId>,
}

/// A delivery with its webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryPage {
    /// The delivery.
    pub delivery: Delivery,
    /// Its webhook.
    pub webhook: Webhook,
}

impl Portal {
    /// Every webhook, oldest first, for admins.
    pub async fn webhooks(&self, actor: &Actor) -> Result<Vec<WebhookLine>> {
        may_read(actor)?;
        self.reads().list_webhooks().await
    }

    /// A webhook and a page of its deliveries, for admins.
    pub async fn webhook(&self, actor: &Actor, id: WebhookId, before: Option<DeliveryId>) -> Result<WebhookPage> {
        may_read(actor)?;
        let line = self.reads().find_webhook(id).await?.ok_or(PortalError::NotFound)?;
        let rows = self.reads().list_deliveries(id, before, PAGE_ROWS + 1).await?;
        Ok(WebhookPage { line, deliveries: Page::cut(rows, |delivery| delivery.id) })
    }

    /// A delivery, for admins. Those of a webhook that is gone are gone too.
    pub async fn delivery(&self, actor: &Actor, id: DeliveryId) -> Result<DeliveryPage> {
        may_read(actor)?;
        let delivery = self.reads().find_delivery(id).await?.ok_or(PortalError::NotFound)?;
        let line = self.reads().find_webhook(delivery.webhook).await?.ok_or(PortalError::NotFound)?;
        Ok(DeliveryPage { delivery, webhook: line.webhook })
    }
}

fn may_read(actor: &Actor) -> Result<()> {
    actor.require_scope(Scope::WebhooksRead)?;
    actor.require_admin()
}
