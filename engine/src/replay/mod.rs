//! Code against history: what makes an `async fn` durable. Pure: no I/O, no clock, no tokio; the runtime brings messages
//! and the time, and takes an [`Outcome`] away.
//!
//! Events are delivered one at a time in the order of the history, and after each the code is polled until it is pending
//! with no wake outstanding. Live turns and replay share this loop, which is why both see the same.

mod actions;
mod code;
mod context;
mod expected;
mod inbound;
mod live;
mod mismatch;
mod open;
mod outcome;
mod rewind;
mod size;
mod state;
mod wake;

pub use actions::{
    ActivityCall, ChildCall, ContinueAsNew, DetachedStart, EntityCall, ExternalEvent, FanOut, LockGuard, LockRequest,
    Timer,
};
pub use code::{Code, Run};
pub use context::OrchestrationContext;
pub use expected::Strictness;
pub use live::Live;
pub use mismatch::Mismatch;
pub use outcome::{End, Outcome};
pub use rewind::Rewind;
