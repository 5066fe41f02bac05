//! The words of the engine: events, failures, payloads, messages. Pure: no I/O, no clock, no tokio.

mod entity;
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
mod values;
mod work;

pub use entity::{ActionLink, Entity, EntityLock, EntityMessage, EntityState, LockRequest, Operation, ToEntity};
pub use event::{
    ChildCreated, Event, EventKind, ExecutionStarted, OperationSent, ParentLink, Raised, RewoundExecution,
    TaskScheduled, TaskTimeouts,
};
pub use failure::Failure;
pub use name::{Activity, Orchestration};
pub use payload::{MAX_HEARTBEAT_BYTES, Payload};
pub use retention::Retention;
pub use retry::RetryPolicy;
pub use schedule::{CatchUp, Overlap, Pause, Recurrence, Schedule, ScheduleRecord, ScheduleState, ScheduledRun};
pub use status::{Blocked, BlockedKind, RuntimeStatus};
pub use tags::Tags;
pub use trace::{InvalidTraceparent, SpanId, Traceparent};
pub use work::{Answer, Message, SUSPECT, Task};
