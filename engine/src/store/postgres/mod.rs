//! PostgreSQL: many connections, and one serving process at a time.
//!
//! Only what is PostgreSQL's own stands here: how it is connected to, what its error codes mean, the locks that keep a
//! second server away. The contract and its statements are those of [`crate::store::sql`], at the isolation level
//! `READ COMMITTED`; whoever writes to an instance has locked its row (see `store::sql::lock`).

mod database;
mod errors;
mod lock;
mod open;
mod options;

pub(super) use errors::{is_ours, of_statement};
pub use open::Postgres;
pub use options::PostgresOptions;
