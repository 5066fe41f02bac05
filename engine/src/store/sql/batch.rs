//! Turns of several instances, written together: one statement for each table, however many the turns are.

use std::collections::{HashMap, HashSet};

use sea_orm::ConnectionTrait;

use super::beside::Beside;
use super::commit::{Prepared, cancel, deliver, held, id_is_taken, read, to_parent};
use super::error::SqlError;
use super::tables::{task, timer};
use super::{create, fence, history, inbox, owned, tasks, timers};
use crate::ids::{InstanceId, InstanceKey, MessageId};
use crate::model::{ExecutionStarted, Message};
use crate::store::{Begun, Claim, Committed, Ending, Outgoing, StoreError, TurnCommit};

/// Whether a turn does nothing that takes statements of its own.
pub(super) fn takes(turn: &TurnCommit) -> bool {
    let for_entity = |outgoing: &Outgoing| matches!(outgoing.message, Message::Entity(_));
    turn.entity.is_none()
        && !turn.redrive
        && turn.continues.is_empty()
        && turn.rejoined.is_empty()
        && turn.recalled.is_empty()
        && turn.retried_children.is_empty()
        && turn.terminated_children.is_empty()
        && !turn.sent.iter().any(for_entity)
        && !matches!(turn.ending, Ending::ContinuedAsNew { .. })
}

/// Does what `Store::commit` promises for each of these turns, of which no two are of one instance, inside a transaction that
/// is rolled back on any error. Whom they lock is locked already. A turn whose claim does not hold changes nothing.
pub(super) async fn commit(
    db: &impl ConnectionTrait,
    turns: &[&Prepared],
) -> Result<Vec<Result<Committed, StoreError>>, SqlError> {
    let held_by = change(db, turns).await?;
    let live: Vec<&Prepared> =
        turns.iter().copied().filter(|prepared| held_by.contains(&prepared.turn.claim.key)).collect();
    let plain: Vec<&TurnCommit> = live.iter().map(|prepared| &prepared.turn).collect();
    read(db, &plain).await?;
    history::append(db, live.iter().filter_map(|prepared| prepared.history.as_ref())).await?;
    let ended = |turn: &&TurnCommit| matches!(turn.ending, Ending::Finished { .. });
    let over: Vec<InstanceKey> = plain.iter().copied().filter(ended).map(|turn| turn.claim.key).collect();
    owned::clear(db, task::Entity, &over).await?;
    owned::clear(db, timer::Entity, &over).await?;
    let waiting: Vec<&TurnCommit> = plain.iter().copied().filter(|turn| !ended(turn)).collect();
    for turn in &waiting {
        cancel(db, turn).await?;
    }
    timers::set(db, &waiting.iter().flat_map(|turn| timers::of(turn)).collect::<Vec<_>>()).await?;
    let ids = tasks::schedule(db, &waiting.iter().flat_map(|turn| tasks::of(turn)).collect::<Vec<_>>()).await?;
    let mut told = tell(db, &plain).await?;
    let commit = |turn: &TurnCommit| {
        if !held_by.contains(&turn.claim.key) {
            return Err(StoreError::LeaseLost);
        }
        let told = told.remove(&turn.claim.key).unwrap_or_default();
        Ok(Committed { touched: told.touched, begun: told.begun, due: told.due, ..seen(turn, &ids) })
    };
    Ok(turns.iter().map(|prepared| &prepared.turn).map(commit).collect())
}

/// What a committed turn leads to in its own instance.
pub(in crate::store) fn seen(turn: &TurnCommit, ids: &tasks::Ids) -> Committed {
    let claim = matches!(turn.ending, Ending::Waiting).then(|| held(turn.claim.clone()));
    let to_run = |task: &_| tasks::to_run(&turn.claim, Clone::clone(task), ids, turn.traceparent);
    let tasks = if claim.is_some() { turn.tasks.iter().map(to_run).collect() } else { Vec::new() };
    Committed { tasks, claim, ..Committed::default() }
}

