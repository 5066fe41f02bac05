//! Histories: one row per turn.

use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::beside::{self, Beside, References};
use super::convert;
use super::error::SqlError;
use super::statement::{rows_per_statement, sql};
use super::tables::history::{Column, Entity};
use crate::clock::Timestamp;
use crate::ids::{InstanceId, InstanceKey, Sequence};
use crate::model::{Event, EventKind};

/// The events of a turn, ready to be written.
pub(in crate::store) struct Row {
    key: InstanceKey,
    ordinal: u32,
    first: Sequence,
    text: String,
    beside: Beside,
}

impl Row {
    /// The row of `events`; `None` without any.
    pub(super) fn of(key: InstanceKey, ordinal: u32, mut events: Vec<Event>) -> Option<Self> {
        let first = events.first()?.sequence;
        let mut beside = Beside::default();
        beside.take_events(key, &mut events);
        Some(Self { key, ordinal, first, text: convert::to_json(&events), beside })
    }

    /// Whether no value is kept beside the row.
    pub(in crate::store) fn holds_all(&self) -> bool {
        self.beside.is_empty()
    }

    /// The ordinal, the first sequence number and the events' text.
    pub(in crate::store) fn parts(&self) -> (u32, u32, &str) {
        (self.ordinal, self.first.0, &self.text)
    }

    /// The length of the events' text, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }
}

/// Adds turns to their histories.
pub(super) async fn append<'r>(
    db: &impl ConnectionTrait,
    rows: impl Iterator<Item = &'r Row> + Send,
) -> Result<(), SqlError> {
    let rows: Vec<&Row> = rows.collect();
    for rows in rows.chunks(rows_per_statement(4)) {
        let mut insert = Query::insert();
        insert.into_table(Entity).columns([
            Column::InstanceKey,
            Column::Ordinal,
            Column::FirstSequence,
            Column::Events,
        ]);
        for row in rows {
            let (ordinal, first) = (i64::from(row.ordinal), i64::from(row.first.0));
            insert.values_panic([row.key.0.into(), ordinal.into(), first.into(), row.text.as_str().into()]);
        }
        db.execute(&insert).await?;
    }
    for row in rows {
        row.beside.store(db).await?;
    }
    Ok(())
}

/// Adds events of the moment `at` to an execution whose lease nobody holds after this transaction.
pub(super) async fn extend(
    db: &impl ConnectionTrait,
    key: InstanceKey,
    ordinal: u32,
    at: Timestamp,
    kinds: impl IntoIterator<Item = EventKind> + Send,
) -> Result<(), SqlError> {
    const LAST: &str = "SELECT first_sequence, events FROM history WHERE instance_key = $1 AND ordinal = $2 \
        ORDER BY first_sequence DESC LIMIT 1";
    let Some(row) = db.query_one_raw(sql(db, LAST, [key.0.into(), i64::from(ordinal).into()])).await? else {
        // It has not begun, so there is nothing to add to.
        return Ok(());
    };
    let (first, turn): (i64, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    let turn_length = convert::events(key, &turn)?.len();
    let next = convert::Place::new("history", &key).small("first_sequence", first)?;
    let next = next.saturating_add(u32::try_from(turn_length).unwrap_or(u32::MAX));
    let numbered = kinds.into_iter().zip(next..);
    let events = numbered.map(|(kind, n)| Event { sequence: Sequence(n), at, kind }).collect();
    append(db, Row::of(key, ordinal, events).iter()).await
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
    let mut events = joined(key, &turns)?;
    References::of_events(key, &mut events).resolve(db).await?;
    Ok(events)
}

/// All events of the execution `ordinal` of the instance `id`, of its current one for `None`. In one statement, because what
/// is purged meanwhile goes row by row.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    id: &InstanceId,
    ordinal: Option<u32>,
) -> Result<Vec<Event>, SqlError> {
    const FIND: &str = "SELECT h.instance_key, h.events FROM instances i JOIN history h ON h.instance_key = i.key \
        AND h.ordinal = COALESCE($2, i.ordinal) WHERE i.id = $1 ORDER BY h.first_sequence";
    let rows = db.query_all_raw(sql(db, FIND, [id.as_str().into(), ordinal.map(i64::from).into()])).await?;
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let key = InstanceKey(first.try_get_by_index(0)?);
    let turns = rows.iter().map(|row| row.try_get_by_index(1)).collect::<Result<Vec<String>, _>>()?;
    let mut events = joined(key, &turns)?;
    References::of_events(key, &mut events).resolve(db).await?;
    Ok(events)
}

/// Removes the histories of executions up to `last`.
pub(super) async fn forget(db: &impl ConnectionTrait, key: InstanceKey, last: u32) -> Result<(), SqlError> {
    const FORGET: &str = "DELETE FROM history WHERE instance_key = $1 AND ordinal <= $2 RETURNING events LIKE $3";
    let values = [key.0.into(), i64::from(last).into(), beside::MENTIONS.into()];
    for row in db.query_all_raw(sql(db, FORGET, values)).await? {
        if row.try_get_by_index(0)? {
            return beside::forget(db, key, last).await;
        }
    }
    Ok(())
}

fn joined(key: InstanceKey, turns: &[String]) -> Result<Vec<Event>, SqlError> {
    let mut events = Vec::new();
    for turn in turns {
        events.extend(convert::events(key, turn)?);
    }
    Ok(events)
}
