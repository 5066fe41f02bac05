//! What the databases share: tables, statements, transactions.

mod claim;
mod commit;
mod control;
mod convert;
mod create;
mod error;
mod fence;
mod history;
mod inbox;
mod query;
mod recover;
mod statement;
mod tables;
mod tasks;
mod timers;
mod transaction;
mod writer;

pub(crate) use claim::{Lease, block, look, retire_others, take};
pub(crate) use commit::commit;
pub(crate) use control::{restart, send};
pub(crate) use create::create;
pub(crate) use error::SqlError;
pub(crate) use history::{find as find_history, load};
pub(crate) use inbox::read as read_inbox;
pub(crate) use query::{count_by_status, find, query};
pub(crate) use recover::recover;
pub(crate) use tasks::complete as complete_task;
pub(crate) use timers::{fire as fire_timers, next as next_timer};
pub use transaction::{TRANSACTION_BUDGET, Transaction};
pub(crate) use writer::{holding_writer, refuse_nested_writer};
