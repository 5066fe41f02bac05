//! A turn's result, as few statements as it has kinds of rows: the fence, the history, the tasks, the timers, the
//! children, the messages, the consumed messages. Most turns are written many at a time, see [`super::batch`]; here are
//! those that do something rare.

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait};
use uuid::Uuid;

use super::beside::Beside;
use super::error::SqlError;
use super::statement::rows_per_statement;
use super::tables::instance::{Column, Entity};
use super::tables::{task, timer};
use super::{children, convert, create, entities, fence, history, inbox, lock, owned, poison, rewind, tasks, timers};
use crate::clock::Timestamp;
use crate::ids::{EventId, InstanceId, InstanceKey};
use crate::model::{Answer, ExecutionStarted, Failure, Message, ParentLink, RuntimeStatus, Task};
use crate::store::{Claim, Committed, Ending, Outgoing, StoreError, TurnCommit};

/// A turn ready to be written: what takes no database is done once, however often its group is tried.
pub(in crate::store) struct Prepared {
    /// The turn, without its events and without what it both schedules and cancels.
    pub(in crate::store) turn: TurnCommit,
    pub(in crate::store) history: Option<history::Row>,
}

impl Prepared {
    /// Whether the turn does nothing rare.
    pub(in crate::store) fn is_usual(&self) -> bool {
        super::batch::takes(&self.turn)
    }

    pub(super) fn of(mut turn: TurnCommit) -> Self {
        let history = history::Row::of(turn.claim.key, turn.claim.ordinal, std::mem::take(&mut turn.events));
        if !turn.cancelled_tasks.is_empty() {
            turn.cancelled_tasks = without_new(&turn.cancelled_tasks, &mut turn.tasks, |task| task.event_id);
        }
        if !turn.cancelled_timers.is_empty() {
            turn.cancelled_timers = without_new(&turn.cancelled_timers, &mut turn.timers, |timer| timer.0);
        }
        children::drop_terminated(&mut turn);
        Self { turn, history }
    }
}

/// Does what `Store::commit` promises, inside a transaction that is rolled back on any error. Whom it locks is locked already.
pub(super) async fn commit(db: &impl ConnectionTrait, prepared: &Prepared) -> Result<Committed, SqlError> {
    let mut turn = prepared.turn.clone();
    let mut beside = Beside::default();
    if !change(db, &turn, &mut beside).await? {
        return Err(StoreError::LeaseLost.into());
    }
    read(db, &[&turn]).await?;
    beside.store(db).await?;
    history::append(db, prepared.history.iter()).await?;
    if let Some(change) = &turn.entity {
        entities::save(db, turn.claim.key, change).await?;
    }
    let scheduled = match turn.ending {
        Ending::Waiting => schedule(db, &mut turn).await?,
        Ending::Finished { .. } => {
            owned::clear(db, task::Entity, &[turn.claim.key]).await?;
            owned::clear(db, timer::Entity, &[turn.claim.key]).await?;
            Vec::new()
        }
        Ending::ContinuedAsNew { .. } => {
            owned::clear(db, task::Entity, &[turn.claim.key]).await?;
            timers::clear_own(db, turn.claim.key).await?;
            Vec::new()
        }
    };
    let (mut messages, children) = rewind::take_over(db, &mut turn).await?;
    messages.extend(start_children(db, &turn, children).await?);
    messages.extend(children::terminate(db, &turn).await?);
    let (source, now) = (turn.claim.execution.0, turn.now);
    let (next, to_others) = follow_up(db, turn, &mut messages).await?;
    let due = deliver(db, to_others, &mut messages, source, now).await?;
    inbox::put(db, &messages).await?;
    Ok(Committed { tasks: scheduled, touched: inbox::receivers(&messages), begun: Vec::new(), claim: next, due })
}

/// The instances that exist already and get messages from the turn.
pub(super) fn addressees(turn: &TurnCommit) -> impl Iterator<Item = &InstanceId> {
    let parent = match &turn.ending {
        Ending::Finished { parent, .. } => parent.as_ref(),
        Ending::Waiting | Ending::ContinuedAsNew { .. } => None,
    };
    let terminated = turn.terminated_children.iter().map(|(_, id)| id);
    // Only after a rewind, or as a further try, may a child exist before its start.
    let further: HashSet<EventId> = turn.retried_children.iter().map(|(action, _)| *action).collect();
    let may_exist = move |child: &&ExecutionStarted| {
        let is_further = |parent: &ParentLink| further.contains(&parent.event_id);
        !turn.continues.is_empty() || child.parent.as_ref().is_some_and(is_further)
    };
    let shared = turn.rejoined.iter().chain(turn.children.iter().filter(may_exist));
    let shared = shared.map(|child| &child.instance);
    let sent = turn.sent.iter().chain(&turn.recalled).map(|outgoing| &outgoing.to);
    sent.chain(parent.map(|(id, _)| id)).chain(terminated).chain(shared)
}

