//! The invariants that every stored instance must keep, asserted on what is stored.

mod history;
mod instance;

pub(super) use instance::check_turn;
pub use instance::{check_all, check_instance};
