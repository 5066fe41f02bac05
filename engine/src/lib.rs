#![doc = include_str!("../README.md")]

pub mod client;
pub mod clock;
pub mod ids;
pub mod model;
pub mod observe;
pub mod registry;
pub mod replay;
pub mod runtime;
pub mod schedule;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;

pub use client::{Client, EngineError, Start, Within};
pub use clock::{Clock, SystemClock, Timestamp};
pub use ids::{ExecutionId, InstanceId, InstanceKey};
pub use model::{
    Activity, Event, EventKind, Failure, Orchestration, Payload, RetryPolicy, RuntimeStatus, Tags, Traceparent,
};
pub use registry::{ActivityContext, Registry};
pub use replay::{OrchestrationContext, Strictness};
pub use runtime::{Engine, Limits};
pub use store::{InstanceQuery, InstanceRecord, StoreError, Transaction};
