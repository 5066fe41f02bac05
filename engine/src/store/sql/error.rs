//! What statements answer when they do not succeed: [`SqlError`] inside `sql`, which each database turns into a
//! [`StoreError`] at its edge, because only it knows its error codes.

use sea_orm::DbErr;

use crate::store::StoreError;

/// Why a piece of work on the database did not succeed.
#[derive(Debug)]
pub(crate) enum SqlError {
    /// The database said no.
    Database(DbErr),
    /// The database did as told, and the answer is no.
    Store(StoreError),
}

impl From<DbErr> for SqlError {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for SqlError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
