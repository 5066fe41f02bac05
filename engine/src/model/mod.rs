//! The words of the engine: events, failures, payloads, messages. Pure: no I/O, no clock, no tokio.

mod event;
mod failure;
mod name;
mod payload;
mod retention;
mod retry;
mod schedule;
mod status;
mod tags;
mod trace;
mod work;

pub use event::{ChildCreated, Event, EventKind, ExecutionStarted, ParentLink, Raised, TaskScheduled};
pub use failure::Failure;
pub use name::{Activity, Orchestration};
pub use payload::{MAX_PAYLOAD_BYTES, Payload};
pub use retention::Retention;
pub use retry::RetryPolicy;
pub use schedule::{CatchUp, Overlap, Pause, Recurrence, Schedule, ScheduleRecord, ScheduleState, ScheduledRun};
pub use status::{Blocked, BlockedKind, RuntimeStatus};
pub use tags::{MAX_TAG_CHARS, MAX_TAGS, Tags};
pub use trace::{InvalidTraceparent, SpanId, Traceparent};
pub use work::{Answer, Message, Task};
