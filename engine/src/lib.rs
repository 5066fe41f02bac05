#![doc = include_str!("../README.md")]

pub mod client;
pub mod clock;
pub mod entity;
pub mod guide;
pub mod ids;
pub mod limits;
pub mod model;
pub mod observe;
pub mod registry;
pub mod replay;
pub mod runtime;
pub mod schedule;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;

pub use client::{Client, EngineError, IfExists, Purge, Restart, Seen, Start, Within};
pub use clock::{Clock, SystemClock, Timestamp};
pub use entity::EntityContext;
pub use ids::{EntityId, ExecutionId, InstanceId, InstanceKey};
pub use model::{
    Activity, Entity, Event, EventKind, Failure, Operation, Orchestration, Payload, RetryPolicy, RuntimeStatus, Tags,
    Traceparent,
};
pub use registry::{ActivityContext, CancelReason, Registry};
pub use replay::{LockGuard, OrchestrationContext, Strictness};
pub use runtime::{Engine, Limits};
pub use store::{
    Between, Cursor, EntityQuery, EntityRecord, InstanceFilter, InstanceOrder, InstanceQuery, InstanceRecord,
    StoreError, TaskRecord, Transaction, Values,
};
