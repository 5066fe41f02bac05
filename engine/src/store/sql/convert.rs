//! Between rows and the model. A row that cannot be read back is an inconsistency that names its place; nothing is guessed.

use std::fmt::Display;
use std::time::Duration;

use uuid::Uuid;

use super::tables::{entity, inbox, instance, task, timer};
use crate::clock::Timestamp;
use crate::ids::{EntityId, EventId, ExecutionId, InstanceId, InstanceKey, MessageId, NodeId};
use crate::model::{
    ActionLink, Blocked, BlockedKind, EntityLock, EntityState, Event, Failure, Message, Payload, RuntimeStatus, Tags,
    Traceparent,
};
use crate::store::{InstanceRecord, StoreError, TaskRecord};

/// Where a value stands, for the error that says it cannot be read.
#[derive(Clone, Copy)]
pub(super) struct Place<'r> {
    table: &'static str,
    row: &'r (dyn Display + Sync),
}

impl<'r> Place<'r> {
    pub(super) fn new(table: &'static str, row: &'r (dyn Display + Sync)) -> Self {
        Self { table, row }
    }

    pub(super) fn unreadable(self, column: &'static str, reason: impl Display) -> StoreError {
        StoreError::Inconsistent { table: self.table, column, row: self.row.to_string(), reason: reason.to_string() }
    }

    pub(super) fn missing(self, column: &'static str) -> StoreError {
        self.unreadable(column, "it is missing")
    }

    pub(super) fn uuid(self, column: &'static str, text: &str) -> Result<Uuid, StoreError> {
        Uuid::parse_str(text).map_err(|error| self.unreadable(column, error))
    }

    pub(super) fn execution(self, text: &str) -> Result<ExecutionId, StoreError> {
        self.uuid("execution", text).map(ExecutionId)
    }

    pub(super) fn small(self, column: &'static str, number: i64) -> Result<u32, StoreError> {
        u32::try_from(number).map_err(|error| self.unreadable(column, error))
    }

    pub(super) fn event_id(self, column: &'static str, number: i64) -> Result<EventId, StoreError> {
        self.small(column, number).map(EventId)
    }

    pub(super) fn instance_id(self, column: &'static str, text: String) -> Result<InstanceId, StoreError> {
        InstanceId::stored(&text).map_err(|error| self.unreadable(column, error))
    }

    pub(super) fn entity_id(self, column: &'static str, text: &str) -> Result<EntityId, StoreError> {
        EntityId::parse(text).map_err(|error| self.unreadable(column, error))
    }

    pub(super) fn status(self, text: &str) -> Result<RuntimeStatus, StoreError> {
        RuntimeStatus::parse(text).ok_or_else(|| self.unreadable("status", format!("{text:?} is no status")))
    }

    pub(super) fn payload(self, column: &'static str, text: String) -> Result<Payload, StoreError> {
        Payload::from_json(text).map_err(|failure| self.unreadable(column, failure))
    }

    pub(super) fn json<T: serde::de::DeserializeOwned>(
        self,
        column: &'static str,
        text: &str,
    ) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|error| self.unreadable(column, error))
    }

    pub(super) fn traceparent(
        self,
        column: &'static str,
        text: Option<String>,
    ) -> Result<Option<Traceparent>, StoreError> {
        text.map(|text| Traceparent::parse(&text).map_err(|error| self.unreadable(column, error))).transpose()
    }

    /// A duration that is stored as microseconds.
    pub(super) fn duration(self, column: &'static str, micros: Option<i64>) -> Result<Option<Duration>, StoreError> {
        let duration = |micros| u64::try_from(micros).map(Duration::from_micros);
        micros.map(duration).transpose().map_err(|error| self.unreadable(column, error))
    }

    pub(super) fn tags(self, text: Option<&str>) -> Result<Tags, StoreError> {
        text.map_or(Ok(Tags::default()), |text| self.json("tags", text))
    }

    fn blocked(self, row: &instance::Model) -> Result<Option<Blocked>, StoreError> {
        self.obstacle(row.blocked_kind.as_deref(), row.blocked_message.as_deref(), row.blocked_since)
    }

    pub(super) fn obstacle(
        self,
        kind: Option<&str>,
        message: Option<&str>,
        since: Option<i64>,
    ) -> Result<Option<Blocked>, StoreError> {
        let Some(kind) = kind else { return Ok(None) };
        let kind = BlockedKind::parse(kind)
            .ok_or_else(|| self.unreadable("blocked_kind", format!("{kind:?} is no kind of obstacle")))?;
        let since = since.ok_or_else(|| self.unreadable("blocked_since", "it is missing"))?;
        let message = message.unwrap_or_default().to_owned();
        Ok(Some(Blocked { kind, message, since: Timestamp::from_micros(since) }))
    }
}

