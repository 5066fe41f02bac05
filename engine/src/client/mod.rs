//! What callers hold: start, tell, ask and wait.

mod calls;
mod doctor;
mod entities;
mod error;
mod schedules;
mod start;
mod wait;
mod within;

pub use calls::Client;
pub use doctor::{Checkup, Diagnosis, Finding, FindingKind};
pub use error::EngineError;
pub use start::Start;
pub use within::Within;
