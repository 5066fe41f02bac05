//! What admins do with webhooks: make, change, disable, rotate, test, remove.

use futures::future::BoxFuture;

use super::announce::{Announcement, delivery};
use super::draft::{Checked, WebhookDraft, origin_of};
use super::event::WebhookEvent;
use super::secret::{SecretOf, WebhookSecret};
use super::webhook::{Disabled, OldSecret, SECRET_OVERLAP, SecretVersion, Webhook};
use crate::portal::actor::Actor;
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{DeliveryId, WebhookId};
use crate::portal::scope::Scope;
use crate::portal::service::{Parts, Portal};
use crate::portal::work::{Audit, Work};

/// The most webhooks: each that subscribed costs every event one row in the event's own transaction.
pub const MAX_WEBHOOKS: u64 = 50;

/// A secret that was just made. It is shown now and can only be replaced later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSecret {
    /// Whose.
    pub webhook: WebhookId,
    /// The secret.
    pub secret: WebhookSecret,
}

/// A locked webhook that somebody changes.
struct Change<'a> {
    work: &'a dyn Work,
    parts: &'a Parts,
    actor: &'a Actor,
    now: Time,
    webhook: Webhook,
}

impl Portal {
    /// Makes a webhook, active at once. Admins only. [`PortalError::Invalid`] names `url`, `description` and `event`.
    pub async fn create_webhook(&self, actor: &Actor, draft: WebhookDraft) -> Result<NewSecret> {
        may_write(actor)?;
        let (owner, checked) = (actor.signed_in()?.id, self.checked_webhook(&draft).await?);
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit("create_webhook", move |work| {
            Box::pin(async move {
                if work.count_webhooks().await? >= MAX_WEBHOOKS {
                    return Err(PortalError::conflict(format!(
                        "There are {MAX_WEBHOOKS} webhooks, which is the most."
                    )));
                }
                let now = parts.clock.now();
                let Checked { url, description, events } = checked;
                let webhook = Webhook {
                    id: WebhookId(parts.clock.new_id()),
                    url,
                    events,
                    description,
                    owner,
                    secret: SecretVersion { number: 1, key: parts.keys.active_key() },
                    old_secret: None,
                    disabled: None,
                    created_at: now,
                    updated_at: now,
                };
                work.insert_webhook(&webhook).await?;
                let change = Change { work, parts: &parts, actor: &actor, now, webhook };
                change.audit("webhook.created", origin_of(&change.webhook.url)).await?;
                change.new_secret()
            })
        })
        .await
    }

    /// The secret of a webhook that the actor made, for a call that is repeated because its answer was lost. A conflict once the
    /// secret was rotated.
    pub async fn first_secret(&self, actor: &Actor, id: WebhookId) -> Result<NewSecret> {
        may_write(actor)?;
        let owner = actor.signed_in()?.id;
        let line = self.reads().find_webhook(id).await?.filter(|line| line.webhook.owner == owner);
        let webhook = line.ok_or(PortalError::NotFound)?.webhook;
        if webhook.secret.number != 1 {
            return Err(PortalError::conflict("The secret was replaced since the webhook was made."));
        }
        let secret = self.parts.keys.webhook_secret(webhook.secret_of(webhook.secret));
        let secret = secret.ok_or_else(|| PortalError::conflict("The master key of its time is gone. Rotate it."))?;
        Ok(NewSecret { webhook: id, secret })
    }

    /// Changes address, description and events. Deliveries that are under way go to the new address.
    pub async fn edit_webhook(&self, actor: &Actor, id: WebhookId, draft: WebhookDraft) -> Result<()> {
        may_write(actor)?;
        let Checked { url, description, events } = self.checked_webhook(&draft).await?;
        self.change_webhook("edit_webhook", actor, id, move |mut change| {
            Box::pin(async move {
                (change.webhook.url, change.webhook.description, change.webhook.events) = (url, description, events);
                change.audit("webhook.edited", origin_of(&change.webhook.url)).await?;
                change.save().await
            })
        })
        .await
    }

    /// Tells it nothing any more; what is under way is given up at its next attempt.
    pub async fn disable_webhook(&self, actor: &Actor, id: WebhookId) -> Result<()> {
        self.change_webhook("disable_webhook", actor, id, |mut change| {
            Box::pin(async move {
                if !change.webhook.is_active() {
                    return Err(PortalError::conflict("The webhook is disabled already."));
                }
                change.webhook.disabled = Some(Disabled { at: change.now, why: String::new() });
                change.audit("webhook.disabled", String::new()).await?;
                change.save().await
            })
        })
        .await
    }

