//! Another execution in the place of one that has ended, or that ends with it.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::beside::{Beside, References};
use super::commit::deliver;
use super::convert::{self, Place};
use super::error::SqlError;
use super::statement::sql;
use super::tables::instance::{Column, Entity, Model};
use super::transaction::Transaction;
use super::{history, inbox, lock, owned, tables, tags, timers};
use crate::clock::Timestamp;
use crate::ids::{ExecutionId, InstanceId, InstanceKey};
use crate::model::{Answer, EventKind, ExecutionStarted, Failure, Message, Payload, RuntimeStatus};
use crate::store::{Later, Outgoing, StoreError, Unfinished};

/// Does what `Store::restart` promises.
pub(super) async fn restart(
    tx: &Transaction,
    id: &InstanceId,
    input: Option<Payload>,
    execution: ExecutionId,
    now: Timestamp,
) -> Result<(), SqlError> {
    let row = find(tx, id).await?;
    let place = Place::new("instances", &row.key);
    if row.completed_at.is_none() {
        let status = place.status(&row.status)?;
        return Err(StoreError::WrongState { id: id.clone(), status, verb: "restarted" }.into());
    }
    let input = match input {
        Some(input) => input,
        None => {
            let mut input = place.payload("input", row.input.clone().unwrap_or_default())?;
            let mut references = References::default();
            references.add(InstanceKey(row.key), &mut input);
            references.resolve(tx.connection()).await?;
            input
        }
    };
    let started = ExecutionStarted {
        instance: id.clone(),
        execution,
        name: row.name.as_str().into(),
        version: row.version.as_str().into(),
        input,
        parent: None,
        tags: place.tags(row.tags.as_deref())?,
        scheduled_at: None,
        seed: execution.0,
        traceparent: None,
    };
    begin_again(tx, InstanceKey(row.key), started, now).await
}

/// Does what `Store::replace` promises.
pub(super) async fn replace(
    tx: &Transaction,
    started: &ExecutionStarted,
    unfinished: Unfinished,
    now: Timestamp,
) -> Result<(), SqlError> {
    let id = &started.instance;
    let row = find(tx, id).await?;
    if row.completed_at.is_none() {
        if unfinished == Unfinished::Stays {
            let status = Place::new("instances", &row.key).status(&row.status)?;
            return Err(StoreError::WrongState { id: id.clone(), status, verb: "replaced" }.into());
        }
        end(tx, &row, now).await?;
    }
    let db = tx.connection();
    tags::clear(db, InstanceKey(row.key)).await?;
    tags::file(db, [(InstanceKey(row.key), &started.tags)], Timestamp::from_micros(row.created_at)).await?;
    begin_again(tx, InstanceKey(row.key), started.clone(), now).await
}

pub(super) async fn find(tx: &Transaction, id: &InstanceId) -> Result<Model, SqlError> {
    let db = tx.connection();
    let lock = format!("SELECT key FROM instances WHERE id = $1{}", lock::for_update(db));
    db.query_one_raw(sql(db, &lock, [id.as_str().into()])).await?;
    let row = Entity::find().filter(Column::Id.eq(id.as_str())).one(db).await?;
    Ok(row.ok_or_else(|| StoreError::NotFound(id.clone()))?)
}

/// Ends the execution that is replaced: its history says so, and its parent gets an answer.
async fn end(tx: &Transaction, row: &Model, now: Timestamp) -> Result<(), SqlError> {
    const REASON: &str = "another instance took its place";
    let (db, key, place) = (tx.connection(), InstanceKey(row.key), Place::new("instances", &row.key));
    let ordinal = place.small("ordinal", row.ordinal)?;
    let end = [
        EventKind::OrchestratorStarted,
        EventKind::ExecutionTerminated { reason: Some(REASON.to_owned()) },
        EventKind::ExecutionCompleted { status: RuntimeStatus::Terminated, result: None, failure: None },
    ];
    history::extend(db, key, ordinal, now, end).await?;
    let (Some(parent), Some(execution), Some(event_id)) = (&row.parent_id, &row.parent_execution, row.parent_event_id)
    else {
        return Ok(());
    };
    let answer = Answer {
        execution: place.execution(execution)?,
        event_id: place.event_id("parent_event_id", event_id)?,
        result: Err(Failure::new(Failure::TERMINATED, REASON).non_retriable()),
    };
    let to = place.instance_id("parent_id", parent.clone())?;
    lock::with_receivers(db, key, std::iter::once(&to)).await?;
    let mut messages = Vec::new();
    let told = vec![Outgoing { to, message: Message::ChildDone(answer), later: None }];
    deliver(db, told, &mut messages, place.uuid("execution", &row.execution)?, now).await?;
    inbox::put(db, &messages).await?;
    messages.iter().for_each(|(key, _)| tx.touch(*key));
    Ok(())
}

/// Puts the execution that `started` describes in the place of the present one, of which only histories stay.
async fn begin_again(
    tx: &Transaction,
    key: InstanceKey,
    started: ExecutionStarted,
    now: Timestamp,
) -> Result<(), SqlError> {
    const BEGIN_AGAIN: &str = "UPDATE instances SET status = 'Pending', execution = $1, ordinal = ordinal + 1, \
        name = $2, version = $3, input = $4, tags = $5, updated_at = $6, \
        output = NULL, failure = NULL, custom_status = NULL, completed_at = NULL, \
        blocked_kind = NULL, blocked_message = NULL, blocked_since = NULL, \
        parent_id = NULL, parent_execution = NULL, parent_event_id = NULL, \
        recoveries = 0, marked = FALSE, has_set_aside = FALSE, \
        lease_owner = NULL, lease_epoch = lease_epoch + 1 WHERE key = $7";
    let db = tx.connection();
    let mut beside = Beside::default();
    let values = [
        convert::execution(started.execution).into(),
        started.name.as_ref().to_owned().into(),
        started.version.as_ref().to_owned().into(),
        beside.text(key, &started.input).into(),
        convert::tags(&started.tags).into(),
        now.as_micros().into(),
        key.0.into(),
    ];
    db.execute_raw(sql(db, BEGIN_AGAIN, values)).await?;
    beside.store(db).await?;
    owned::clear(db, tables::inbox::Entity, key).await?;
    owned::clear(db, tables::task::Entity, key).await?;
    owned::clear(db, tables::timer::Entity, key).await?;
    tx.changed(started.instance.clone());
    begin(tx, key, started, now).await
}

/// Tells an instance to begin, now or at the moment that it is scheduled for.
pub(super) async fn begin(
    tx: &Transaction,
    key: InstanceKey,
    started: ExecutionStarted,
    now: Timestamp,
) -> Result<(), SqlError> {
    let later = started.scheduled_at.filter(|moment| *moment > now);
    let later = later.map(|at| Later { at, id: started.execution.0 });
    let start = Message::Start { started: Box::new(started), carried: Vec::new() };
    match later {
        Some(later) => {
            timers::delay(tx.connection(), &[(key, &start, later)]).await?;
            tx.falls_due(later.at);
        }
        None => {
            inbox::put(tx.connection(), &[(key, start)]).await?;
            tx.touch(key);
        }
    }
    Ok(())
}
