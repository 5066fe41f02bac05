//! Short forms for statements that are written as text.

use sea_orm::{ConnectionTrait, Statement, Value};

/// The most values that one statement binds. SQLite takes 32,766, PostgreSQL 65,535.
const MAX_BOUND_VALUES: usize = 30_000;

/// The statement `text`, whose placeholders `$1`, `$2` … are `values`.
pub(super) fn sql<const N: usize>(db: &impl ConnectionTrait, text: &str, values: [Value; N]) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), text, values)
}

/// The same for a statement that is put together, with as many values as it takes.
pub(super) fn sql_of(db: &impl ConnectionTrait, text: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), text, values)
}

/// How many rows of `columns` values fit into one statement.
pub(super) const fn rows_per_statement(columns: usize) -> usize {
    MAX_BOUND_VALUES / columns
}
