//! What code runs under which name.

mod activity;
mod erase;
mod line;
mod names;

pub use activity::{ActivityCode, ActivityContext};
pub use line::CancelReason;
pub(crate) use line::Line;
pub use names::{Registry, RegistryError};
