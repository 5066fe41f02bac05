//! What the databases share: tables, statements, transactions, and the contract itself.

mod again;
mod beside;
mod children;
mod claim;
mod commit;
mod control;
mod convert;
mod create;
mod database;
mod end;
mod entities;
mod entity_query;
mod error;
mod expire;
mod fence;
mod filter;
mod health;
mod history;
mod inbox;
mod lock;
mod owned;
#[cfg(all(test, feature = "sqlite"))]
mod plans;
mod poison;
mod purge;
mod query;
mod reads;
mod recover;
mod rewind;
mod schedules;
mod statement;
mod store;
mod tables;
mod tags;
mod tasks;
mod timers;
mod transaction;
mod upgrade;
mod writer;

pub(crate) use database::Database;
pub use transaction::{TRANSACTION_BUDGET, Transaction};
pub(crate) use upgrade::Upgrade;
pub(crate) use writer::{holding_writer, refuse_nested_writer};
