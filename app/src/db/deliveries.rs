//! What was posted to webhooks.

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::error::{one_row, unreadable, was_inserted};
use super::tables::{delivery, webhook};
use super::words::{Row, Word};
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{DeliveryId, WebhookId};
use crate::portal::webhooks::{Delivery, DeliveryState, WebhookEvent};

/// `false` when the natural key is taken.
pub(super) async fn insert(db: &impl ConnectionTrait, row: &Delivery) -> Result<bool> {
    let taken = OnConflict::column(delivery::Column::NaturalKey).do_nothing().to_owned();
    let insert = delivery::Entity::insert(delivery::ActiveModel::from(row)).on_conflict(taken);
    was_inserted(insert.exec_without_returning(db).await)
}

pub(super) async fn find(db: &impl ConnectionTrait, id: DeliveryId) -> Result<Option<Delivery>> {
    delivery::Entity::find_by_id(id.to_string()).one(db).await?.map(Delivery::try_from).transpose()
}

/// The delivery, locked until the transaction ends.
pub(super) async fn lock(db: &impl ConnectionTrait, id: DeliveryId) -> Result<Option<Delivery>> {
    let found = delivery::Entity::find_by_id(id.to_string()).lock_exclusive().one(db).await?;
    found.map(Delivery::try_from).transpose()
}

pub(super) async fn update(db: &impl ConnectionTrait, row: &Delivery) -> Result<()> {
    let changed = delivery::Entity::update_many()
        .set(delivery::ActiveModel::from(row))
        .filter(delivery::Column::Id.eq(row.id.to_string()))
        .exec(db)
        .await?;
    one_row(changed.rows_affected, "webhook_deliveries", row.id)
}

pub(super) async fn list(
    db: &impl ConnectionTrait,
    webhook: WebhookId,
    before: Option<DeliveryId>,
    limit: u64,
) -> Result<Vec<Delivery>> {
    let mut query = delivery::Entity::find()
        .filter(delivery::Column::WebhookId.eq(webhook.to_string()))
        .order_by_desc(delivery::Column::Id)
        .limit(limit);
    if let Some(before) = before {
        query = query.filter(delivery::Column::Id.lt(before.to_string()));
    }
    query.all(db).await?.into_iter().map(Delivery::try_from).collect()
}

/// Deliveries that are over and that nobody needs any more, at most `limit`, locked until the transaction ends: those written
/// before `before`, those of webhooks that are gone, those beyond the `keep` newest of their webhook.
///
/// However many there are, this reads no more than `limit` of them, those under way beside these, and `keep` entries of an
/// index for each webhook.
pub(super) async fn lock_superfluous(
    db: &impl ConnectionTrait,
    before: Time,
    keep: u64,
    limit: u64,
) -> Result<Vec<DeliveryId>> {
    let old = over().filter(delivery::Column::CreatedAt.lt(before.micros())).limit(limit);
    let mut found = lock_ids(db, old).await?;
    if !found.is_empty() {
        return Ok(found);
    }
    let mut webhook = next_webhook(db, "").await?;
    while let Some(of) = webhook {
        let missing = limit.saturating_sub(found.len() as u64);
        if missing == 0 {
            break;
        }
        found.extend(lock_beyond(db, &of, keep, missing).await?);
        webhook = next_webhook(db, &of).await?;
    }
    Ok(found)
}

/// The first id after this one under which there are deliveries, whether the webhook is there or gone.
async fn next_webhook(db: &impl ConnectionTrait, after: &str) -> Result<Option<String>> {
    let next = delivery::Entity::find()
        .select_only()
        .column_as(delivery::Column::WebhookId.min(), "next")
        .filter(delivery::Column::WebhookId.gt(after));
    Ok(next.into_tuple::<Option<String>>().one(db).await?.flatten())
}

