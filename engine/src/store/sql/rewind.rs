//! Executions that continue where others failed, and the children and calls of entities that they share.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::beside::References;
use super::convert::{self, Place};
use super::error::SqlError;
use super::statement::{rows_per_statement, sql};
use super::tables::instance::{Column, Entity, Model};
use super::transaction::Transaction;
use super::{again, entities, inbox};
use crate::clock::Timestamp;
use crate::ids::{EventId, ExecutionId, InstanceId, InstanceKey, MessageId};
use crate::model::{
    Answer, EntityMessage, ExecutionStarted, Message, ParentLink, Payload, RewoundExecution, RuntimeStatus,
};
use crate::store::{Claim, Outgoing, StoreError, TurnCommit};

/// Does what `Store::rewind` promises.
pub(super) async fn rewind(
    tx: &Transaction,
    id: &InstanceId,
    reason: Option<String>,
    execution: ExecutionId,
    now: Timestamp,
) -> Result<(), SqlError> {
    let row = again::find(tx, id).await?;
    let place = Place::new("instances", &row.key);
    let status = place.status(&row.status)?;
    if status != RuntimeStatus::Failed {
        return Err(StoreError::WrongState { id: id.clone(), status, verb: "rewound" }.into());
    }
    let parent = match (&row.parent_id, &row.parent_execution, row.parent_event_id) {
        (Some(parent), Some(execution), Some(event_id)) => Some(ParentLink {
            instance: place.instance_id("parent_id", parent.clone())?,
            execution: place.execution(execution)?,
            event_id: place.event_id("parent_event_id", event_id)?,
        }),
        _ => None,
    };
    let message = continue_from(tx.connection(), &row, execution, parent, reason, now).await?;
    inbox::put(tx.connection(), &[(InstanceKey(row.key), message)]).await?;
    tx.touch(InstanceKey(row.key));
    tx.changed(id.clone());
    Ok(())
}

/// Begins an execution that continues the one in `row`, which has ended; gives the message that tells it so.
async fn continue_from(
    db: &impl ConnectionTrait,
    row: &Model,
    execution: ExecutionId,
    parent: Option<ParentLink>,
    reason: Option<String>,
    now: Timestamp,
) -> Result<Message, SqlError> {
    const CONTINUE: &str = "UPDATE instances SET status = 'Pending', execution = $1, ordinal = ordinal + 1, \
        updated_at = $2, parent_execution = $3, parent_event_id = $4, output = NULL, failure = NULL, \
        custom_status = NULL, completed_at = NULL, blocked_kind = NULL, blocked_message = NULL, blocked_since = NULL, \
        recoveries = 0, marked = FALSE, has_set_aside = FALSE, \
        lease_owner = NULL, lease_epoch = lease_epoch + 1 WHERE key = $5";
    let values = [
        convert::execution(execution).into(),
        now.as_micros().into(),
        parent.as_ref().map(|parent| convert::execution(parent.execution)).into(),
        parent.as_ref().map(|parent| i64::from(parent.event_id.0)).into(),
        row.key.into(),
    ];
    db.execute_raw(sql(db, CONTINUE, values)).await?;
    let key = InstanceKey(row.key);
    // Verbs that came too late for the execution that failed were not meant for this one.
    let unread = inbox::read(db, key, MessageId(0), u32::MAX).await?;
    let is_verb = |message: &Message| {
        matches!(message, Message::Suspend { .. } | Message::Resume { .. } | Message::Terminate { .. })
    };
    let verbs: Vec<_> = unread.into_iter().filter(|(_, message)| is_verb(message)).map(|(id, _)| id).collect();
    inbox::remove(db, &verbs).await?;
    let from = Place::new("instances", &key).small("ordinal", row.ordinal)?;
    Ok(Message::Rewind { reason, from, parent })
}

/// Sees to the actions that an execution shares with those that it continues. The calls of entities that are to be made
/// again join what the turn sends; gives the messages to and from children, and the children that are to be started, the
/// turn's own included.
pub(super) async fn take_over(
    db: &impl ConnectionTrait,
    turn: &mut TurnCommit,
) -> Result<(Vec<(InstanceKey, Message)>, Vec<ExecutionStarted>), SqlError> {
    let mut children = std::mem::take(&mut turn.children);
    if turn.continues.is_empty() {
        return Ok((Vec::new(), children));
    }
    children.splice(0..0, std::mem::take(&mut turn.rejoined));
    let calls = std::mem::take(&mut turn.recalled);
    let calls = unmade(db, turn, calls).await?;
    // What one execution tells one entity is carried out in this order.
    turn.sent.splice(0..0, calls);
    rejoin(db, &turn.claim, &turn.continues, children, turn.now).await
}

