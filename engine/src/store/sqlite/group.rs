//! Groups of the usual logical commits, written by a connection of their own.
//!
//! The shared statements reach SQLite through a pool: each takes two changes of threads and copies all that it binds, and one
//! that writes many rows has a text of its own and is compiled anew. That costs several times what SQLite does itself. So
//! what every instance does all the time (it starts, gets an event, schedules, waits, ends) is written here: row by row, by
//! statements that stay compiled, in one visit to a thread that may block. Whatever is rare, or too large for its row, is left
//! to the shared statements, and so is a group of which anything fails: they know what an error means.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::types::Value as Bound;
use rusqlite::{
    Connection, Error, ErrorCode, OpenFlags, OptionalExtension, TransactionBehavior, params, params_from_iter,
};
use tokio::sync::OwnedSemaphorePermit;

use super::SqliteOptions;
use super::options::Place;
use crate::clock::Timestamp;
use crate::ids::{InstanceId, InstanceKey, MessageId, NodeId, TaskId};
use crate::limits::MAX_INBOX_MESSAGES;
use crate::model::{ExecutionStarted, Message, RuntimeStatus};
use crate::observe::names::field;
use crate::store::sql::usual::{
    Change, Done, Ids, Outcome, Prepared, STAND, Work, begun, change_one, kept_beside, seen, text,
};
use crate::store::{Ending, Started, StoreError};

/// How many statements stay compiled: all of this file.
const STATEMENTS: usize = 32;

const START: &str = "INSERT INTO instances (id, name, version, status, lease_epoch, execution, ordinal, created_at, \
    updated_at, input) VALUES (?1, ?2, ?3, 'Pending', 0, ?4, 1, ?5, ?5, ?6) ON CONFLICT (id) DO NOTHING";
const TELL: &str = "INSERT INTO inbox (instance_key, is_start, message) VALUES (?1, ?2, ?3)";
const READ: &str = "DELETE FROM inbox WHERE id = ?1";
const ANSWERED: &str = "DELETE FROM tasks WHERE id = ?1 AND set_aside_kind IS NULL";
const APPEND: &str = "INSERT INTO history (instance_key, ordinal, first_sequence, events) VALUES (?1, ?2, ?3, ?4)";
const SCHEDULE: &str = "INSERT INTO tasks (instance_key, execution, event_id, first_event_id, attempt, claimed_by, \
    recoveries, created_at, name, input, traceparent, timeout_us, heartbeat_timeout_us, heartbeat) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
const SET: &str = "INSERT INTO timers (instance_key, execution, event_id, fire_at) VALUES (?1, ?2, ?3, ?4)";
const CANCEL: &str = "DELETE FROM timers WHERE instance_key = ?1 AND execution = ?2 AND event_id = ?3";
const END_TASKS: &str = "DELETE FROM tasks WHERE instance_key = ?1";
const END_TIMERS: &str = "DELETE FROM timers WHERE instance_key = ?1";

/// The connection that writes groups, opened for the first of them: a command that writes a little needs none, and whoever makes
/// the file finds nobody else there. It is used under the permit, like the other one that writes.
#[derive(Debug)]
pub(super) struct GroupWriter {
    state: Arc<Mutex<State>>,
    rows: Arc<AtomicU64>,
}

#[derive(Debug)]
enum State {
    NotYet(Place, SqliteOptions),
    Open(Connection),
    /// Groups are left to the shared statements.
    Closed,
}

/// Why a group is left to the shared statements.
enum Left {
    /// A statement failed, or something is not as usual. Nothing has changed.
    Untouched,
    /// Nobody knows whether it was committed.
    Unknown(StoreError),
}

impl From<Error> for Left {
    fn from(error: Error) -> Self {
        tracing::debug!({ field::ERROR } = %error, "a group is left to the shared statements");
        Self::Untouched
    }
}

impl State {
    /// The connection, opened if need be, as durable as the other one; the database exists already.
    fn connection(&mut self) -> Option<&mut Connection> {
        if let Self::NotYet(place, options) = self {
            *self = match open(place, options) {
                Ok(connection) => Self::Open(connection),
                Err(error) => {
                    tracing::warn!({ field::ERROR } = %error, "groups of commits are written by the shared statements");
                    Self::Closed
                }
            };
        }
        match self {
            Self::Open(connection) => Some(connection),
            Self::NotYet(..) | Self::Closed => None,
        }
    }
}

fn open(place: &Place, options: &SqliteOptions) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match place {
        Place::File(file) => Connection::open_with_flags(file, flags)?,
        Place::Memory(name) => Connection::open_with_flags_and_vfs(name, flags, c"memdb")?,
    };
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(options.busy_timeout)?;
    options.set_up(&connection, place)?;
    Ok(connection)
}

