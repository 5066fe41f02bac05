//! SQLite: one file, one writer at a time, one serving process.
//!
//! Only what is SQLite's own stands here: how the file is opened, who may write, what its error codes mean. The
//! contract and its statements are those of [`crate::store::sql`].

mod database;
mod errors;
mod group;
mod lock;
mod open;
mod options;

pub(super) use errors::of_statement;
pub use open::Sqlite;
pub use options::SqliteOptions;
