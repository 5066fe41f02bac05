//! What SQLite's answers mean to the engine.

use sea_orm::sqlx::Error as SqlxError;
use sea_orm::{DbErr, RuntimeErr};

use crate::store::StoreError;

/// What follows from an error of the database.
enum Class {
    /// No space.
    Full,
    /// Another process writes.
    Busy,
    /// The file cannot be read or written at present.
    Unreachable,
    /// A mistake of ours, or a broken file.
    Other,
}

/// The error of a statement that is not a commit: nothing has changed.
pub(in crate::store) fn of_statement(error: &DbErr) -> StoreError {
    match class(error) {
        Class::Full => StoreError::Full,
        Class::Busy | Class::Unreachable => StoreError::Unavailable(error.to_string()),
        Class::Other => StoreError::Database(error.to_string()),
    }
}

/// The error of a commit. When the disk is full or the file is busy nothing was committed; after any other error nobody knows.
pub(super) fn of_commit(error: &DbErr) -> StoreError {
    match class(error) {
        Class::Full => StoreError::Full,
        Class::Busy => StoreError::Unavailable(error.to_string()),
        Class::Unreachable | Class::Other => StoreError::Unknown(error.to_string()),
    }
}

/// Whether another process held the writer.
pub(super) fn is_busy(error: &DbErr) -> bool {
    matches!(class(error), Class::Busy)
}

fn class(error: &DbErr) -> Class {
    let source = match error {
        DbErr::Conn(RuntimeErr::SqlxError(source))
        | DbErr::Exec(RuntimeErr::SqlxError(source))
        | DbErr::Query(RuntimeErr::SqlxError(source)) => source,
        DbErr::ConnectionAcquire(_) => return Class::Unreachable,
        _ => return Class::Other,
    };
    match source.as_ref() {
        SqlxError::Database(refusal) => refusal.code().and_then(|code| code.parse().ok()).map_or(Class::Other, of_code),
        SqlxError::Io(_) | SqlxError::WorkerCrashed | SqlxError::PoolClosed | SqlxError::PoolTimedOut => {
            Class::Unreachable
        }
        _ => Class::Other,
    }
}

/// The class of an extended result code, whose lowest byte is the primary one (sqlite.org/rescode.html).
fn of_code(code: i32) -> Class {
    match code & 0xff {
        13 => Class::Full,                     // SQLITE_FULL
        5 | 6 => Class::Busy,                  // SQLITE_BUSY, SQLITE_LOCKED
        7 | 8 | 10 | 14 => Class::Unreachable, // SQLITE_NOMEM, SQLITE_READONLY, SQLITE_IOERR, SQLITE_CANTOPEN
        _ => Class::Other,
    }
}
