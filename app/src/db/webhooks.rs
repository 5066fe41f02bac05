//! Webhooks, without their secrets.

use std::collections::BTreeSet;

use async_trait::async_trait;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::error::{one_row, unreadable};
use super::reads::DbReads;
use super::tables::webhook;
use super::words::Row;
use super::work::Unit;
use super::{deliveries, engine, users};
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{DeliveryId, UserId, WebhookId};
use crate::portal::link::KeyId;
use crate::portal::webhooks::{
    Delivery, Disabled, OldSecret, SecretVersion, Webhook, WebhookEvent, WebhookLine, WebhookReads, WebhookWork,
};

#[async_trait]
impl WebhookWork for Unit<'_> {
    async fn list_active_webhooks(&self) -> Result<Vec<Webhook>> {
        let active = webhook::Entity::find()
            .filter(webhook::Column::DisabledAt.is_null())
            .order_by_asc(webhook::Column::Id)
            .all(self.db())
            .await?;
        active.into_iter().map(Webhook::try_from).collect()
    }

    async fn count_webhooks(&self) -> Result<u64> {
        Ok(webhook::Entity::find().count(self.db()).await?)
    }

    async fn lock_webhook(&self, id: WebhookId) -> Result<Option<Webhook>> {
        let found = webhook::Entity::find_by_id(id.to_string()).lock_exclusive().one(self.db()).await?;
        found.map(Webhook::try_from).transpose()
    }

    async fn insert_webhook(&self, row: &Webhook) -> Result<()> {
        webhook::Entity::insert(webhook::ActiveModel::from(row)).exec_without_returning(self.db()).await?;
        Ok(())
    }

    async fn update_webhook(&self, row: &Webhook) -> Result<()> {
        let changed = webhook::Entity::update_many()
            .set(webhook::ActiveModel::from(row))
            .filter(webhook::Column::Id.eq(row.id.to_string()))
            .exec(self.db())
            .await?;
        one_row(changed.rows_affected, "webhooks", row.id)
    }

    async fn delete_webhook(&self, id: WebhookId) -> Result<()> {
        let deleted = webhook::Entity::delete_by_id(id.to_string()).exec(self.db()).await?;
        one_row(deleted.rows_affected, "webhooks", id)
    }

    async fn queue_delivery(&self, row: &Delivery) -> Result<bool> {
        let is_new = deliveries::insert(self.db(), row).await?;
        if is_new {
            engine::start_delivery(self.engine(), row.id).await?;
        }
        Ok(is_new)
    }

    async fn lock_delivery(&self, id: DeliveryId) -> Result<Option<Delivery>> {
        deliveries::lock(self.db(), id).await
    }

    async fn update_delivery(&self, row: &Delivery) -> Result<()> {
        deliveries::update(self.db(), row).await
    }

    async fn delete_old_deliveries(&self, before: Time, keep: u64, limit: u32) -> Result<u64> {
        let mut deleted = Vec::new();
        for id in deliveries::lock_superfluous(self.db(), before, keep, u64::from(limit)).await? {
            // One whose instance has not come to its end yet is deleted the next time.
            if engine::purge_delivery(self.engine(), id).await? {
                deleted.push(id);
            }
        }
        deliveries::delete(self.db(), &deleted).await
    }
}

#[async_trait]
impl WebhookReads for DbReads {
    async fn list_webhooks(&self) -> Result<Vec<WebhookLine>> {
        let rows = webhook::Entity::find().order_by_asc(webhook::Column::Id).all(self.pool()).await?;
        lines(self.pool(), rows).await
    }

    async fn find_webhook(&self, id: WebhookId) -> Result<Option<WebhookLine>> {
        let row = webhook::Entity::find_by_id(id.to_string()).one(self.pool()).await?;
        Ok(lines(self.pool(), row.into_iter().collect()).await?.pop())
    }

    async fn find_delivery(&self, id: DeliveryId) -> Result<Option<Delivery>> {
        deliveries::find(self.pool(), id).await
    }

    async fn list_deliveries(
        &self,
        webhook: WebhookId,
        before: Option<DeliveryId>,
        limit: u64,
    ) -> Result<Vec<Delivery>> {
        deliveries::list(self.pool(), webhook, before, limit).await
    }
}

/// The webhooks with their owners and newest deliveries. There are few of them, and each newest one is the first of an index.
async fn lines(db: &impl ConnectionTrait, rows: Vec<webhook::Model>) -> Result<Vec<WebhookLine>> {
    let webhooks: Vec<Webhook> = rows.into_iter().map(Webhook::try_from).collect::<Result<_>>()?;
    let owners: Vec<UserId> = webhooks.iter().map(|webhook| webhook.owner).collect();
    let people = users::list(db, &owners).await?;
    let mut lines = Vec::with_capacity(webhooks.len());
    for webhook in webhooks {
        let newest = deliveries::list(db, webhook.id, None, 1).await?.pop();
        lines.push(WebhookLine { owner: super::person_of(&people, webhook.owner, "webhooks")?, newest, webhook });
    }
    Ok(lines)
}

impl From<&Webhook> for webhook::ActiveModel {
    fn from(row: &Webhook) -> Self {
        let words: Vec<_> = row.events.iter().map(|event| event.word()).collect();
        let old = row.old_secret;
        let disabled = row.disabled.as_ref();
        Self {
            id: Set(row.id.to_string()),
            url: Set(row.url.clone()),
            events: Set(words.join(" ")),
            description: Set(row.description.clone()),
            owner_id: Set(row.owner.to_string()),
            secret_number: Set(row.secret.number.into()),
            secret_key_id: Set(row.secret.key.0.into()),
            old_secret_number: Set(old.map(|old| old.version.number.into())),
            old_secret_key_id: Set(old.map(|old| old.version.key.0.into())),
            old_secret_until: Set(old.map(|old| old.until.micros())),
            disabled_at: Set(disabled.map(|disabled| disabled.at.micros())),
            disabled_why: Set(disabled.map(|disabled| disabled.why.clone()).unwrap_or_default()),
            created_at: Set(row.created_at.micros()),
            updated_at: Set(row.updated_at.micros()),
        }
    }
}

impl TryFrom<webhook::Model> for Webhook {
    type Error = PortalError;

    fn try_from(model: webhook::Model) -> Result<Self> {
        let row = Row { table: "webhooks", id: &model.id };
        let version = |number: i64, key: i64| {
            Ok::<_, PortalError>(SecretVersion {
                number: row.number("secret_number", number)?,
                key: KeyId(row.number("secret_key_id", key)?),
            })
        };
        let old_secret = match (model.old_secret_number, model.old_secret_key_id, model.old_secret_until) {
            (Some(number), Some(key), Some(until)) => {
                Some(OldSecret { version: version(number, key)?, until: Time(until) })
            }
            _ => None,
        };
        Ok(Self {
            id: row.id("id", &model.id)?,
            events: events(&model.id, &model.events)?,
            owner: row.id("owner_id", &model.owner_id)?,
            secret: version(model.secret_number, model.secret_key_id)?,
            old_secret,
            disabled: model.disabled_at.map(|at| Disabled { at: Time(at), why: model.disabled_why }),
            url: model.url,
            description: model.description,
            created_at: Time(model.created_at),
            updated_at: Time(model.updated_at),
        })
    }
}

fn events(id: &str, text: &str) -> Result<BTreeSet<WebhookEvent>> {
    let event = |word| WebhookEvent::of(word).ok_or_else(|| unreadable("webhooks", "events", id));
    text.split_whitespace().map(event).collect()
}