/// Changes the instance's row; `false`, and no change, if the claim does not hold.
async fn change(db: &impl ConnectionTrait, turn: &TurnCommit, beside: &mut Beside) -> Result<bool, SqlError> {
    if let Ending::ContinuedAsNew { next, .. } = &turn.ending {
        return fence::update(db, &turn.claim, columns(turn, next, beside)).await;
    }
    let held = fence::update_many(db, &[fence::Change::with(turn, beside)]).await?;
    Ok(!held.is_empty())
}

/// What the turn changes in the row of an instance that goes on as `next`. Why a turn ends no other state than `Pending`: see
/// [`super::control`].
fn columns(turn: &TurnCommit, next: &ExecutionStarted, beside: &mut Beside) -> Vec<(Column, Expr)> {
    let (key, now) = (turn.claim.key, turn.now);
    let nothing = || Expr::val(Option::<String>::None);
    let mut set = vec![
        (Column::UpdatedAt, now.as_micros().into()),
        (Column::BlockedKind, nothing()),
        (Column::BlockedMessage, nothing()),
        (Column::BlockedSince, Expr::val(Option::<i64>::None)),
        (Column::Recoveries, 0_i64.into()),
        (Column::Marked, false.into()),
        (Column::HasSetAside, false.into()),
        (Column::Status, begun()),
        (Column::Execution, convert::execution(next.execution).into()),
        (Column::Ordinal, Expr::col(Column::Ordinal).add(1_i64)),
        (Column::Name, next.name.as_ref().to_owned().into()),
        (Column::Version, next.version.as_ref().to_owned().into()),
        (Column::Input, beside.text(key, &next.input).into()),
    ];
    if let Some(status) = &turn.custom_status {
        set.push((Column::CustomStatus, beside.text(key, status).into()));
    }
    set
}

fn begun() -> Expr {
    let pending = Column::Status.eq(RuntimeStatus::Pending.as_str());
    CaseStatement::new().case(pending, RuntimeStatus::Running.as_str()).finally(Expr::col(Column::Status)).into()
}

/// Removes what the turns have read. A message or a task that is gone already was read by a turn that these know nothing of, so
/// their holders must look again.
pub(super) async fn read(db: &impl ConnectionTrait, turns: &[&TurnCommit]) -> Result<(), SqlError> {
    let consumed: Vec<_> = turns.iter().flat_map(|turn| turn.consumed.iter().copied()).collect();
    let answered: Vec<_> = turns.iter().flat_map(|turn| turn.answered.iter().copied()).collect();
    let removed = inbox::remove(db, &consumed).await?;
    if usize::try_from(removed) != Ok(consumed.len()) || tasks::answered(db, &answered).await? != answered.len() {
        return Err(StoreError::LeaseLost.into());
    }
    Ok(())
}

/// Writes new tasks and timers and removes cancelled ones.
async fn schedule(db: &impl ConnectionTrait, turn: &mut TurnCommit) -> Result<Vec<Task>, SqlError> {
    cancel(db, turn).await?;
    timers::set(db, &timers::of(turn).collect::<Vec<_>>()).await?;
    let mut to_run = if turn.redrive { poison::take_back(db, &turn.claim).await? } else { Vec::new() };
    let ids = tasks::schedule(db, &tasks::of(turn).collect::<Vec<_>>()).await?;
    let new = std::mem::take(&mut turn.tasks);
    to_run.extend(new.into_iter().map(|task| tasks::to_run(&turn.claim, task, &ids, turn.traceparent)));
    Ok(to_run)
}

/// Removes the tasks and timers that a turn cancels.
pub(super) async fn cancel(db: &impl ConnectionTrait, turn: &TurnCommit) -> Result<(), SqlError> {
    let (key, execution) = (turn.claim.key, turn.claim.execution);
    tasks::cancel(db, key, execution, &turn.cancelled_tasks).await?;
    owned::cancel(db, timer::Entity, key, execution, &turn.cancelled_timers).await
}

/// Drops from `new` what is cancelled, and gives the cancelled ones that were not new.
fn without_new<T>(cancelled: &[EventId], new: &mut Vec<T>, id: impl Fn(&T) -> EventId) -> Vec<EventId> {
    let mut old: HashSet<EventId> = cancelled.iter().copied().collect();
    new.retain(|item| !old.remove(&id(item)));
    old.into_iter().collect()
}

/// Creates the children whose ids are free, begins those anew that are further tries, and gives all children's messages:
/// a start for each, or for the parent a failure for each whose id is taken.
async fn start_children(
    db: &impl ConnectionTrait,
    turn: &TurnCommit,
    children: Vec<ExecutionStarted>,
) -> Result<Vec<(InstanceKey, Message)>, SqlError> {
    let rows: Vec<_> = children.iter().map(|child| (child, turn.now)).collect();
    let mut created = create::insert(db, &rows).await?;
    let begun = children::try_again(db, turn, &children, &created).await?;
    let begun = |child: &ExecutionStarted| begun.get(&child.parent.as_ref()?.event_id).copied();
    let message = |child: ExecutionStarted| match begun(&child).or_else(|| created.remove(&child.instance)) {
        Some(key) => Some((key, Message::Start { started: Box::new(child), carried: Vec::new() })),
        None => id_is_taken(&child).map(|message| (turn.claim.key, message)),
    };
    Ok(children.into_iter().filter_map(message).collect())
}

