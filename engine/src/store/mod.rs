//! Where instances live: one trait, and the databases that keep it.

mod api;
mod error;
mod health;
pub mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use api::{
    Claim, Committed, DueSchedules, Ending, Expired, Fired, InstanceQuery, InstanceRecord, Later, Outgoing, Recovered,
    Store, TurnCommit,
};
pub use error::StoreError;
pub use health::{Overdue, Parent, Undelivered, Vitals, Walk, Walked};
pub use sql::Transaction;
#[cfg(feature = "sqlite")]
pub use sqlite::{Sqlite, SqliteOptions};
