//! SQLite: one file, one writer at a time, one serving process.
//!
//! Only what is SQLite's own stands here: how the file is opened, who may write, what its error codes mean. The
//! statements are those of [`crate::store::sql`].

mod errors;
mod lock;
mod open;
mod options;
mod store;
mod write;

pub use open::Sqlite;
pub use options::SqliteOptions;
