//! Group commit: what waits for the writer at the same moment shares one transaction.
//!
//! A lone commit waits for nothing, and under load a group is as large as the disk is slow.
//!
//! Each piece of work is whole or not at all. A turn whose lease is lost is left out of its group; when anything else goes wrong,
//! the transaction is rolled back and each piece is tried by itself, so that none suffers for another.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::commit::{self, Prepared, addressees};
use super::error::SqlError;
use super::gather::Serving;
use super::usual::Outcome;
use super::{Database, Transaction, batch, control, create, inbox, lock, store, timers};
use crate::clock::Timestamp;
use crate::ids::{InstanceId, InstanceKey, NodeId};
use crate::model::{ExecutionStarted, Message};
use crate::observe;
use crate::store::{Committed, Later, Started, StoreError};

/// How many pieces of work one transaction holds at the most, so that nobody waits for long.
const MAX_PIECES: usize = 256;

/// How many bytes of events and messages one transaction writes at the most, unless a single piece of work has more.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// A logical commit.
pub(in crate::store) enum Work {
    Turn(Box<Prepared>),
    Start(Box<ExecutionStarted>, Option<NodeId>, Timestamp),
    Tell(InstanceId, Message, Timestamp),
}

/// What a logical commit led to.
pub(in crate::store) enum Done {
    Turn(Committed),
    Start(Started),
    Tell(InstanceKey),
}

/// A logical commit, and who waits for it.
pub(super) struct Piece {
    work: Work,
    reply: Reply,
}

type Reply = oneshot::Sender<Result<Done, StoreError>>;

impl Work {
    fn bytes(&self) -> usize {
        match self {
            Self::Turn(prepared) => prepared.history.as_ref().map_or(0, super::history::Row::bytes),
            Self::Start(started, ..) => started.input.as_str().len(),
            Self::Tell(_, Message::Raise(raised), _) => raised.input.as_str().len(),
            Self::Tell(..) => 0,
        }
    }
}

/// Carries out `work`, whole or not at all, also if the caller goes away.
pub(super) async fn submit<D: Database>(database: &D, work: Work) -> Result<Done, StoreError> {
    let (reply, done) = oneshot::channel();
    if let Some(writing) = database.waiting().commits.push(Piece { work, reply }) {
        tokio::spawn(write(database.shared(), writing));
    }
    done.await.unwrap_or_else(|_| Err(StoreError::Unknown("the writer ended before its work".to_owned())))
}

async fn write<D: Database>(database: Arc<D>, mut writing: Serving<Piece>) {
    while writing.goes_on() {
        match database.wait_for_writer().await {
            Ok(permit) => write_group(&*database, permit, next(&*database)).await,
            Err(error) => refuse(next(&*database), &error),
        }
    }
}

/// What goes into the next transaction, in the order of asking.
fn next(database: &impl Database) -> Vec<Piece> {
    let (mut pieces, mut bytes) = (0, 0);
    database.waiting().commits.take(|piece| {
        pieces += 1;
        bytes += piece.work.bytes();
        pieces <= MAX_PIECES && bytes <= MAX_BYTES
    })
}

/// Writes what the database has its own way for, and then the others.
async fn write_group<D: Database>(database: &D, permit: Option<OwnedSemaphorePermit>, group: Vec<Piece>) {
    let (usual, mut others): (Vec<_>, Vec<_>) = group.into_iter().partition(|piece| database.writes(&piece.work));
    let mut permit = permit;
    if !usual.is_empty() {
        let (works, replies): (Vec<_>, Vec<_>) = usual.into_iter().map(|piece| (piece.work, piece.reply)).unzip();
        let (outcome, given_back) = database.write(works, permit).await;
        permit = given_back;
        match outcome {
            Outcome::Done(done) => {
                observe::count_group(done.len());
                answer(replies, done);
            }
            Outcome::Unknown(error) => replies.into_iter().for_each(|reply| drop(reply.send(Err(error.clone())))),
            Outcome::Untouched(works) => {
                others.extend(works.into_iter().zip(replies).map(|(work, reply)| Piece { work, reply }));
            }
        }
    }
    if others.is_empty() {
        return;
    }
    let permit = match permit {
        Some(permit) => Ok(Some(permit)),
        None => database.wait_for_writer().await,
    };
    let begun = match permit {
        Ok(permit) => database.begin_under(permit, "group commit").await,
        Err(error) => Err(error),
    };
    match begun {
        Ok(tx) => write_together(database, tx, others).await,
        Err(error) => refuse(others, &error),
    }
}

fn answer(replies: Vec<Reply>, done: Vec<Result<Done, StoreError>>) {
    for (reply, done) in replies.into_iter().zip(done) {
        let _ = reply.send(done);
    }
}

fn refuse(pieces: Vec<Piece>, error: &StoreError) {
    for piece in pieces {
        let _ = piece.reply.send(Err(error.clone()));
    }
}

async fn write_together<D: Database>(database: &D, tx: Transaction, group: Vec<Piece>) {
    if group.len() > 1
        && let Err(error) = lock::impatiently(tx.connection()).await
    {
        let error = database.refusal(error);
        return refuse(group, &error);
    }
    observe::count_group(group.len());
    let works: Vec<&Work> = group.iter().map(|piece| &piece.work).collect();
    let done = apply(&tx, &works).await;
    let alone = group.len() == 1;
    match store::finish(database, tx, done).await {
        Ok(done) => answer(group.into_iter().map(|piece| piece.reply).collect(), done),
        Err(error @ StoreError::Unknown(_)) => refuse(group, &error),
        Err(error) if alone => refuse(group, &error),
        // Beside the next groups: one of the pieces may have to wait for somebody.
        Err(_) => drop(tokio::spawn(write_one_by_one(database.shared(), group))),
    }
}