/// Those of a webhook that are beyond its `keep` newest; all of them when the webhook is gone.
async fn lock_beyond(db: &impl ConnectionTrait, webhook: &str, keep: u64, limit: u64) -> Result<Vec<DeliveryId>> {
    let is_there = webhook::Entity::find_by_id(webhook.to_owned()).one(db).await?.is_some();
    // The place is looked up without locks: PostgreSQL would also lock what an offset skips.
    let newest_beyond = delivery::Entity::find()
        .select_only()
        .column(delivery::Column::Id)
        .filter(delivery::Column::WebhookId.eq(webhook))
        .order_by_desc(delivery::Column::Id)
        .offset(if is_there { keep } else { 0 });
    let Some(newest) = newest_beyond.into_tuple::<String>().one(db).await? else { return Ok(Vec::new()) };
    let beyond = over()
        .filter(delivery::Column::WebhookId.eq(webhook))
        .filter(delivery::Column::Id.lte(newest))
        .order_by_asc(delivery::Column::Id)
        .limit(limit);
    lock_ids(db, beyond).await
}

pub(super) async fn delete(db: &impl ConnectionTrait, ids: &[DeliveryId]) -> Result<u64> {
    if ids.is_empty() {
        return Ok(0);
    }
    let ids = ids.iter().map(ToString::to_string);
    Ok(delivery::Entity::delete_many().filter(delivery::Column::Id.is_in(ids)).exec(db).await?.rows_affected)
}

/// Those that are delivered or given up.
fn over() -> Select<delivery::Entity> {
    let states = [DeliveryState::Delivered, DeliveryState::Failed].map(Word::word);
    delivery::Entity::find().filter(delivery::Column::State.is_in(states))
}

async fn lock_ids(db: &impl ConnectionTrait, which: Select<delivery::Entity>) -> Result<Vec<DeliveryId>> {
    let ids = which.select_only().column(delivery::Column::Id).lock_exclusive().into_tuple::<String>().all(db).await?;
    ids.iter().map(|id| Row { table: "webhook_deliveries", id }.id("id", id)).collect()
}

impl From<&Delivery> for delivery::ActiveModel {
    fn from(row: &Delivery) -> Self {
        Self {
            id: Set(row.id.to_string()),
            webhook_id: Set(row.webhook.to_string()),
            event: Set(row.event.word().to_owned()),
            natural_key: Set(row.natural_key.clone()),
            payload: Set(row.payload.clone()),
            state: Set(row.state.word().to_owned()),
            attempts: Set(row.attempts.into()),
            status: Set(row.status.map(Into::into)),
            answer: Set(row.answer.clone()),
            error: Set(row.error.clone()),
            next_attempt_at: Set(row.next_attempt_at.map(Time::micros)),
            created_at: Set(row.created_at.micros()),
            attempted_at: Set(row.attempted_at.map(Time::micros)),
            delivered_at: Set(row.delivered_at.map(Time::micros)),
        }
    }
}

impl TryFrom<delivery::Model> for Delivery {
    type Error = PortalError;

    fn try_from(model: delivery::Model) -> Result<Self> {
        let row = Row { table: "webhook_deliveries", id: &model.id };
        let event = WebhookEvent::of(&model.event);
        Ok(Self {
            id: row.id("id", &model.id)?,
            webhook: row.id("webhook_id", &model.webhook_id)?,
            event: event.ok_or_else(|| unreadable("webhook_deliveries", "event", &model.id))?,
            state: row.word("state", &model.state)?,
            attempts: row.number("attempts", model.attempts)?,
            status: model.status.map(|status| row.number("status", status)).transpose()?,
            natural_key: model.natural_key,
            payload: model.payload,
            answer: model.answer,
            error: model.error,
            next_attempt_at: model.next_attempt_at.map(Time),
            created_at: Time(model.created_at),
            attempted_at: model.attempted_at.map(Time),
            delivered_at: model.delivered_at.map(Time),
        })
    }
}
