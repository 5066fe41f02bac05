//! What code runs under which name.

mod activity;
mod erase;
mod names;

pub use activity::{ActivityCode, ActivityContext};
pub use names::{Registry, RegistryError};
