//! How a store says no.

use crate::ids::{InstanceId, ScheduleId};
use crate::model::RuntimeStatus;

/// What a store answers instead of doing what it was asked. Nothing has changed then, except for [`StoreError::Unknown`].
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// Another node, or a restart, holds the instance now: the caller's live future is void.
    #[error("the lease on the instance was lost")]
    LeaseLost,
    /// No instance has this id.
    #[error("no instance has the id {0}")]
    NotFound(InstanceId),
    /// The instance has ended, so the message would never be read.
    #[error("instance {id} is {}", status.as_str())]
    Finished {
        /// The instance.
        id: InstanceId,
        /// Its state.
        status: RuntimeStatus,
    },
    /// The verb does not fit the instance's state.
    #[error("instance {id} is {}, so it cannot be {verb}", status.as_str())]
    WrongState {
        /// The instance.
        id: InstanceId,
        /// Its state.
        status: RuntimeStatus,
        /// What was asked, as a participle.
        verb: &'static str,
    },
    /// The instance has as many unread messages as it may have ([`crate::limits::MAX_INBOX_MESSAGES`]): it takes no more
    /// external events until it has read some.
    #[error("instance {id} has {limit} unread messages and takes no more events until it has read some")]
    InboxFull {
        /// The instance.
        id: InstanceId,
        /// The limit.
        limit: u32,
    },
    /// Nothing blocks the instance, so there is nothing to try again.
    #[error("nothing blocks instance {0}")]
    NotBlocked(InstanceId),
    /// The id is taken.
    #[error("an instance with the id {0} exists")]
    Exists(InstanceId),
    /// No schedule has this id.
    #[error("no schedule has the id {0}")]
    ScheduleNotFound(ScheduleId),
    /// The id is taken.
    #[error("a schedule with the id {0} exists")]
    ScheduleExists(ScheduleId),
    /// The caller already holds the writer in this task: a second write would wait for itself.
    #[error("{caller} writes outside of the transaction that its own task holds")]
    WriterHeld {
        /// Who tried.
        caller: &'static str,
    },
    /// The transaction took longer than its budget and was rolled back.
    #[error("the transaction of {caller} took longer than {budget_ms} ms and was rolled back")]
    Budget {
        /// Whose transaction.
        caller: &'static str,
        /// The budget in milliseconds.
        budget_ms: u64,
    },
    /// Another server has the database.
    #[error("another server uses {place}")]
    InUse {
        /// Its folder, the file where one was opened, or the name of the database and its server.
        place: String,
    },
    /// The disk or the database's page limit is full; nothing was written.
    #[error("the database is full")]
    Full,
    /// The database could not be reached or was busy; nothing was written.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// It is not known whether the commit took effect.
    #[error("the outcome of a commit is unknown: {0}")]
    Unknown(String),
    /// A row cannot be read back: the database and this build disagree.
    #[error("table {table}, column {column}, row {row} cannot be read: {reason}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key as text.
        row: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Any other answer of the database.
    #[error("the database refused: {0}")]
    Database(String),
}