async fn write_one_by_one<D: Database>(database: Arc<D>, group: Vec<Piece>) {
    let mut rest = group.into_iter();
    while let Some(piece) = rest.next() {
        match database.begin_writing("group commit").await {
            Ok(tx) => {
                let done = apply(&tx, &[&piece.work]).await;
                let done = store::finish(&*database, tx, done).await;
                let done = done.and_then(|done| done.into_iter().next().expect("each piece of work has a result"));
                let _ = piece.reply.send(done);
            }
            Err(error) => {
                let _ = piece.reply.send(Err(error.clone()));
                return refuse(rest.collect(), &error);
            }
        }
    }
}

/// Does all of it within `tx`. An error means that `tx` must be rolled back.
async fn apply(tx: &Transaction, works: &[&Work]) -> Result<Vec<Result<Done, StoreError>>, SqlError> {
    lock_all(tx, works).await?;
    let mut done: Vec<Option<Result<Done, StoreError>>> = works.iter().map(|_| None).collect();
    start_all(tx, works, &mut done).await?;
    for (work, done) in works.iter().zip(&mut done) {
        if let Work::Tell(id, message, now) = work {
            *done = Some(match control::send(tx, id, message, *now).await {
                Ok(key) => Ok(Done::Tell(key)),
                Err(SqlError::Store(refusal)) if changes_nothing(&refusal) => Err(refusal),
                Err(error) => return Err(error),
            });
        }
    }
    commit_all(tx, works, &mut done).await?;
    Ok(done.into_iter().map(|done| done.expect("each piece of work is of one kind")).collect())
}

/// Whether a message was refused before anything was written.
fn changes_nothing(refusal: &StoreError) -> bool {
    matches!(
        refusal,
        StoreError::NotFound(_)
            | StoreError::Finished { .. }
            | StoreError::InboxFull { .. }
            | StoreError::WrongState { .. }
    )
}

/// Locks what the group changes, in one order. Another transaction that takes its locks one after the other may still wait for the
/// group while that waits for it; the group gives way then, see [`lock::impatiently`].
async fn lock_all(tx: &Transaction, works: &[&Work]) -> Result<(), SqlError> {
    let (mut keys, mut ids) = (Vec::new(), Vec::new());
    for work in works {
        match work {
            Work::Turn(prepared) => {
                keys.push(prepared.turn.claim.key);
                ids.extend(addressees(&prepared.turn));
            }
            Work::Tell(id, ..) => ids.push(id),
            Work::Start(..) => {}
        }
    }
    if keys.is_empty() && ids.is_empty() {
        return Ok(());
    }
    lock::keys_and_ids(tx.connection(), &keys, &ids).await
}

/// Creates the instances that are started, and tells them to begin.
async fn start_all(
    tx: &Transaction,
    works: &[&Work],
    done: &mut [Option<Result<Done, StoreError>>],
) -> Result<(), SqlError> {
    let db = tx.connection();
    let starts = works.iter().enumerate().filter_map(|(place, work)| match work {
        Work::Start(started, node, now) => Some((place, &**started, *node, *now)),
        Work::Turn(_) | Work::Tell(..) => None,
    });
    let starts: Vec<_> = starts.collect();
    if starts.is_empty() {
        return Ok(());
    }
    let mut created =
        create::insert(db, &starts.iter().map(|(_, started, _, now)| (*started, *now)).collect::<Vec<_>>()).await?;
    let (mut at_once, mut delayed, mut begun) = (Vec::new(), Vec::new(), Vec::new());
    for (place, started, node, now) in starts {
        let Some(key) = created.remove(&started.instance) else {
            done[place] = Some(Err(StoreError::Exists(started.instance.clone())));
            continue;
        };
        let due = started.scheduled_at.filter(|moment| *moment > now);
        let start = Message::Start { started: Box::new(started.clone()), carried: Vec::new() };
        match due {
            Some(at) => delayed.push((key, start, Later { at, id: started.execution.0 })),
            None => {
                at_once.push((key, start));
                begun.push((place, key, started, node));
            }
        }
        done[place] = Some(Ok(Done::Start(Started { key, begun: None, due })));
    }
    let rows: Vec<_> = delayed.iter().map(|(key, start, later)| (*key, start, *later)).collect();
    timers::delay(db, &rows).await?;
    let numbers = inbox::put_numbered(db, &at_once).await?;
    for (place, key, started, node) in begun {
        let begun = node.zip(numbers.get(&key)).map(|(node, message)| batch::begun(key, *message, started, node));
        done[place] = Some(Ok(Done::Start(Started { key, begun, due: None })));
    }
    Ok(())
}

/// Commits the turns: most of them together, then one after the other those that do something rare.
async fn commit_all(
    tx: &Transaction,
    works: &[&Work],
    done: &mut [Option<Result<Done, StoreError>>],
) -> Result<(), SqlError> {
    let (mut together, mut others) = (Vec::new(), Vec::new());
    let mut instances = HashSet::new();
    for (place, work) in works.iter().enumerate() {
        if let Work::Turn(prepared) = work {
            let is_first = instances.insert(prepared.turn.claim.key);
            let which = if is_first && batch::takes(&prepared.turn) { &mut together } else { &mut others };
            which.push((place, &**prepared));
        }
    }
    if !together.is_empty() {
        let turns: Vec<&Prepared> = together.iter().map(|(_, prepared)| *prepared).collect();
        let committed = batch::commit(tx.connection(), &turns).await?;
        for ((place, _), committed) in together.into_iter().zip(committed) {
            done[place] = Some(committed.map(Done::Turn));
        }
    }
    for (place, prepared) in others {
        done[place] = Some(Ok(Done::Turn(commit::commit(tx.connection(), prepared).await?)));
    }
    Ok(())
}
