//! The futures that a context gives out, one file for each kind of action.

mod activity;
mod answer;
mod child;
mod continue_as_new;
mod entity;
mod external_event;
mod fan_out;
mod lock;
mod retrying;
mod timer;

pub use activity::ActivityCall;
pub use child::{ChildCall, DetachedStart};
pub use continue_as_new::ContinueAsNew;
pub use entity::EntityCall;
pub(super) use external_event::EventQueue;
pub use external_event::ExternalEvent;
pub use fan_out::FanOut;
pub(super) use lock::Sections;
pub use lock::{LockGuard, LockRequest};
pub use timer::Timer;
