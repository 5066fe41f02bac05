//! The invariants that every stored instance must keep, asserted on what is stored.

mod history;
mod instance;

pub use instance::{check_all, check_instance};