/// An instance as clients see it.
pub(super) fn record(row: instance::Model) -> Result<InstanceRecord, StoreError> {
    let key = row.key;
    let place = Place::new("instances", &key);
    let optional = |column, text: Option<String>| text.map(|text| place.payload(column, text)).transpose();
    Ok(InstanceRecord {
        key: InstanceKey(key),
        blocked: place.blocked(&row)?,
        id: place.instance_id("id", row.id)?,
        name: row.name.into(),
        version: row.version.into(),
        status: place.status(&row.status)?,
        execution: place.execution(&row.execution)?,
        ordinal: place.small("ordinal", row.ordinal)?,
        input: optional("input", row.input)?,
        output: optional("output", row.output)?,
        failure: row.failure.map(|text| place.json::<Failure>("failure", &text)).transpose()?,
        custom_status: optional("custom_status", row.custom_status)?,
        parent: row.parent_id.map(|id| place.instance_id("parent_id", id)).transpose()?,
        tags: place.tags(row.tags.as_deref())?,
        created_at: Timestamp::from_micros(row.created_at),
        updated_at: Timestamp::from_micros(row.updated_at),
        completed_at: row.completed_at.map(Timestamp::from_micros),
    })
}

/// What is stored of an entity.
pub(super) fn entity_state(row: entity::Model) -> Result<EntityState, StoreError> {
    let place = Place::new("entities", &row.instance_key);
    let value = row.state.map(|text| place.payload("state", text)).transpose()?;
    let lock = match (row.lock_instance, row.lock_execution, row.lock_event_id, row.locked_at) {
        (Some(instance), Some(execution), Some(event_id), Some(locked_at)) => Some(EntityLock {
            section: ActionLink {
                instance: place.instance_id("lock_instance", instance)?,
                execution: place.execution(&execution)?,
                event_id: place.event_id("lock_event_id", event_id)?,
            },
            since: Timestamp::from_micros(locked_at),
        }),
        _ => None,
    };
    Ok(EntityState { value, lock })
}

/// A turn's events.
pub(super) fn events(key: InstanceKey, text: &str) -> Result<Vec<Event>, StoreError> {
    Place::new("history", &key).json("events", text)
}

/// A message.
pub(super) fn message(row: &inbox::Model) -> Result<(MessageId, Message), StoreError> {
    let message = Place::new("inbox", &row.id).json("message", &row.message)?;
    Ok((MessageId(row.id), message))
}

/// The message that a timer becomes when it fires, or that was to be delivered at its moment.
pub(super) fn due_message(row: &timer::Model) -> Result<(InstanceKey, Message), StoreError> {
    let place = Place::new("timers", &row.instance_key);
    if let Some(text) = &row.message {
        return Ok((InstanceKey(row.instance_key), place.json("message", text)?));
    }
    let message = Message::TimerFired {
        execution: place.execution(&row.execution)?,
        event_id: place.event_id("event_id", row.event_id)?,
        fire_at: Timestamp::from_micros(row.fire_at),
    };
    Ok((InstanceKey(row.instance_key), message))
}

/// A message that was to be delivered later.
pub(super) fn delayed(key: &InstanceKey, text: &str) -> Result<Message, StoreError> {
    Place::new("timers", key).json("message", text)
}

/// The node's name in the tables.
pub(in crate::store) fn node(node: NodeId) -> String {
    node.0.to_string()
}

/// The execution's name in the tables.
pub(in crate::store) fn execution(execution: ExecutionId) -> String {
    execution.0.to_string()
}

/// A duration in the tables.
pub(in crate::store) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// A scheduled activity as clients see it.
pub(super) fn task_record(row: task::Model) -> Result<TaskRecord, StoreError> {
    let place = Place::new("tasks", &row.id);
    Ok(TaskRecord {
        event_id: place.event_id("event_id", row.event_id)?,
        name: row.name.into(),
        attempt: place.small("attempt", row.attempt)?,
        scheduled_at: Timestamp::from_micros(row.created_at),
        recoveries: place.small("recoveries", row.recoveries)?,
        heartbeat: row.heartbeat.map(|text| place.payload("heartbeat", text)).transpose()?,
        heartbeat_at: row.heartbeat_at.map(Timestamp::from_micros),
        blocked: place.obstacle(
            row.set_aside_kind.as_deref(),
            row.set_aside_message.as_deref(),
            row.set_aside_since,
        )?,
    })
}

/// A text for people, such as what a panic said, without the character zero, which PostgreSQL does not keep.
pub(super) fn readable(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

/// The JSON text of tags, `None` without any.
pub(super) fn tags(tags: &Tags) -> Option<String> {
    (!tags.is_empty()).then(|| to_json(tags))
}

/// The JSON text of something of the model's.
pub(in crate::store) fn to_json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("what the model holds has string keys and finite numbers only")
}

/// The JSON text of a payload.
pub(super) fn json(payload: &Payload) -> String {
    payload.as_str().to_owned()
}
