//! Messages for instances: put, read, removed.

use std::collections::HashSet;

use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::convert;
use super::error::SqlError;
use super::statement::rows_per_statement;
use super::tables::inbox::{Column, Entity};
use crate::ids::{InstanceKey, MessageId};
use crate::model::Message;

/// Puts messages into inboxes, in this order.
pub(super) async fn put(db: &impl ConnectionTrait, messages: &[(InstanceKey, Message)]) -> Result<(), SqlError> {
    for rows in messages.chunks(rows_per_statement(3)) {
        let mut insert = Query::insert();
        insert.into_table(Entity).columns([Column::InstanceKey, Column::IsStart, Column::Message]);
        for (key, message) in rows {
            insert.values_panic([key.0.into(), message.comes_first().into(), convert::to_json(message).into()]);
        }
        db.execute(&insert).await?;
    }
    Ok(())
}

/// Who gets these messages, each once, in the order of their first ones.
pub(super) fn receivers(messages: &[(InstanceKey, Message)]) -> Vec<InstanceKey> {
    let mut seen = HashSet::new();
    messages.iter().map(|(key, _)| *key).filter(|key| seen.insert(*key)).collect()
}

/// Reads what `Store::inbox` promises.
pub(super) async fn read(
    db: &impl ConnectionTrait,
    key: InstanceKey,
    after: MessageId,
    limit: u32,
) -> Result<Vec<(MessageId, Message)>, SqlError> {
    let rows = Entity::find()
        .filter(Column::InstanceKey.eq(key.0))
        .filter(Column::Id.gt(after.0))
        .order_by_desc(Column::IsStart)
        .order_by_asc(Column::Id)
        .limit(u64::from(limit))
        .all(db)
        .await?;
    Ok(rows.iter().map(convert::message).collect::<Result<_, _>>()?)
}

/// Removes messages and says how many of them were there.
pub(super) async fn remove(db: &impl ConnectionTrait, key: InstanceKey, ids: &[MessageId]) -> Result<u64, SqlError> {
    let mut removed = 0;
    for ids in ids.chunks(rows_per_statement(1)) {
        let mut delete = Query::delete();
        delete
            .from_table(Entity)
            .and_where(Column::InstanceKey.eq(key.0))
            .and_where(Column::Id.is_in(ids.iter().map(|id| id.0)));
        removed += db.execute(&delete).await?.rows_affected();
    }
    Ok(removed)
}
