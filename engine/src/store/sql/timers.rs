//! Durable timers, and messages that are delivered at a later moment.

use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter};

use super::beside::{Beside, References};
use super::error::SqlError;
use super::statement::{rows_per_statement, sql};
use super::tables::timer::{Column, Entity, Model};
use super::{convert, inbox, lock};
use crate::clock::Timestamp;
use crate::ids::{EventId, InstanceKey};
use crate::model::Message;
use crate::store::{Claim, Fired, Later, TurnCommit};

/// Sets timers, each of the execution of a claim.
pub(super) async fn set(db: &impl ConnectionTrait, timers: &[(&Claim, EventId, Timestamp)]) -> Result<(), SqlError> {
    for rows in timers.chunks(rows_per_statement(4)) {
        let mut insert = Query::insert();
        insert.into_table(Entity).columns([Column::InstanceKey, Column::Execution, Column::EventId, Column::FireAt]);
        for (claim, event_id, fire_at) in rows {
            let execution = convert::execution(claim.execution);
            let event_id = i64::from(event_id.0);
            insert.values_panic([claim.key.0.into(), execution.into(), event_id.into(), fire_at.as_micros().into()]);
        }
        db.execute(&insert).await?;
    }
    Ok(())
}

/// The timers that a turn sets.
pub(super) fn of(turn: &TurnCommit) -> impl Iterator<Item = (&Claim, EventId, Timestamp)> {
    turn.timers.iter().map(|(event_id, fire_at)| (&turn.claim, *event_id, *fire_at))
}

/// What stands in the place of an action's number in a row that holds a message: no action has such a number.
const START: i64 = -1;
const MESSAGE: i64 = -2;

/// Keeps messages for their receivers until their moments.
pub(super) async fn delay(
    db: &impl ConnectionTrait,
    messages: &[(InstanceKey, &Message, Later)],
) -> Result<(), SqlError> {
    let mut beside = Beside::default();
    for rows in messages.chunks(rows_per_statement(5)) {
        let mut insert = Query::insert();
        insert.into_table(Entity).columns([
            Column::InstanceKey,
            Column::Execution,
            Column::EventId,
            Column::FireAt,
            Column::Message,
        ]);
        for (key, message, later) in rows {
            let mut text = (*message).clone();
            beside.take_message(*key, &mut text);
            let number = if matches!(message, Message::Start { .. }) { START } else { MESSAGE };
            insert.values_panic([
                key.0.into(),
                later.id.to_string().into(),
                number.into(),
                later.at.as_micros().into(),
                convert::to_json(&text).into(),
            ]);
        }
        db.execute(&insert).await?;
    }
    beside.store(db).await
}

/// Takes the start message of an instance that is to begin later, if it is.
pub(super) async fn take_start(db: &impl ConnectionTrait, key: InstanceKey) -> Result<Option<Message>, SqlError> {
    const TAKE: &str = "DELETE FROM timers WHERE instance_key = $1 AND event_id = $2 RETURNING message";
    let Some(row) = db.query_one_raw(sql(db, TAKE, [key.0.into(), START.into()])).await? else { return Ok(None) };
    let text: Option<String> = row.try_get_by_index(0)?;
    let Some(text) = text else { return Ok(None) };
    let mut start = [(key, convert::delayed(&key, &text)?)];
    References::of_messages(&mut start).resolve(db).await?;
    let [(_, start)] = start;
    Ok(Some(start))
}

/// Removes all timers of an instance whose next execution still gets what was to be delivered to it.
pub(super) async fn clear_own(db: &impl ConnectionTrait, key: InstanceKey) -> Result<(), SqlError> {
    Entity::delete_many().filter(Column::InstanceKey.eq(key.0)).filter(Column::Message.is_null()).exec(db).await?;
    Ok(())
}

/// When the next timer is due. Needs no writer, so that a look at the clock costs none.
pub(super) async fn next(db: &impl ConnectionTrait) -> Result<Option<Timestamp>, SqlError> {
    let row = db.query_one_raw(sql(db, "SELECT MIN(fire_at) FROM timers", [])).await?;
    let moment = row.map(|row| row.try_get_by_index::<Option<i64>>(0)).transpose()?.flatten();
    Ok(moment.map(Timestamp::from_micros))
}

/// Does what `Store::fire_timers` promises. Timers fire in the order of their moments; those of one moment in the order of
/// the index, so that all databases do the same.
pub(super) async fn fire(db: &impl ConnectionTrait, now: Timestamp, limit: u32) -> Result<Fired, SqlError> {
    let mut first = Query::select();
    first.from(Entity).and_where(Column::FireAt.lte(now.as_micros()));
    for column in [Column::FireAt, Column::InstanceKey, Column::Execution, Column::EventId] {
        first.order_by(column, Order::Asc);
    }
    first.limit(u64::from(limit));
    if let Some(owners) = lock::owners(db, first.clone().column(Column::InstanceKey)).await? {
        first.and_where(Column::InstanceKey.is_in(owners));
    }
    let mut take = Query::delete();
    let timer = [Column::InstanceKey, Column::Execution, Column::EventId];
    let which = Expr::tuple(timer.map(Expr::col)).in_subquery(first.columns(timer).take());
    take.from_table(Entity).and_where(which).returning_all();
    let mut due = Model::find_by_statement(db.get_database_backend().build(&take)).all(db).await?;
    // A database returns removed rows in no particular order.
    due.sort_by(|a, b| {
        (a.fire_at, a.instance_key, &a.execution, a.event_id).cmp(&(
            b.fire_at,
            b.instance_key,
            &b.execution,
            b.event_id,
        ))
    });
    let mut messages = due.iter().map(convert::due_message).collect::<Result<Vec<_>, _>>()?;
    References::of_messages(&mut messages).resolve(db).await?;
    inbox::put(db, &messages).await?;
    let moments = due.iter().map(|timer| Timestamp::from_micros(timer.fire_at)).collect();
    Ok(Fired { touched: inbox::receivers(&messages), moments, next: next(db).await? })
}
