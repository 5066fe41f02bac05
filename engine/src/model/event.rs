//! What happened: the vocabulary and the numbering of the Durable Task framework.
//!
//! A stored event is never edited; a new shape is a new variant. Enums are externally tagged because payloads are raw
//! JSON text, which serde cannot carry through an internal tag.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::payload::Payload;
use super::status::RuntimeStatus;
use super::tags::Tags;
use super::trace::Traceparent;
use crate::clock::Timestamp;
use crate::ids::{EntityId, EventId, ExecutionId, InstanceId, Sequence};

/// One entry of an execution's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its place: dense from 0 within the execution.
    #[serde(rename = "s")]
    pub sequence: Sequence,
    /// The time of the turn that recorded it.
    #[serde(rename = "t")]
    pub at: Timestamp,
    /// What happened.
    #[serde(rename = "e")]
    pub kind: EventKind,
}

/// What an [`Event`] says happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EventKind {
    /// A turn began; its time is what the code sees as now.
    OrchestratorStarted,
    /// The execution began.
    ExecutionStarted(ExecutionStarted),
    /// The code called an activity.
    TaskScheduled(TaskScheduled),
    /// An activity returned.
    TaskCompleted {
        /// The action it answers.
        task_scheduled_id: EventId,
        /// What it returned.
        result: Payload,
    },
    /// An activity failed.
    TaskFailed {
        /// The action it answers.
        task_scheduled_id: EventId,
        /// Why.
        failure: Failure,
    },
    /// The code set a timer.
    TimerCreated {
        /// The action's number.
        event_id: EventId,
        /// The earliest moment at which it fires.
        fire_at: Timestamp,
        /// The try that has failed, if it is the pause before the next try of the same call.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed_try: Option<EventId>,
    },
    /// A timer fired.
    TimerFired {
        /// The action it answers.
        timer_id: EventId,
        /// The moment it was set for.
        fire_at: Timestamp,
    },
    /// The code sent an event to another instance.
    EventSent {
        /// The action's number.
        event_id: EventId,
        /// The receiver.
        instance: InstanceId,
        /// The event's name.
        name: Arc<str>,
        /// The event's value.
        input: Payload,
    },
    /// An external event arrived.
    EventRaised(Raised),
    /// The code started a child.
    SubOrchestrationInstanceCreated(ChildCreated),
    /// A child completed.
    SubOrchestrationInstanceCompleted {
        /// The action it answers.
        task_scheduled_id: EventId,
        /// The child's output.
        result: Payload,
    },
    /// A child failed, was terminated or could not be started.
    SubOrchestrationInstanceFailed {
        /// The action it answers.
        task_scheduled_id: EventId,
        /// Why.
        failure: Failure,
    },
    /// The code signalled an entity.
    EntityOperationSignaled(OperationSent),
    /// The code called an entity.
    EntityOperationCalled(OperationSent),
    /// An entity carried out an operation that was called.
    EntityOperationCompleted {
        /// The action it answers.
        called_id: EventId,
        /// What the operation returned.
        result: Payload,
    },
    /// An operation that was called failed and changed nothing.
    EntityOperationFailed {
        /// The action it answers.
        called_id: EventId,
        /// Why.
        failure: Failure,
    },
    /// The code asked for the locks of entities: a critical section begins.
    EntityLockRequested {
        /// The action's number, which names the critical section.
        event_id: EventId,
        /// The entities in the order in which they are locked.
        entities: Vec<EntityId>,
    },
    /// All locks that were asked for are held.
    EntityLockGranted {
        /// The action that asked for them.
        lock_requested_id: EventId,
    },
    /// The code left a critical section, or no longer waits for it.
    EntityUnlockSent {
        /// The action's number.
        event_id: EventId,
        /// The action that asked for the locks.
        lock_requested_id: EventId,
        /// The entities that are told.
        entities: Vec<EntityId>,
    },
    /// The execution ended and another follows.
    ContinueAsNew {
        /// The next execution's input.
        input: Payload,
        /// The next execution's version, if it is another one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<Arc<str>>,
    },
    /// The code met a patch for the first time: the execution goes the new way.
    PatchApplied {
        /// The action's number.
        event_id: EventId,
        /// The patch's name.
        name: Arc<str>,
    },
    /// A client rewound the failed execution that this one continues. What stands before this event is copied from it.
    ExecutionRewound {
        /// What the client said.
        reason: Option<String>,
        /// The executions that this one continues, the last first.
        continues: Vec<RewoundExecution>,
    },
    /// A client suspended the instance.
    ExecutionSuspended {
        /// What the client said.
        reason: Option<String>,
    },
    /// A client resumed the instance.
    ExecutionResumed {
        /// What the client said.
        reason: Option<String>,
    },
    /// A client terminated the instance.
    ExecutionTerminated {
        /// What the client said.
        reason: Option<String>,
    },
    /// The execution ended.
    ExecutionCompleted {
        /// `Completed`, `Failed` or `Terminated`.
        status: RuntimeStatus,
        /// The output of a completed execution.
        result: Option<Payload>,
        /// The failure of a failed one.
        failure: Option<Failure>,
    },
}

