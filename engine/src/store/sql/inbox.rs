//! Messages for instances: put, read, removed.

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::{InsertStatement, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::beside::{Beside, References};
use super::convert;
use super::error::SqlError;
use super::statement::rows_per_statement;
use super::tables::inbox::{Column, Entity};
use crate::ids::{InstanceKey, MessageId};
use crate::model::Message;

/// Puts messages into inboxes, in this order.
pub(super) async fn put(db: &impl ConnectionTrait, messages: &[(InstanceKey, Message)]) -> Result<(), SqlError> {
    insert(db, messages, Message::comes_first).await
}

/// Puts messages into inboxes, in this order, and gives the numbers of those that come first: at most one for each instance.
pub(super) async fn put_numbered(
    db: &impl ConnectionTrait,
    messages: &[(InstanceKey, Message)],
) -> Result<HashMap<InstanceKey, MessageId>, SqlError> {
    let (mut beside, mut numbers) = (Beside::default(), HashMap::new());
    for rows in messages.chunks(rows_per_statement(3)) {
        let mut insert = rows_of(rows, Message::comes_first, &mut beside);
        insert.returning(Query::returning().columns([Column::Id, Column::InstanceKey, Column::IsStart]));
        for row in db.query_all(&insert).await? {
            if row.try_get_by_index(2)? {
                numbers.insert(InstanceKey(row.try_get_by_index(1)?), MessageId(row.try_get_by_index(0)?));
            }
        }
    }
    beside.store(db).await?;
    Ok(numbers)
}

/// Puts messages into inboxes, in this order, before all that wait there.
pub(super) async fn put_first(db: &impl ConnectionTrait, messages: &[(InstanceKey, Message)]) -> Result<(), SqlError> {
    insert(db, messages, |_| true).await
}

async fn insert(
    db: &impl ConnectionTrait,
    messages: &[(InstanceKey, Message)],
    comes_first: impl Fn(&Message) -> bool + Send,
) -> Result<(), SqlError> {
    let mut beside = Beside::default();
    for rows in messages.chunks(rows_per_statement(3)) {
        let insert = rows_of(rows, &comes_first, &mut beside);
        db.execute(&insert).await?;
    }
    beside.store(db).await
}

fn rows_of(
    messages: &[(InstanceKey, Message)],
    comes_first: impl Fn(&Message) -> bool,
    beside: &mut Beside,
) -> InsertStatement {
    let mut insert = Query::insert();
    insert.into_table(Entity).columns([Column::InstanceKey, Column::IsStart, Column::Message]);
    for (key, message) in messages {
        let comes_first = comes_first(message);
        let mut message = message.clone();
        beside.take_message(*key, &mut message);
        insert.values_panic([key.0.into(), comes_first.into(), convert::to_json(&message).into()]);
    }
    insert
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
    let mut messages = rows.iter().map(convert::message).collect::<Result<Vec<_>, _>>()?;
    let mut references = References::default();
    messages.iter_mut().for_each(|(_, message)| references.add_message(key, message));
    references.resolve(db).await?;
    Ok(messages)
}

/// Removes messages and says how many of them were there.
pub(super) async fn remove(db: &impl ConnectionTrait, ids: &[MessageId]) -> Result<u64, SqlError> {
    let mut removed = 0;
    for ids in ids.chunks(rows_per_statement(1)) {
        let mut delete = Query::delete();
        delete.from_table(Entity).and_where(Column::Id.is_in(ids.iter().map(|id| id.0)));
        removed += db.execute(&delete).await?.rows_affected();
    }
    Ok(removed)
}
