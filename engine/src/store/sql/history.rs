//! Histories: one row per turn.

use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::convert;
use super::error::SqlError;
use super::statement::sql;
use super::tables::history::{Column, Entity};
use crate::ids::{InstanceId, InstanceKey};
use crate::model::Event;
use crate::store::Claim;

/// Adds a turn's events to the claim's execution.
pub(super) async fn append(db: &impl ConnectionTrait, claim: &Claim, events: &[Event]) -> Result<(), SqlError> {
    let Some(first) = events.first() else { return Ok(()) };
    let mut insert = Query::insert();
    insert
        .into_table(Entity)
        .columns([Column::InstanceKey, Column::Ordinal, Column::FirstSequence, Column::Events])
        .values_panic([
            claim.key.0.into(),
            i64::from(claim.ordinal).into(),
            i64::from(first.sequence.0).into(),
            convert::to_json(events).into(),
        ]);
    db.execute(&insert).await?;
    Ok(())
}

/// All events of an execution, in order.
pub(super) async fn load(db: &impl ConnectionTrait, key: InstanceKey, ordinal: u32) -> Result<Vec<Event>, SqlError> {
    let turns: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Events)
        .filter(Column::InstanceKey.eq(key.0))
        .filter(Column::Ordinal.eq(i64::from(ordinal)))
        .order_by_asc(Column::FirstSequence)
        .into_tuple()
        .all(db)
        .await?;
    joined(key, &turns)
}

/// All events of the execution `ordinal` of the instance `id`, of its current one for `None`.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    id: &InstanceId,
    ordinal: Option<u32>,
) -> Result<Vec<Event>, SqlError> {
    const CURRENT: &str = "SELECT key, ordinal FROM instances WHERE id = $1";
    let Some(row) = db.query_one_raw(sql(db, CURRENT, [id.as_str().into()])).await? else { return Ok(Vec::new()) };
    let key: i64 = row.try_get_by_index(0)?;
    let current = convert::Place::new("instances", &key).small("ordinal", row.try_get_by_index(1)?)?;
    load(db, InstanceKey(key), ordinal.unwrap_or(current)).await
}

/// Removes the histories of executions up to `last`.
pub(super) async fn forget(db: &impl ConnectionTrait, key: InstanceKey, last: u32) -> Result<(), SqlError> {
    Entity::delete_many()
        .filter(Column::InstanceKey.eq(key.0))
        .filter(Column::Ordinal.lte(i64::from(last)))
        .exec(db)
        .await?;
    Ok(())
}

fn joined(key: InstanceKey, turns: &[String]) -> Result<Vec<Event>, SqlError> {
    let mut events = Vec::new();
    for turn in turns {
        events.extend(convert::events(key, turn)?);
    }
    Ok(events)
}
