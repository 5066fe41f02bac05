//! What `countersign demo` fills an empty portal with: people, policies, requests in every state, runs and monitors, and
//! four weeks of history behind them.
//!
//! Nothing of it is written into tables. What people do stands in `plots` as data, each scene with its moment; it is played
//! through the portal's use cases in the order of time, and in between the real engine runs, step by step, on a clock
//! that is moved from one due timer to the next. So mails, deadlines, histories and the audit log are what they would be had the
//! portal served these weeks. Services that it would call are played, too: nothing leaves the machine.
//!
//! Like `cli` this is a part of the composition root: it may use the rules, the flows' engine and the system's randomness, and
//! neither the database nor the web.

mod cast;
mod chores;
mod clock;
mod error;
mod files;
mod people;
mod plots;
mod policies;
mod requests;
mod scene;
mod services;
mod story;
mod works;

pub use clock::{Calendar, DemoClock};
pub use error::DemoError;
pub use people::ADMIN;
pub use services::Rehearsed;
pub use story::{Progress, Stage, tell};
pub use works::Works;
