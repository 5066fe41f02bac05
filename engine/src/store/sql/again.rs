//! Another execution in the place of one that has ended, or that ends with it.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::beside::{Beside, References};
use super::convert::{self, Place};
use super::error::SqlError;
use super::statement::sql;
use super::tables::instance::{Column, Entity, Model};
use super::transaction::Transaction;
use super::{end, inbox, lock, owned, tables, tags, timers};
use crate::clock::Timestamp;
use crate::ids::{ExecutionId, InstanceId, InstanceKey};
use crate::model::{ExecutionStarted, Message, Payload};
use crate::store::{Later, StoreError, Unfinished};

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
    let row = match unfinished {
        Unfinished::Stays => find(tx, id).await?,
        Unfinished::Ends => end::end(tx, id, now).await?,
    };
    if unfinished == Unfinished::Stays && row.completed_at.is_none() {
        let status = Place::new("instances", &row.key).status(&row.status)?;
        return Err(StoreError::WrongState { id: id.clone(), status, verb: "replaced" }.into());
    }
    let db = tx.connection();
    tags::clear(db, InstanceKey(row.key)).await?;
    tags::file(db, [(InstanceKey(row.key), &started.tags, Timestamp::from_micros(row.created_at))]).await?;
    begin_again(tx, InstanceKey(row.key), started.clone(), now).await
}

pub(super) async fn find(tx: &Transaction, id: &InstanceId) -> Result<Model, SqlError> {
    let db = tx.connection();
    let lock = format!("SELECT key FROM instances WHERE id = $1{}", lock::for_update(db));
    db.query_one_raw(sql(db, &lock, [id.as_str().into()])).await?;
    let row = Entity::find().filter(Column::Id.eq(id.as_str())).one(db).await?;
    Ok(row.ok_or_else(|| StoreError::NotFound(id.clone()))?)
}

/// Puts the execution that `started` describes in the place of the present one, and tells it to begin.
async fn begin_again(
    tx: &Transaction,
    key: InstanceKey,
    started: ExecutionStarted,
    now: Timestamp,
) -> Result<(), SqlError> {
    take_place(tx.connection(), key, &started, now).await?;
    tx.changed(started.instance.clone());
    begin(tx, key, started, now).await
}

/// Puts the execution that `started` describes in the place of the present one, of which only histories stay. It has not
/// been told to begin.
pub(super) async fn take_place(
    db: &impl ConnectionTrait,
    key: InstanceKey,
    started: &ExecutionStarted,
    now: Timestamp,
) -> Result<(), SqlError> {
    const TAKE_PLACE: &str = "UPDATE instances SET status = 'Pending', execution = $1, ordinal = ordinal + 1, \
        name = $2, version = $3, input = $4, tags = $5, updated_at = $6, \
        output = NULL, failure = NULL, custom_status = NULL, completed_at = NULL, \
        blocked_kind = NULL, blocked_message = NULL, blocked_since = NULL, \
        parent_id = $7, parent_execution = $8, parent_event_id = $9, \
        recoveries = 0, marked = FALSE, has_set_aside = FALSE, \
        lease_owner = NULL, lease_epoch = lease_epoch + 1 WHERE key = $10";
    let parent = started.parent.as_ref();
    let mut beside = Beside::default();
    let values = [
        convert::execution(started.execution).into(),
        started.name.as_ref().to_owned().into(),
        started.version.as_ref().to_owned().into(),
        beside.text(key, &started.input).into(),
        convert::tags(&started.tags).into(),
        now.as_micros().into(),
        parent.map(|parent| parent.instance.to_string()).into(),
        parent.map(|parent| convert::execution(parent.execution)).into(),
        parent.map(|parent| i64::from(parent.event_id.0)).into(),
        key.0.into(),
    ];
    db.execute_raw(sql(db, TAKE_PLACE, values)).await?;
    beside.store(db).await?;
    owned::clear(db, tables::inbox::Entity, &[key]).await?;
    owned::clear(db, tables::task::Entity, &[key]).await?;
    owned::clear(db, tables::timer::Entity, &[key]).await
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