impl EventKind {
    /// The event's name in the Durable Task framework.
    pub fn name(&self) -> &'static str {
        match self {
            Self::OrchestratorStarted => "OrchestratorStarted",
            Self::ExecutionStarted(_) => "ExecutionStarted",
            Self::TaskScheduled(_) => "TaskScheduled",
            Self::TaskCompleted { .. } => "TaskCompleted",
            Self::TaskFailed { .. } => "TaskFailed",
            Self::TimerCreated { .. } => "TimerCreated",
            Self::TimerFired { .. } => "TimerFired",
            Self::EventSent { .. } => "EventSent",
            Self::EventRaised(_) => "EventRaised",
            Self::SubOrchestrationInstanceCreated(_) => "SubOrchestrationInstanceCreated",
            Self::SubOrchestrationInstanceCompleted { .. } => "SubOrchestrationInstanceCompleted",
            Self::SubOrchestrationInstanceFailed { .. } => "SubOrchestrationInstanceFailed",
            Self::EntityOperationSignaled(_) => "EntityOperationSignaled",
            Self::EntityOperationCalled(_) => "EntityOperationCalled",
            Self::EntityOperationCompleted { .. } => "EntityOperationCompleted",
            Self::EntityOperationFailed { .. } => "EntityOperationFailed",
            Self::EntityLockRequested { .. } => "EntityLockRequested",
            Self::EntityLockGranted { .. } => "EntityLockGranted",
            Self::EntityUnlockSent { .. } => "EntityUnlockSent",
            Self::ContinueAsNew { .. } => "ContinueAsNew",
            Self::PatchApplied { .. } => "PatchApplied",
            Self::ExecutionRewound { .. } => "ExecutionRewound",
            Self::ExecutionSuspended { .. } => "ExecutionSuspended",
            Self::ExecutionResumed { .. } => "ExecutionResumed",
            Self::ExecutionTerminated { .. } => "ExecutionTerminated",
            Self::ExecutionCompleted { .. } => "ExecutionCompleted",
        }
    }
}

/// How an execution begins: everything its code may depend on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExecutionStarted {
    /// The instance's id.
    pub instance: InstanceId,
    /// The execution, unique for ever.
    pub execution: ExecutionId,
    /// The orchestration's name.
    pub name: Arc<str>,
    /// The version the instance is pinned to; empty for code without versions.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub version: Arc<str>,
    /// The code's input.
    pub input: Payload,
    /// Who waits for the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ParentLink>,
    /// What its starter filed it under. Children take over their parent's.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
    /// The moment before which no turn runs, for one that was not to begin at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_at: Option<Timestamp>,
    /// Where uuids, random numbers and child ids derive from. It outlives a rewind.
    pub seed: uuid::Uuid,
    /// The span that the execution's turns continue: the starter's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<Traceparent>,
}

/// An execution that another one continues: results for its actions up to a number are results for the other one too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewoundExecution {
    /// The execution.
    pub execution: ExecutionId,
    /// The first action that the other one does not share.
    pub next_event_id: EventId,
}

impl RewoundExecution {
    /// Whether the action `event_id` of `execution` is one that the continuing execution shares with this one.
    pub fn shares(&self, execution: ExecutionId, event_id: EventId) -> bool {
        self.execution == execution && event_id < self.next_event_id
    }
}

/// The action of a parent that waits for a child's result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParentLink {
    /// The parent.
    pub instance: InstanceId,
    /// The parent's execution that scheduled the child: only it gets the result.
    pub execution: ExecutionId,
    /// The action within that execution.
    pub event_id: EventId,
}

/// A call of an activity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskScheduled {
    /// The action's number.
    pub event_id: EventId,
    /// The activity's name.
    pub name: Arc<str>,
    /// The activity's input.
    pub input: Payload,
    /// Which try of the call this is, from 1.
    #[serde(default = "first_attempt", skip_serializing_if = "is_first_attempt")]
    pub attempt: u32,
    /// The action number of the call's first try: the idempotency key that all tries share.
    pub first_event_id: EventId,
    /// How long the try may take.
    #[serde(default, skip_serializing_if = "TaskTimeouts::is_empty")]
    pub timeouts: TaskTimeouts,
    /// What the try before this one said last by its heartbeat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_heartbeat: Option<Payload>,
}

/// How long one try of an activity may take, in whole microseconds. It counts from the start of its code on a node, so
/// a try that runs again after a crash has the whole time again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskTimeouts {
    /// From its start to its end.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "start_to_close_us", with = "micros")]
    pub start_to_close: Option<Duration>,
    /// From its start to its first heartbeat, and from one to the next.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "heartbeat_us", with = "micros")]
    pub heartbeat: Option<Duration>,
}

impl TaskTimeouts {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Durations as whole microseconds, the one unit of time in events.
mod micros {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde passes fields by reference")]
    pub(super) fn serialize<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        let micros = duration.map(|duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX));
        micros.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(deserializer)?.map(Duration::from_micros))
    }
}

fn first_attempt() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_first_attempt(attempt: &u32) -> bool {
    *attempt == 1
}

/// The start of a child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChildCreated {
    /// The action's number.
    pub event_id: EventId,
    /// The child's id.
    pub instance: InstanceId,
    /// The child's orchestration.
    pub name: Arc<str>,
    /// The child's version; empty for code without versions.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub version: Arc<str>,
    /// The child's input.
    pub input: Payload,
    /// Whether nobody waits for its result: it is no child then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub detached: bool,
    /// The action number of the call's first try, if this is a later one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_event_id: Option<EventId>,
}

/// An operation asked of an entity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperationSent {
    /// The action's number.
    pub event_id: EventId,
    /// The entity.
    pub entity: EntityId,
    /// The operation's name.
    pub operation: Arc<str>,
    /// The operation's input.
    pub input: Payload,
    /// The earliest moment of a delayed signal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_at: Option<Timestamp>,
    /// The critical section within which it was called: the action that asked for the lock on the entity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<EventId>,
}

/// An external event as it was raised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Raised {
    /// Its name; names are compared without regard to case.
    pub name: Arc<str>,
    /// Its value.
    pub input: Payload,
}
