//! A caller's own transaction, in which its rows and the engine's change together.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::DatabaseTransaction;
use tokio::sync::OwnedSemaphorePermit;

use crate::clock::Timestamp;
use crate::ids::{InstanceId, InstanceKey};

/// The longest a caller may hold the writer. All other writers wait meanwhile, so only SQL belongs inside.
pub const TRANSACTION_BUDGET: Duration = Duration::from_secs(1);

/// What runs once a transaction is durable.
type AfterCommit = Box<dyn FnOnce() + Send>;

/// An open transaction of a caller; rolled back when dropped. Only `Client::transaction` commits one.
pub struct Transaction {
    caller: &'static str,
    began: Instant,
    // Before the permit, so that a dropped transaction is rolled back before the next writer begins.
    connection: DatabaseTransaction,
    permit: Option<OwnedSemaphorePermit>,
    touched: Mutex<Vec<InstanceKey>>,
    changed: Mutex<Vec<InstanceId>>,
    due: Mutex<Option<Timestamp>>,
    has_purged: AtomicBool,
    after_commit: Mutex<Vec<AfterCommit>>,
}

impl Transaction {
    /// Wraps `connection`, which holds the writer by `permit` where the database has only one.
    pub(crate) fn new(
        caller: &'static str,
        connection: DatabaseTransaction,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Self {
        Self {
            caller,
            began: Instant::now(),
            connection,
            permit,
            touched: Mutex::default(),
            changed: Mutex::default(),
            due: Mutex::default(),
            has_purged: AtomicBool::default(),
            after_commit: Mutex::default(),
        }
    }

    /// The transaction as SeaORM knows it, for the caller's own rows.
    pub fn connection(&self) -> &DatabaseTransaction {
        &self.connection
    }

    /// Runs `action` after the commit is durable, and not at all if it is rolled back. For nudges in memory only.
    pub fn after_commit(&self, action: impl FnOnce() + Send + 'static) {
        self.after_commit.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(action));
    }

    /// Whose transaction it is.
    pub(crate) fn caller(&self) -> &'static str {
        self.caller
    }

    /// How long it has held the writer.
    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// For the store that ends it: the connection, and the permit that must outlive the connection's end.
    pub(crate) fn into_parts(self) -> (DatabaseTransaction, Option<OwnedSemaphorePermit>) {
        (self.connection, self.permit)
    }

    /// Notes that `key` has a new message.
    pub(crate) fn touch(&self, key: InstanceKey) {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner).push(key);
    }

    /// The instances noted by [`Transaction::touch`].
    pub(crate) fn take_touched(&self) -> Vec<InstanceKey> {
        std::mem::take(&mut self.touched.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes that the visible state of `id` changes.
    pub(crate) fn changed(&self, id: InstanceId) {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).push(id);
    }

    /// The instances noted by [`Transaction::changed`].
    pub(crate) fn take_changed(&self) -> Vec<InstanceId> {
        std::mem::take(&mut self.changed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes that a message is to be delivered at `moment`.
    pub(crate) fn falls_due(&self, moment: Timestamp) {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        *due = Some(due.map_or(moment, |earliest| earliest.min(moment)));
    }

    /// The earliest moment noted by [`Transaction::falls_due`].
    pub(crate) fn take_due(&self) -> Option<Timestamp> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Notes that instances were removed, which leave something behind to be swept.
    pub(crate) fn purged(&self) {
        self.has_purged.store(true, Ordering::Relaxed);
    }

    /// Whether [`Transaction::purged`] was noted.
    pub(crate) fn has_purged(&self) -> bool {
        self.has_purged.load(Ordering::Relaxed)
    }

    /// What to run after the commit.
    pub(crate) fn take_after_commit(&self) -> Vec<AfterCommit> {
        std::mem::take(&mut self.after_commit.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").field("caller", &self.caller).finish_non_exhaustive()
    }
}
