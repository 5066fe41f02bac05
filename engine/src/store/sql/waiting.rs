//! What waits for a database.

use std::sync::{Arc, Weak};

use super::gather::Gather;
use super::group::Piece;
use super::looks::Look;

/// What waits for a database to be done many at a time, and the database itself, for the tasks that do it.
#[derive(Debug)]
pub(in crate::store) struct Waiting<D> {
    /// Logical commits, for the next transaction.
    pub(super) commits: Gather<Piece>,
    /// Looks at single instances, for the next statement.
    pub(super) looks: Gather<Look>,
    database: Weak<D>,
}

impl<D> Waiting<D> {
    /// Nothing yet, for a database that is being made.
    pub(in crate::store) fn of(database: &Weak<D>) -> Self {
        Self { commits: Gather::default(), looks: Gather::default(), database: Weak::clone(database) }
    }

    pub(super) fn database(&self) -> Arc<D> {
        self.database.upgrade().expect("whoever calls this holds it")
    }
}