/// Of these calls of entities, those that were not made by an execution that this one continues, or whose answers are lost:
/// neither has the entity such a call still to carry out, nor is the answer to one unread.
///
/// Both inboxes stay as they are until the end of the transaction, and an entity takes the call from the one in the commit
/// that puts the answer into the other, so what is in neither has no answer to come.
async fn unmade(db: &impl ConnectionTrait, turn: &TurnCommit, calls: Vec<Outgoing>) -> Result<Vec<Outgoing>, SqlError> {
    if calls.is_empty() {
        return Ok(calls);
    }
    let receivers: Vec<_> = calls.iter().map(|call| &call.to).collect();
    let keys = entities::find_keys(db, &receivers).await?;
    let mut made = HashSet::new();
    for key in keys.into_values().chain([turn.claim.key]) {
        let unread = inbox::read(db, key, MessageId(0), u32::MAX).await?;
        let found = unread.iter().filter_map(|(_, message)| call_of(&turn.claim.instance, message));
        let shared = found.filter(|(execution, id)| turn.continues.iter().any(|old| old.shares(*execution, *id)));
        made.extend(shared.map(|(_, event_id)| event_id));
    }
    let is_made = |call: &Outgoing| {
        call_of(&turn.claim.instance, &call.message).is_some_and(|(_, event_id)| made.contains(&event_id))
    };
    Ok(calls.into_iter().filter(|call| !is_made(call)).collect())
}

/// The call of an entity by the instance that a message makes or answers.
fn call_of(instance: &InstanceId, message: &Message) -> Option<(ExecutionId, EventId)> {
    match message {
        Message::Entity(EntityMessage::Call { caller, .. }) if caller.instance == *instance => {
            Some((caller.execution, caller.event_id))
        }
        Message::OperationDone(answer) => Some((answer.execution, answer.event_id)),
        _ => None,
    }
}

/// Sees to those children that an execution shares with one that it continues: what has completed answers, what has failed
/// or was terminated is rewound, what runs is left to answer. Gives the messages, and the children that are to be started.
async fn rejoin(
    db: &impl ConnectionTrait,
    claim: &Claim,
    continues: &[RewoundExecution],
    children: Vec<ExecutionStarted>,
    now: Timestamp,
) -> Result<(Vec<(InstanceKey, Message)>, Vec<ExecutionStarted>), SqlError> {
    let rows = shared(db, claim, continues, &children).await?;
    let (mut messages, mut others) = (Vec::new(), Vec::new());
    for child in children {
        let (Some(row), Some(link)) = (rows.get(child.instance.as_str()), child.parent.clone()) else {
            others.push(child);
            continue;
        };
        let status = Place::new("instances", &row.key).status(&row.status)?;
        match status {
            RuntimeStatus::Completed => {
                let place = Place::new("instances", &row.key);
                let output = row.output.clone().map(|text| place.payload("output", text));
                let mut output = output.transpose()?.unwrap_or_else(Payload::null);
                let mut references = References::default();
                references.add(InstanceKey(row.key), &mut output);
                references.resolve(db).await?;
                let result = Ok(output);
                let answer = Answer { execution: link.execution, event_id: link.event_id, result };
                messages.push((claim.key, Message::ChildDone(answer)));
            }
            status if status.is_finished() => {
                let reason = Some(format!("its parent {} was rewound", claim.instance));
                let message = continue_from(db, row, child.execution, Some(link), reason, now).await?;
                messages.push((InstanceKey(row.key), message));
            }
            _ if row.parent_event_id == Some(i64::from(link.event_id.0)) => adopt(db, row.key, link.execution).await?,
            // Its result would be for an action that is no more; its id is taken.
            _ => others.push(child),
        }
    }
    Ok((messages, others))
}

/// Of these children, the rows of those that were started by an execution that this one continues, by their ids.
async fn shared(
    db: &impl ConnectionTrait,
    claim: &Claim,
    continues: &[RewoundExecution],
    children: &[ExecutionStarted],
) -> Result<HashMap<String, Model>, SqlError> {
    let mut rows = HashMap::new();
    let executions: Vec<String> = continues.iter().map(|old| convert::execution(old.execution)).collect();
    for chunk in children.chunks(rows_per_statement(1) / 2) {
        let found = Entity::find()
            .filter(Column::Id.is_in(chunk.iter().map(|child| child.instance.as_str())))
            .filter(Column::ParentId.eq(claim.instance.as_str()))
            .filter(Column::ParentExecution.is_in(executions.iter().map(String::as_str)))
            .all(db)
            .await?;
        rows.extend(found.into_iter().map(|row| (row.id.clone(), row)));
    }
    Ok(rows)
}

/// Makes a child that runs a child of the new execution, so that it is found as such. Its answer is for the old one, whose
/// actions the new one shares.
async fn adopt(db: &impl ConnectionTrait, key: i64, parent: ExecutionId) -> Result<(), SqlError> {
    const ADOPT: &str = "UPDATE instances SET parent_execution = $1 WHERE key = $2";
    db.execute_raw(sql(db, ADOPT, [convert::execution(parent).into(), key.into()])).await?;
    Ok(())
}
