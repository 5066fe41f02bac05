//! What the databases' answers to a caller's own statements mean.

use sea_orm::DbErr;

use super::StoreError;

/// What an error of a statement within a [`Transaction`](super::Transaction), or of a read beside it, means to the
/// caller, whichever database said it. Nothing has changed then, and the transaction is of no use any more.
pub fn refusal_of(error: &DbErr) -> StoreError {
    #[cfg(feature = "postgres")]
    if super::postgres::is_ours(error) {
        return super::postgres::of_statement(error);
    }
    #[cfg(feature = "sqlite")]
    return super::sqlite::of_statement(error);
    #[cfg(not(feature = "sqlite"))]
    StoreError::Database(error.to_string())
}
