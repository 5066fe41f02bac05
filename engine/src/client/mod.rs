//! What callers hold: start, tell, ask and wait.

mod calls;
mod commits;
mod doctor;
mod entities;
mod error;
mod purge;
mod reads;
mod redrive;
mod restart;
mod schedules;
mod start;
mod wait;
mod within;

pub use calls::Client;
pub use doctor::{Checkup, Diagnosis, Finding, FindingKind};
pub use error::EngineError;
pub use purge::Purge;
pub use restart::Restart;
pub use start::{IfExists, Start};
pub use wait::Seen;
pub use within::Within;
