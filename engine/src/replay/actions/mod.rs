//! The futures that a context gives out, one file for each kind of action.

mod activity;
mod answer;
mod child;
mod continue_as_new;
mod external_event;
mod fan_out;
mod retrying;
mod timer;

pub use activity::ActivityCall;
pub use child::{ChildCall, DetachedStart};
pub use continue_as_new::ContinueAsNew;
pub(super) use external_event::EventQueue;
pub use external_event::ExternalEvent;
pub use fan_out::FanOut;
pub use timer::Timer;