impl GroupWriter {
    pub(super) fn new(place: Place, options: SqliteOptions) -> Self {
        Self { state: Arc::new(Mutex::new(State::NotYet(place, options))), rows: Arc::default() }
    }

    /// Closes the connection; groups are left to the shared statements from now on.
    pub(super) fn close(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::Closed;
    }

    /// How many rows were inserted, changed and removed.
    pub(super) fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Writes `works` in one transaction. The permit is held until it is over, also if the caller goes away.
    pub(super) async fn write(
        &self,
        works: Vec<Work>,
        permit: Option<OwnedSemaphorePermit>,
    ) -> (Outcome, Option<OwnedSemaphorePermit>) {
        let (state, rows) = (Arc::clone(&self.state), Arc::clone(&self.rows));
        let writing = tokio::task::spawn_blocking(move || {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            let (done, is_stuck) = match state.connection() {
                Some(connection) => {
                    let done = commit(connection, &works);
                    rows.store(connection.total_changes(), Ordering::Relaxed);
                    (done, !connection.is_autocommit())
                }
                None => (Err(Left::Untouched), false),
            };
            if is_stuck {
                // It could not roll back, and would keep all others from writing.
                tracing::warn!("the connection that writes groups is given up");
                *state = State::Closed;
            }
            let outcome = match done {
                Ok(done) => Outcome::Done(done),
                Err(Left::Untouched) => Outcome::Untouched(works),
                Err(Left::Unknown(error)) => Outcome::Unknown(error),
            };
            (outcome, permit)
        });
        let cut_off = |error: tokio::task::JoinError| (Outcome::Unknown(StoreError::Unknown(error.to_string())), None);
        writing.await.unwrap_or_else(cut_off)
    }
}

/// Whether a piece of work is written here.
pub(super) fn takes(work: &Work) -> bool {
    match work {
        Work::Turn(prepared) => takes_turn(prepared),
        Work::Start(started, _, now) => {
            started.parent.is_none()
                && started.tags.is_empty()
                && started.scheduled_at.is_none_or(|moment| moment <= *now)
                && !kept_beside(&started.input)
        }
        Work::Tell(_, Message::Raise(raised), _) => !kept_beside(&raised.input),
        Work::Tell(..) => false,
    }
}

fn takes_turn(prepared: &Prepared) -> bool {
    let Prepared { turn, history } = prepared;
    let small_end = match &turn.ending {
        Ending::Waiting => true,
        Ending::Finished { output, parent, .. } => parent.is_none() && !output.as_ref().is_some_and(kept_beside),
        Ending::ContinuedAsNew { .. } => false,
    };
    small_end
        && prepared.is_usual()
        && turn.children.is_empty()
        && turn.sent.is_empty()
        && turn.cancelled_tasks.is_empty()
        && !turn.custom_status.as_ref().is_some_and(kept_beside)
        && !turn.tasks.iter().any(|task| kept_beside(&task.input))
        && history.as_ref().is_none_or(|row| row.holds_all())
}

fn commit(connection: &mut Connection, works: &[Work]) -> Result<Vec<Result<Done, StoreError>>, Left> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = works.iter().map(|work| apply(&tx, work)).collect::<Result<Vec<_>, Left>>()?;
    let committed = tx.execute_batch("COMMIT");
    // After the commit there is nothing to roll back.
    let is_open = !tx.is_autocommit();
    drop(tx);
    match committed {
        Ok(()) => Ok(done),
        Err(error) if is_open || error.sqlite_error_code() == Some(ErrorCode::DiskFull) => Err(error.into()),
        Err(error) => Err(Left::Unknown(StoreError::Unknown(error.to_string()))),
    }
}

fn apply(db: &Connection, work: &Work) -> Result<Result<Done, StoreError>, Left> {
    Ok(match work {
        Work::Turn(prepared) => turn(db, prepared)?.map(Done::Turn),
        Work::Start(started, node, now) => start(db, started, *node, *now)?.map(Done::Start),
        Work::Tell(id, message, _) => tell(db, id, message)?.map(Done::Tell),
    })
}

