//! Where instances live: one trait, and the databases that keep it.

mod api;
mod commit;
mod entities;
mod error;
mod health;
mod instances;
#[cfg(feature = "postgres")]
mod postgres;
mod reads;
mod refusal;
pub mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use api::{Begun, Claim, DueSchedules, Fired, Recovered, Started, Store, TaskRecord, Unfinished};
pub use commit::{Committed, Ending, Later, Outgoing, TurnCommit};
pub use entities::{Cleaned, EntityChange, EntityQuery, EntityRecord, OrphanLock};
pub use error::StoreError;
pub use health::{Overdue, Parent, Undelivered, Vitals, Walk, Walked};
pub use instances::{
    Between, Cursor, InstanceFilter, InstanceOrder, InstanceQuery, InstanceRecord, InvalidCursor, Values,
};
#[cfg(feature = "postgres")]
pub use postgres::{Postgres, PostgresOptions};
pub use reads::Reads;
pub use refusal::refusal_of;
pub use sql::Transaction;
#[cfg(feature = "sqlite")]
pub use sqlite::{Sqlite, SqliteOptions};
