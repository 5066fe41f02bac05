//! The end of an execution that another one replaces.
//!
//! No turn of its own ends it, so what the last turn of every other execution does is done here: its history says so,
//! its parent gets an answer, and the entities that it has locked, or may still lock, are released.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, TransactionTrait};

use super::commit::deliver;
use super::convert::{self, Place};
use super::error::SqlError;
use super::statement::sql;
use super::tables::instance::{Column, Entity, Model};
use super::transaction::Transaction;
use super::{history, inbox, lock};
use crate::clock::Timestamp;
use crate::ids::{EntityId, EventId, InstanceId, InstanceKey};
use crate::model::{ActionLink, Answer, EntityMessage, EventKind, Failure, Message, RuntimeStatus};
use crate::store::{Outgoing, StoreError};

/// Why it ends.
const REASON: &str = "another instance took its place";

/// Ends the execution of the instance of that id, unless it has ended already. Gives the instance as it was, locked.
pub(super) async fn end(tx: &Transaction, id: &InstanceId, now: Timestamp) -> Result<Model, SqlError> {
    let (row, told) = locked(tx, id).await?;
    if row.completed_at.is_some() {
        return Ok(row);
    }
    let (db, key, place) = (tx.connection(), InstanceKey(row.key), Place::new("instances", &row.key));
    let ordinal = place.small("ordinal", row.ordinal)?;
    let end = [
        EventKind::OrchestratorStarted,
        EventKind::ExecutionTerminated { reason: Some(REASON.to_owned()) },
        EventKind::ExecutionCompleted { status: RuntimeStatus::Terminated, result: None, failure: None },
    ];
    history::extend(db, key, ordinal, now, end).await?;
    let mut messages = Vec::new();
    deliver(db, told, &mut messages, place.uuid("execution", &row.execution)?, now).await?;
    inbox::put(db, &messages).await?;
    messages.iter().for_each(|(key, _)| tx.touch(*key));
    Ok(row)
}

/// The instance of that id, and who is told what of its end. All of them are locked by one statement, as the commits of
/// the parent and of the entities do it. So who they are is read before, and once more when nobody can change it.
async fn locked(tx: &Transaction, id: &InstanceId) -> Result<(Model, Vec<Outgoing>), SqlError> {
    let db = tx.connection();
    let (mut row, mut told) = read(db, id).await?;
    loop {
        let receivers: BTreeSet<InstanceId> = told.into_iter().map(|outgoing| outgoing.to).collect();
        // A savepoint: going back to it gives the locks back, so that all are taken again in the order of their keys.
        let attempt = db.begin().await?;
        let ids: Vec<&InstanceId> = receivers.iter().chain([id]).collect();
        lock::keys_and_ids(&attempt, &[InstanceKey(row.key)], &ids).await?;
        (row, told) = read(&attempt, id).await?;
        if told.iter().all(|outgoing| receivers.contains(&outgoing.to)) {
            attempt.commit().await?;
            return Ok((row, told));
        }
        attempt.rollback().await?;
    }
}

async fn read(db: &impl ConnectionTrait, id: &InstanceId) -> Result<(Model, Vec<Outgoing>), SqlError> {
    let row = Entity::find().filter(Column::Id.eq(id.as_str())).one(db).await?;
    let row = row.ok_or_else(|| StoreError::NotFound(id.clone()))?;
    let told = if row.completed_at.is_none() { told_of_end(db, id, &row).await? } else { Vec::new() };
    Ok((row, told))
}

/// What is told of the end of the execution in `row`.
async fn told_of_end(db: &impl ConnectionTrait, id: &InstanceId, row: &Model) -> Result<Vec<Outgoing>, SqlError> {
    let place = Place::new("instances", &row.key);
    let mut told = Vec::new();
    if let (Some(parent), Some(execution), Some(event_id)) =
        (&row.parent_id, &row.parent_execution, row.parent_event_id)
    {
        let answer = Answer {
            execution: place.execution(execution)?,
            event_id: place.event_id("parent_event_id", event_id)?,
            result: Err(Failure::new(Failure::TERMINATED, REASON).non_retriable()),
        };
        let to = place.instance_id("parent_id", parent.clone())?;
        told.push(Outgoing { to, message: Message::ChildDone(answer), later: None });
    }
    let execution = place.execution(&row.execution)?;
    for (event_id, entities) in open_sections(db, row).await? {
        let section = ActionLink { instance: id.clone(), execution, event_id };
        told.extend(entities.iter().map(|entity| Outgoing {
            to: InstanceId::of_entity(entity),
            message: Message::Entity(EntityMessage::Unlock { section: section.clone() }),
            later: None,
        }));
    }
    Ok(told)
}

/// The critical sections of the execution in `row` that may have locks, or get some yet, with their entities: those that
/// the code has not left, and those that it left before it was in, because the request may still be on its way.
///
/// The history tells, and not the rows of the entities: a request that an entity is serving right now is in none yet.
async fn open_sections(db: &impl ConnectionTrait, row: &Model) -> Result<BTreeMap<EventId, Vec<EntityId>>, SqlError> {
    const TURNS: &str = "SELECT events FROM history WHERE instance_key = $1 AND ordinal = $2 \
        AND (events LIKE '%EntityLock%' OR events LIKE '%EntityUnlock%') ORDER BY first_sequence";
    let mut sections = BTreeMap::new();
    // Granted or given up: the next release is the last one.
    let mut settled = BTreeSet::new();
    for turn in db.query_all_raw(sql(db, TURNS, [row.key.into(), row.ordinal.into()])).await? {
        let turn: String = turn.try_get_by_index(0)?;
        for event in convert::events(InstanceKey(row.key), &turn)? {
            match event.kind {
                EventKind::EntityLockRequested { event_id, entities } => {
                    sections.insert(event_id, entities);
                }
                EventKind::EntityLockGranted { lock_requested_id } => {
                    settled.insert(lock_requested_id);
                }
                EventKind::EntityUnlockSent { lock_requested_id, .. } if !settled.insert(lock_requested_id) => {
                    sections.remove(&lock_requested_id);
                }
                _ => {}
            }
        }
    }
    Ok(sections)
}
