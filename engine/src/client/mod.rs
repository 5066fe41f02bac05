//! What callers hold: start, tell, ask and wait.

mod calls;
mod error;
mod schedules;
mod start;
mod wait;
mod within;

pub use calls::Client;
pub use error::EngineError;
pub use start::Start;
pub use within::Within;
