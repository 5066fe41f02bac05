//! The futures that a context gives out, one file for each kind of action.

mod activity;
mod answer;
mod child;
mod external_event;
mod retrying;
mod timer;

pub use activity::ActivityCall;
pub use child::ChildCall;
pub(super) use external_event::EventQueue;
pub use external_event::ExternalEvent;
pub use timer::Timer;
