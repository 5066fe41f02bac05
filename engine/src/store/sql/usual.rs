//! What a database needs that writes the usual logical commits in its own way.

pub(in crate::store) use super::batch::{begun, seen};
pub(in crate::store) use super::beside::kept_beside;
pub(in crate::store) use super::commit::Prepared;
pub(in crate::store) use super::control::STAND;
pub(in crate::store) use super::fence::{Change, change_one};
pub(in crate::store) use super::group::{Done, Work};
pub(in crate::store) use super::tasks::Ids;

use crate::store::StoreError;

/// What became of a group that a database wrote in its own way.
pub(in crate::store) enum Outcome {
    /// It is committed: what became of each piece.
    Done(Vec<Result<Done, StoreError>>),
    /// Nothing has changed.
    Untouched(Vec<Work>),
    /// Nobody knows whether it is committed.
    Unknown(StoreError),
}

/// Values as the tables hold them.
pub(in crate::store) mod text {
    pub(in crate::store) use super::super::convert::{execution, micros, node, to_json as json};
}
