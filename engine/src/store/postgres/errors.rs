//! What PostgreSQL's answers mean to the engine.

use sea_orm::sqlx::Error as SqlxError;
use sea_orm::sqlx::postgres::PgDatabaseError;
use sea_orm::{DbErr, RuntimeErr};

use crate::store::StoreError;

/// What follows from an error of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// No space.
    Full,
    /// Undone because of others who work at the same time; it may well succeed the next time.
    Collision,
    /// The connection prepared a statement before a table changed; a new connection succeeds.
    StalePlan,
    /// The server, or the way to it, is gone.
    Unreachable,
    /// No connection came free in time, or there are none any more.
    Exhausted,
    /// A mistake of ours.
    Other,
}

/// The error of a statement that is not a commit: nothing has changed.
pub(in crate::store) fn of_statement(error: &DbErr) -> StoreError {
    match class(error) {
        Class::Full => StoreError::Full,
        Class::Collision | Class::StalePlan | Class::Unreachable | Class::Exhausted => {
            StoreError::Unavailable(error.to_string())
        }
        Class::Other => StoreError::Database(error.to_string()),
    }
}

/// The error of a commit. What the server itself refuses is rolled back; when the connection breaks nobody knows.
pub(super) fn of_commit(error: &DbErr) -> StoreError {
    match class(error) {
        Class::Unreachable => StoreError::Unknown(error.to_string()),
        _ => of_statement(error),
    }
}

/// Whether a new connection may succeed where an old one did not.
pub(super) fn is_of_connection(error: &DbErr) -> bool {
    matches!(class(error), Class::StalePlan | Class::Unreachable)
}

/// Whether it is PostgreSQL that said it.
pub(in crate::store) fn is_ours(error: &DbErr) -> bool {
    source_of(error)
        .and_then(SqlxError::as_database_error)
        .is_some_and(|refusal| refusal.try_downcast_ref::<PgDatabaseError>().is_some())
}

/// Whether a lock was not to be had in time.
pub(super) fn is_collision(error: &SqlxError) -> bool {
    of_sqlx(error) == Class::Collision
}

fn class(error: &DbErr) -> Class {
    match error {
        DbErr::ConnectionAcquire(_) => Class::Exhausted,
        other => source_of(other).map_or(Class::Other, of_sqlx),
    }
}

fn source_of(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(source))
        | DbErr::Exec(RuntimeErr::SqlxError(source))
        | DbErr::Query(RuntimeErr::SqlxError(source)) => Some(source),
        _ => None,
    }
}

fn of_sqlx(error: &SqlxError) -> Class {
    match error {
        SqlxError::Database(refusal) => refusal.code().map_or(Class::Other, |code| of_code(&code)),
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::Protocol(_)
        | SqlxError::BeginFailed
        | SqlxError::WorkerCrashed => Class::Unreachable,
        SqlxError::PoolClosed | SqlxError::PoolTimedOut => Class::Exhausted,
        _ => Class::Other,
    }
}

/// The class of an SQLSTATE (PostgreSQL's documentation, appendix A).
fn of_code(code: &str) -> Class {
    match code {
        // Disk full.
        "53100" => Class::Full,
        // Serialization failure, deadlock, lock not available, a cancelled query, and a transaction that idled too long.
        "40001" | "40P01" | "55P03" | "57014" | "25P03" => Class::Collision,
        // `cached plan must not change result type`: the statement itself is one that this code has used before.
        "0A000" => Class::StalePlan,
        // Shut down, starting up, gone over to a standby that only reads.
        "57P01" | "57P02" | "57P03" | "57P05" | "25006" => Class::Unreachable,
        // Connection exceptions, a lack of connections or of memory, a failure of the machine.
        _ if ["08", "53", "58"].iter().any(|class| code.starts_with(class)) => Class::Unreachable,
        _ => Class::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::{Class, of_code};

    #[test]
    fn codes_are_told_apart() {
        for (code, class) in [
            ("23505", Class::Other),
            ("25P02", Class::Other),
            ("40001", Class::Collision),
            ("40P01", Class::Collision),
            ("0A000", Class::StalePlan),
            ("08006", Class::Unreachable),
            ("53300", Class::Unreachable),
            ("57P01", Class::Unreachable),
            ("53100", Class::Full),
        ] {
            assert_eq!(of_code(code), class, "{code}");
        }
    }
}
