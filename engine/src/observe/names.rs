//! The names that log filters, dashboards and alerts are built on. A name that is in use does not change.

/// The names of spans.
pub mod span {
    /// One turn, from its messages to its commit.
    pub const TURN: &str = "engine.turn";
    /// One turn of an entity, from its messages to its commit.
    pub const ENTITY: &str = "engine.entity";
    /// One try of an activity.
    pub const ACTIVITY: &str = "engine.activity";
    /// The rebuilding of an execution from its history.
    pub const REPLAY: &str = "engine.replay";
}

/// The names of the fields of spans and log lines.
pub mod field {
    /// The instance's id.
    pub const INSTANCE_ID: &str = "instance.id";
    /// The instance's key in the store, where its id is not at hand.
    pub const INSTANCE_KEY: &str = "instance.key";
    /// The orchestration's name.
    pub const ORCHESTRATION_NAME: &str = "orchestration.name";
    /// The version that the instance is pinned to.
    pub const ORCHESTRATION_VERSION: &str = "orchestration.version";
    /// The execution's id.
    pub const EXECUTION_ID: &str = "execution.id";
    /// The execution's number within its instance, from 1.
    pub const EXECUTION_ORDINAL: &str = "execution.ordinal";
    /// How many messages a turn reads.
    pub const MESSAGES: &str = "turn.messages";
    /// How many events a turn recorded, or a replay read.
    pub const EVENTS: &str = "turn.events";
    /// How many messages were addressed to an execution or an action that is gone.
    pub const DROPPED: &str = "turn.dropped";
    /// The entity's id.
    pub const ENTITY_ID: &str = "entity.id";
    /// The name of an operation of an entity.
    pub const ENTITY_OPERATION: &str = "entity.operation";
    /// The activity's name.
    pub const ACTIVITY_NAME: &str = "activity.name";
    /// Which try of an activity's call it is, from 1.
    pub const ACTIVITY_ATTEMPT: &str = "activity.attempt";
    /// How often a dead node had the task in its hands.
    pub const ACTIVITY_RECOVERIES: &str = "activity.recoveries";
    /// Why an activity was asked to stop.
    pub const CANCEL_REASON: &str = "cancel.reason";
    /// The number of an action within its execution.
    pub const EVENT_ID: &str = "event.id";
    /// The place of an event in its history.
    pub const EVENT_SEQUENCE: &str = "event.sequence";
    /// An action in words.
    pub const EVENT_ACTION: &str = "event.action";
    /// How it ended: the values of the label of that name.
    pub const OUTCOME: &str = "outcome";
    /// The kind of obstacle before a blocked instance.
    pub const BLOCKED_KIND: &str = "blocked.kind";
    /// What stands in the way, in words.
    pub const BLOCKED_MESSAGE: &str = "blocked.message";
    /// An error of the engine or of its store.
    pub const ERROR: &str = "error";
    /// A failure of an activity or of an orchestration.
    pub const FAILURE: &str = "failure";
    /// The schedule's id.
    pub const SCHEDULE_ID: &str = "schedule.id";
    /// A database and where it is, without the password.
    pub const DATABASE: &str = "database";
    /// How many instances it is about.
    pub const INSTANCES: &str = "instances";
    /// How many tasks it is about.
    pub const TASKS: &str = "tasks";
    /// The W3C number of the trace that the span belongs to: 32 hexadecimal digits.
    pub const TRACE_ID: &str = "trace.id";
    /// The W3C number of the span that this one continues: 16 hexadecimal digits.
    pub const TRACE_PARENT: &str = "trace.parent";
    /// The W3C number of the span itself.
    pub const SPAN_ID: &str = "span.id";
}

/// The names of metrics' labels.
pub mod label {
    /// An orchestration's or an activity's name.
    pub const NAME: &str = "name";
    /// How it ended.
    pub const OUTCOME: &str = "outcome";
    /// An instance's final status.
    pub const STATUS: &str = "status";
    /// The kind of obstacle.
    pub const KIND: &str = "kind";
}

/// The target of the log lines that orchestrations write through their context.
pub const ORCHESTRATION_LOG: &str = "orchestration";