/// What the parent of `child` gets when the id of `child` is taken.
pub(super) fn id_is_taken(child: &ExecutionStarted) -> Option<Message> {
    let parent = child.parent.as_ref()?;
    let failure = Failure::new(Failure::INSTANCE_EXISTS, format!("an instance with the id {} exists", child.instance));
    let result = Err(failure.non_retriable());
    Some(Message::ChildDone(Answer { execution: parent.execution, event_id: parent.event_id, result }))
}

/// The claim for the next turn, and the messages to other instances. The start of a next execution joins `messages`.
async fn follow_up(
    db: &impl ConnectionTrait,
    turn: TurnCommit,
    messages: &mut Vec<(InstanceKey, Message)>,
) -> Result<(Option<Claim>, Vec<Outgoing>), SqlError> {
    let mut to_others = turn.sent;
    let mut claim = held(turn.claim);
    let next = match turn.ending {
        Ending::Waiting => Some(claim),
        Ending::Finished { parent, .. } => {
            to_others.extend(parent.map(to_parent));
            None
        }
        Ending::ContinuedAsNew { next, carried, keep } => {
            claim.execution = next.execution;
            claim.ordinal += 1;
            if let Some(last @ 1..) = claim.ordinal.checked_sub(keep) {
                history::forget(db, claim.key, last).await?;
            }
            messages.push((claim.key, Message::Start { started: next, carried }));
            Some(claim)
        }
    };
    Ok((next, to_others))
}

/// A claim under which a turn has been committed.
pub(super) fn held(claim: Claim) -> Claim {
    Claim { recoveries: 0, blocked: None, is_new: false, ..claim }
}

/// The message with an instance's result to its parent.
pub(super) fn to_parent((to, answer): (InstanceId, Answer)) -> Outgoing {
    Outgoing { to, message: Message::ChildDone(answer), later: None }
}

/// Sees to the messages whose receivers exist and have not ended, or are entities, which come into being by them: those of
/// now join `messages`, those of later wait. What an operation gave is kept for an instance that has failed, because its
/// rewound execution waits for it still; an operation that failed may be carried out again. Gives the moment at which the
/// first of those of later is due.
pub(super) async fn deliver(
    db: &impl ConnectionTrait,
    outgoing: Vec<Outgoing>,
    messages: &mut Vec<(InstanceKey, Message)>,
    source: Uuid,
    now: Timestamp,
) -> Result<Option<Timestamp>, SqlError> {
    let mut keys = receivers(db, &outgoing.iter().collect::<Vec<_>>(), Column::CompletedAt.is_null()).await?;
    let is_unheard = |sent: &&Outgoing| is_result(&sent.message) && !keys.contains_key(sent.to.as_str());
    let unheard: Vec<_> = outgoing.iter().filter(is_unheard).collect();
    let failed = receivers(db, &unheard, Column::Status.eq(RuntimeStatus::Failed.as_str())).await?;
    let is_for_entity = |outgoing: &&Outgoing| matches!(outgoing.message, Message::Entity(_));
    let of_messages = outgoing.iter().filter(is_for_entity).filter_map(|outgoing| outgoing.to.as_entity());
    if entities::create(db, of_messages, &mut keys, source, now).await? {
        lock::keys(db, keys.values()).await?;
    }
    let mut delayed = Vec::new();
    for Outgoing { to, message, later } in outgoing {
        let failed = failed.get(to.as_str()).filter(|_| is_result(&message));
        match (keys.get(to.as_str()).or(failed), later) {
            (Some(key), Some(later)) => delayed.push((*key, message, later)),
            (Some(key), None) => messages.push((*key, message)),
            (None, _) => {}
        }
    }
    let rows: Vec<_> = delayed.iter().map(|(key, message, later)| (*key, message, *later)).collect();
    timers::delay(db, &rows).await?;
    Ok(delayed.iter().map(|(_, _, later)| later.at).min())
}

/// Whether an entity says what an operation gave.
fn is_result(message: &Message) -> bool {
    matches!(message, Message::OperationDone(answer) if answer.result.is_ok())
}

/// The keys of those receivers that exist and are as `which` says.
async fn receivers(
    db: &impl ConnectionTrait,
    outgoing: &[&Outgoing],
    which: Expr,
) -> Result<HashMap<String, InstanceKey>, SqlError> {
    let mut keys = HashMap::new();
    for chunk in outgoing.chunks(rows_per_statement(1)) {
        let mut receivers = Query::select();
        receivers
            .columns([Column::Key, Column::Id])
            .from(Entity)
            .and_where(Column::Id.is_in(chunk.iter().map(|outgoing| outgoing.to.as_str())))
            .and_where(which.clone());
        for row in db.query_all(&receivers).await? {
            keys.insert(row.try_get_by_index::<String>(1)?, InstanceKey(row.try_get_by_index(0)?));
        }
    }
    Ok(keys)
}
