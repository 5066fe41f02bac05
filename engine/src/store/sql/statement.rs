//! Short forms for statements that are written as text.

use std::fmt::Write;

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

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

/// The placeholders of so many rows of values, in their order.
///
/// SQLite takes `$1` for a name that it searches among all others for each value, so that many would take time in
/// proportion to the square of their number; it counts a mere `?`.
pub(super) fn placeholders(db: &impl ConnectionTrait, rows: usize, columns: usize) -> String {
    let counts = db.get_database_backend() == DbBackend::Sqlite;
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=columns {
            text.push_str(if column == 1 { "" } else { ", " });
            let _ = if counts { text.write_char('?') } else { write!(text, "${}", row * columns + column) };
        }
        text.push(')');
    }
    text
}
