//! Durable entities: typed names of their operations, what they are told, and what is stored of them.

use std::marker::PhantomData;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::payload::Payload;
use crate::clock::Timestamp;
use crate::ids::{EntityId, EventId, ExecutionId, InstanceId, InvalidEntityId};

/// The name of entities whose state is an `S`. An entity that was never changed has the default state.
///
/// ```
/// use countersign_engine::{Entity, Operation};
///
/// const COUNTER: Entity<i64> = Entity::named("counter");
/// const ADD: Operation<i64, i64, i64> = COUNTER.operation("add");
/// ```
pub struct Entity<S> {
    name: &'static str,
    state: PhantomData<fn() -> S>,
}

impl<S> Entity<S> {
    /// The entities stored as `name`, which is lower-cased in their ids.
    pub const fn named(name: &'static str) -> Self {
        Self { name, state: PhantomData }
    }

    /// The name as it was given.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The operation `name` of these entities, which takes an `I` and gives an `O`.
    pub const fn operation<I, O>(&self, name: &'static str) -> Operation<S, I, O> {
        Operation { entity: self.name, name, types: PhantomData }
    }

    /// The id of the entity `key`.
    pub fn id(&self, key: impl AsRef<str>) -> Result<EntityId, InvalidEntityId> {
        EntityId::new(self.name, key.as_ref())
    }
}

/// The name of an operation of entities with the state `S`, which takes an `I` and gives an `O`. Made by
/// [`Entity::operation`]; names of operations are compared without regard to case.
pub struct Operation<S, I, O> {
    entity: &'static str,
    name: &'static str,
    types: PhantomData<fn(S, I) -> O>,
}

impl<S, I, O> Operation<S, I, O> {
    /// The stored name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The name of the entities that have it.
    pub const fn entity_name(&self) -> &'static str {
        self.entity
    }

    /// The id of the entity `key` among those that have it.
    pub fn id(&self, key: impl AsRef<str>) -> Result<EntityId, InvalidEntityId> {
        EntityId::new(self.entity, key.as_ref())
    }
}

impl<S> Clone for Entity<S> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S> Copy for Entity<S> {}
impl<S, I, O> Clone for Operation<S, I, O> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S, I, O> Copy for Operation<S, I, O> {}

/// An action of an execution, as others name it: whom to answer, and which critical section holds a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionLink {
    /// The instance.
    pub instance: InstanceId,
    /// Its execution.
    pub execution: ExecutionId,
    /// The action within that execution.
    pub event_id: EventId,
}

/// Something an entity is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EntityMessage {
    /// An operation whose outcome nobody waits for.
    Signal {
        /// Its name.
        operation: Arc<str>,
        /// Its input.
        input: Payload,
    },
    /// An operation whose outcome an orchestration waits for.
    Call {
        /// Its name.
        operation: Arc<str>,
        /// Its input.
        input: Payload,
        /// Who waits.
        caller: ActionLink,
        /// The action of the same execution that asked for the lock which it holds on this entity.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        section: Option<EventId>,
    },
    /// The wish to lock this entity, and then others.
    Lock(LockRequest),
    /// The end of a critical section, or of the wait for it.
    Unlock {
        /// The action that asked for the lock.
        section: ActionLink,
    },
}

/// A request for locks, handed from one entity to the next in the order of their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockRequest {
    /// The action that asked for them.
    pub section: ActionLink,
    /// The entities in the order of their ids, each once.
    pub entities: Vec<EntityId>,
    /// Which of them the request has come to, from 0.
    pub position: u32,
}

/// A message on its way to an entity.
#[derive(Clone, Debug, PartialEq)]
pub struct ToEntity {
    /// The receiver; it comes into being by its first message.
    pub entity: EntityId,
    /// What it is told.
    pub message: EntityMessage,
    /// The earliest moment at which it is told; at once for `None`.
    pub at: Option<Timestamp>,
}

/// What is stored of an entity between its turns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EntityState {
    /// Its state; `None` before the first change and after a deletion.
    pub value: Option<Payload>,
    /// Who has locked it.
    pub lock: Option<EntityLock>,
}

impl EntityState {
    /// About how many bytes of memory it holds.
    pub fn bytes(&self) -> usize {
        let lock = self.lock.as_ref().map_or(0, |lock| lock.section.instance.as_str().len());
        self.value.as_ref().map_or(0, |value| value.as_str().len()) + lock
    }
}

/// The lock on an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityLock {
    /// The action that asked for it; operations of others wait until it is released.
    pub section: ActionLink,
    /// Since when.
    pub since: Timestamp,
}