    /// Tells it again what happens from now on. What happened meanwhile is not made up for.
    pub async fn enable_webhook(&self, actor: &Actor, id: WebhookId) -> Result<()> {
        self.change_webhook("enable_webhook", actor, id, |mut change| {
            Box::pin(async move {
                if change.webhook.disabled.take().is_none() {
                    return Err(PortalError::conflict("The webhook is active already."));
                }
                change.audit("webhook.enabled", String::new()).await?;
                change.save().await
            })
        })
        .await
    }

    /// Gives it a new secret in place of number `shown`. For [`SECRET_OVERLAP`] the one before signs beside it; one that was
    /// older still stops at once. A conflict when `shown` is not the present one, so that sending the form again loses nothing.
    pub async fn rotate_webhook(&self, actor: &Actor, id: WebhookId, shown: u32) -> Result<NewSecret> {
        self.change_webhook("rotate_webhook", actor, id, move |mut change| {
            Box::pin(async move {
                let old = change.webhook.secret;
                if old.number != shown {
                    return Err(PortalError::conflict("The secret was replaced already. Rotate again if it is lost."));
                }
                change.webhook.old_secret = Some(OldSecret { version: old, until: change.now + SECRET_OVERLAP });
                let key = change.parts.keys.active_key();
                change.webhook.secret = SecretVersion { number: old.number + 1, key };
                change.audit("webhook.rotated", format!("secret {}", old.number + 1)).await?;
                change.save().await?;
                change.new_secret()
            })
        })
        .await
    }

    /// Removes a webhook. Its deliveries go with it: nothing more is posted, and their rows are swept within the hour.
    pub async fn delete_webhook(&self, actor: &Actor, id: WebhookId) -> Result<()> {
        self.change_webhook("delete_webhook", actor, id, |change| {
            Box::pin(async move {
                change.audit("webhook.deleted", origin_of(&change.webhook.url)).await?;
                change.work.delete_webhook(change.webhook.id).await
            })
        })
        .await
    }

    /// Posts a test to a webhook, whatever it subscribed to. A conflict while it is disabled.
    pub async fn test_webhook(&self, actor: &Actor, id: WebhookId) -> Result<DeliveryId> {
        self.change_webhook("test_webhook", actor, id, |change| {
            Box::pin(async move {
                if !change.webhook.is_active() {
                    return Err(PortalError::conflict("The webhook is disabled. Enable it first."));
                }
                let event = WebhookEvent::Test;
                let data = serde_json::json!({ "webhook": {
                    "id": change.webhook.id.to_string(),
                    "description": change.webhook.description,
                } });
                let key = format!("{}/{}", event.word(), change.parts.clock.new_id());
                let delivery = delivery(change.parts, &change.webhook, &Announcement { event, key, data });
                change.work.queue_delivery(&delivery).await?;
                change.audit("webhook.tested", format!("delivery {}", delivery.id)).await?;
                Ok(delivery.id)
            })
        })
        .await
    }

    /// What was typed, if all of it is right and the address may be asked.
    async fn checked_webhook(&self, draft: &WebhookDraft) -> Result<Checked> {
        let checked = draft.check().map_err(PortalError::Invalid)?;
        let admitted = self.parts.outbound.admit(&checked.url).await;
        admitted.map_err(|error| PortalError::field("url", error.to_string()))?;
        Ok(checked)
    }

    async fn change_webhook<T, F>(&self, caller: &'static str, actor: &Actor, id: WebhookId, apply: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(Change<'a>) -> BoxFuture<'a, Result<T>> + Send + 'static,
    {
        may_write(actor)?;
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit(caller, move |work| {
            Box::pin(async move {
                let webhook = work.lock_webhook(id).await?.ok_or(PortalError::NotFound)?;
                apply(Change { work, parts: &parts, actor: &actor, now: parts.clock.now(), webhook }).await
            })
        })
        .await
    }
}

impl Change<'_> {
    async fn save(&mut self) -> Result<()> {
        self.webhook.updated_at = self.now;
        self.work.update_webhook(&self.webhook).await
    }

    async fn audit(&self, action: &'static str, detail: String) -> Result<()> {
        let object = self.webhook.id.to_string();
        self.work.audit(Audit { at: self.now, actor: self.actor, action, object, detail }).await
    }

    fn new_secret(&self) -> Result<NewSecret> {
        let of = SecretOf { webhook: self.webhook.id, version: self.webhook.secret };
        let secret = self.parts.keys.webhook_secret(of);
        let secret = secret.ok_or_else(|| PortalError::Internal("the active master key is gone".into()))?;
        Ok(NewSecret { webhook: self.webhook.id, secret })
    }
}

/// Passes admins whose credential may manage webhooks.
pub(super) fn may_write(actor: &Actor) -> Result<()> {
    actor.require_scope(Scope::WebhooksWrite)?;
    actor.require_admin()
}
