//! What the database and the engine say, in the portal's words.

use countersign_engine::client::EngineError;
use countersign_engine::store::{StoreError, refusal_of};
use sea_orm::{DbErr, SqlErr};

use crate::portal::error::PortalError;

const FULL: &str = "The disk or the database is full. Nothing was changed.";
const BUSY: &str = "The database cannot be reached or is too busy. Nothing was changed.";

impl From<DbErr> for PortalError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            // Who looked first and then wrote, while another did the same beside it.
            Some(SqlErr::UniqueConstraintViolation(_)) => {
                Self::conflict("Somebody did the same at this very moment. Try again.")
            }
            _ => refusal_of(&error).into(),
        }
    }
}

impl From<EngineError> for PortalError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Store(error) => error.into(),
            EngineError::TimedOut => Self::Unavailable(BUSY.into()),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<StoreError> for PortalError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(_) => Self::NotFound,
            StoreError::Finished { status, .. } => {
                Self::conflict(format!("The instance has ended: it is {}.", status.as_str()))
            }
            StoreError::WrongState { status, verb, .. } => {
                Self::conflict(format!("The instance is {}, so it cannot be {verb}.", status.as_str()))
            }
            StoreError::Full => Self::Unavailable(FULL.into()),
            StoreError::Unavailable(_) | StoreError::Budget { .. } => Self::Unavailable(BUSY.into()),
            other => Self::Internal(other.to_string()),
        }
    }
}

/// A row that cannot be read back: the database and this build disagree.
pub(super) fn unreadable(table: &str, column: &str, row: &str) -> PortalError {
    PortalError::Internal(format!("table {table}, column {column}, row {row} cannot be read"))
}

/// Passes when exactly one row was changed.
pub(super) fn one_row(changed: u64, table: &str, row: impl std::fmt::Display) -> crate::portal::error::Result<()> {
    match changed {
        1 => Ok(()),
        other => Err(PortalError::Internal(format!("{other} rows of table {table} were changed instead of row {row}"))),
    }
}

/// Whether an insert that may do nothing inserted its row.
pub(super) fn was_inserted(result: Result<u64, DbErr>) -> crate::portal::error::Result<bool> {
    match result {
        Ok(rows) => Ok(rows == 1),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
