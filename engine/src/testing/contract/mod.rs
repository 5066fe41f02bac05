//! What every store must keep, as tests in sentences: one suite, given to a store by one line,
//! [`store_contract!`](crate::store_contract).

#![expect(missing_docs, reason = "the tests' names say what they check")]

mod bench;
pub mod children;
pub mod claim;
pub mod commit;
pub mod continue_as_new;
pub mod create;
pub mod delayed;
pub mod entities;
pub mod expire;
pub mod group;
pub mod health;
pub mod inbox;
pub mod paging;
pub mod payloads;
pub mod poison;
pub mod purge;
pub mod query;
pub mod reads;
pub mod replace;
pub mod restart;
pub mod rewind;
pub mod schedules;
mod suite;
pub mod tasks;
pub mod timers;
pub mod transaction;

pub use bench::{Bench, Place};