fn start(
    db: &Connection,
    started: &ExecutionStarted,
    node: Option<NodeId>,
    now: Timestamp,
) -> Result<Result<Started, StoreError>, Left> {
    let created = db.prepare_cached(START)?.execute(params![
        started.instance.as_str(),
        &*started.name,
        &*started.version,
        text::execution(started.execution),
        now.as_micros(),
        started.input.as_str(),
    ])?;
    if created == 0 {
        return Ok(Err(StoreError::Exists(started.instance.clone())));
    }
    let key = InstanceKey(db.last_insert_rowid());
    let message = Message::Start { started: Box::new(started.clone()), carried: Vec::new() };
    db.prepare_cached(TELL)?.execute(params![key.0, true, text::json(&message)])?;
    let number = MessageId(db.last_insert_rowid());
    let begun = node.map(|node| begun(key, number, started, node));
    Ok(Ok(Started { key, begun, due: None }))
}

fn tell(db: &Connection, id: &InstanceId, message: &Message) -> Result<Result<InstanceKey, StoreError>, Left> {
    let mut stand = db.prepare_cached(STAND)?;
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, bool>(2)?));
    let found = stand.query_row(params![MAX_INBOX_MESSAGES - 1, id.as_str()], row).optional()?;
    let Some((key, status, is_full)) = found else { return Ok(Err(StoreError::NotFound(id.clone()))) };
    let Some(status) = RuntimeStatus::parse(&status) else { return Err(Left::Untouched) };
    if status.is_finished() {
        return Ok(Err(StoreError::Finished { id: id.clone(), status }));
    }
    if is_full {
        return Ok(Err(StoreError::InboxFull { id: id.clone(), limit: MAX_INBOX_MESSAGES }));
    }
    db.prepare_cached(TELL)?.execute(params![key, message.comes_first(), text::json(message)])?;
    Ok(Ok(InstanceKey(key)))
}

fn turn(db: &Connection, prepared: &Prepared) -> Result<Result<crate::store::Committed, StoreError>, Left> {
    let Prepared { turn, history } = prepared;
    let (key, execution) = (turn.claim.key.0, text::execution(turn.claim.execution));
    let (statement, values) = change_one(&Change::of(turn));
    let mut change = db.prepare_cached(statement)?;
    if change.query_row(params_from_iter(values.map(bound)), |_| Ok(())).optional()?.is_none() {
        return Ok(Err(StoreError::LeaseLost));
    }
    // What is gone was read by a turn that this one knows nothing of.
    for id in &turn.consumed {
        expect_one(db.prepare_cached(READ)?.execute([id.0])?)?;
    }
    for id in &turn.answered {
        expect_one(db.prepare_cached(ANSWERED)?.execute([id.0])?)?;
    }
    if let Some(row) = history {
        let (ordinal, first, events) = row.parts();
        db.prepare_cached(APPEND)?.execute(params![key, ordinal, first, events])?;
    }
    if matches!(turn.ending, Ending::Finished { .. }) {
        db.prepare_cached(END_TASKS)?.execute([key])?;
        db.prepare_cached(END_TIMERS)?.execute([key])?;
        return Ok(Ok(seen(turn, &Ids::new())));
    }
    for event_id in &turn.cancelled_timers {
        db.prepare_cached(CANCEL)?.execute(params![key, execution, event_id.0])?;
    }
    for (event_id, fire_at) in &turn.timers {
        db.prepare_cached(SET)?.execute(params![key, execution, event_id.0, fire_at.as_micros()])?;
    }
    let mut ids = Ids::with_capacity(turn.tasks.len());
    for task in &turn.tasks {
        db.prepare_cached(SCHEDULE)?.execute(params![
            key,
            execution,
            task.event_id.0,
            task.first_event_id.0,
            task.attempt,
            text::node(turn.claim.owner),
            turn.now.as_micros(),
            &*task.name,
            task.input.as_str(),
            turn.traceparent.map(String::from),
            task.timeouts.start_to_close.map(text::micros),
            task.timeouts.heartbeat.map(text::micros),
            task.last_heartbeat.as_ref().map(|details| details.as_str()),
        ])?;
        ids.insert((turn.claim.key, task.event_id), TaskId(db.last_insert_rowid()));
    }
    Ok(Ok(seen(turn, &ids)))
}

fn expect_one(rows: usize) -> Result<(), Left> {
    if rows == 1 { Ok(()) } else { Err(Left::Untouched) }
}

/// A value of the shared statements as this connection binds it.
fn bound(value: sea_orm::Value) -> Bound {
    match value {
        sea_orm::Value::BigInt(number) => number.map_or(Bound::Null, Bound::Integer),
        sea_orm::Value::Bool(yes) => yes.map_or(Bound::Null, |yes| Bound::Integer(i64::from(yes))),
        sea_orm::Value::String(text) => text.map_or(Bound::Null, Bound::Text),
        other => unreachable!("the shared statements bind numbers, truths and texts, not {other:?}"),
    }
}