/// Changes the rows of the instances; gives those whose claims hold.
async fn change(db: &impl ConnectionTrait, turns: &[&Prepared]) -> Result<HashSet<InstanceKey>, SqlError> {
    let mut beside = Vec::with_capacity(turns.len());
    let mut changes = Vec::with_capacity(turns.len());
    for Prepared { turn, .. } in turns {
        let mut values = Beside::default();
        changes.push(fence::Change::with(turn, &mut values));
        beside.push((turn.claim.key, values));
    }
    let held = fence::update_many(db, &changes).await?;
    for (_, values) in beside.iter().filter(|(key, _)| held.contains(key)) {
        values.store(db).await?;
    }
    Ok(held)
}

/// Whom a turn has told something.
#[derive(Default)]
struct Told {
    touched: Vec<InstanceKey>,
    begun: Vec<Begun>,
    due: Option<crate::clock::Timestamp>,
}

/// Creates the turns' children and puts all their messages into inboxes.
async fn tell(db: &impl ConnectionTrait, turns: &[&TurnCommit]) -> Result<HashMap<InstanceKey, Told>, SqlError> {
    let mut told: HashMap<InstanceKey, Told> = HashMap::new();
    // The sender of each message.
    let mut senders = Vec::new();
    let mut messages = Vec::new();
    let mut starts = Vec::new();
    let children = turns.iter().flat_map(|turn| turn.children.iter().map(|child| (child, turn.now)));
    let mut created = create::insert(db, &children.collect::<Vec<_>>()).await?;
    for turn in turns {
        for child in &turn.children {
            let key = created.remove(&child.instance);
            let started = || Message::Start { started: Box::new(child.clone()), carried: Vec::new() };
            let message = match key {
                Some(key) => Some((key, started())),
                None => id_is_taken(child).map(|message| (turn.claim.key, message)),
            };
            if let Some(key) = key {
                starts.push((*turn, key, child));
            }
            senders.resize(senders.len() + message.iter().len(), turn.claim.key);
            messages.extend(message);
        }
    }
    for turn in turns {
        let parent = match &turn.ending {
            Ending::Finished { parent, .. } => parent.clone(),
            Ending::Waiting | Ending::ContinuedAsNew { .. } => None,
        };
        let sent: Vec<_> = turn.sent.iter().cloned().chain(parent.map(to_parent)).collect();
        if sent.is_empty() {
            continue;
        }
        let due = deliver(db, sent, &mut messages, turn.claim.execution.0, turn.now).await?;
        senders.resize(messages.len(), turn.claim.key);
        told.entry(turn.claim.key).or_default().due = due;
    }
    let numbers = inbox::put_numbered(db, &messages).await?;
    let mut seen = HashSet::with_capacity(messages.len());
    for (sender, (receiver, _)) in senders.iter().zip(&messages) {
        if seen.insert((*sender, *receiver)) {
            told.entry(*sender).or_default().touched.push(*receiver);
        }
    }
    // Whom its parent told something beside the start has to look into its inbox.
    let told_more: HashSet<InstanceKey> =
        messages.iter().filter(|(_, message)| !message.is_start()).map(|(receiver, _)| *receiver).collect();
    for (turn, key, child) in starts {
        if let Some(message) = numbers.get(&key).filter(|_| !told_more.contains(&key)) {
            told.entry(turn.claim.key).or_default().begun.push(begun(key, *message, child, turn.claim.owner));
        }
    }
    Ok(told)
}

/// What the node `owner` needs to run the first turn of an instance that was created just now.
pub(in crate::store) fn begun(
    key: InstanceKey,
    message: MessageId,
    started: &ExecutionStarted,
    owner: crate::ids::NodeId,
) -> Begun {
    let claim = Claim {
        key,
        instance: InstanceId::clone(&started.instance),
        owner,
        epoch: 1,
        execution: started.execution,
        ordinal: 1,
        recoveries: 0,
        blocked: None,
        is_new: true,
    };
    Begun { claim, message, started: Box::new(started.clone()) }
}
