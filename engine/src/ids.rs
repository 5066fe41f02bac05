//! The identities that cross the engine's modules, each a type of its own.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The longest text an [`InstanceId`] may have, in characters.
pub const MAX_INSTANCE_ID_CHARS: usize = 256;

/// The name by which the world knows an instance, unique in a store.
///
/// At most 256 characters, not empty, without a leading `@` (that marks entities) and without
/// `/`, `\`, `#`, `?` or control characters, as Durable Functions asks of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InstanceId(Arc<str>);

/// Why a text is no [`InstanceId`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no instance id: {reason}")]
pub struct InvalidInstanceId {
    text: String,
    reason: &'static str,
}

impl InstanceId {
    /// Checks `text` against the rules of the type.
    pub fn parse(text: &str) -> Result<Self, InvalidInstanceId> {
        let reason = if text.is_empty() {
            "it is empty"
        } else if text.chars().count() > MAX_INSTANCE_ID_CHARS {
            "it is longer than 256 characters"
        } else if text.starts_with('@') {
            "a leading @ is reserved for entities"
        } else if has_reserved_chars(text) {
            RESERVED_CHARS
        } else {
            return Ok(Self(text.into()));
        };
        Err(InvalidInstanceId { text: text.to_owned(), reason })
    }

    /// The id that stands for `uuid`: 32 hexadecimal digits.
    pub fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid.simple().to_string().into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id under which a store keeps `entity`. Nobody outside of the crate can make one, so no call for orchestrations
    /// reaches an entity.
    pub(crate) fn of_entity(entity: &EntityId) -> Self {
        Self(Arc::clone(&entity.text))
    }

    /// An id as a store gives it back: also one of an entity.
    pub(crate) fn stored(text: &str) -> Result<Self, InvalidInstanceId> {
        match EntityId::parse(text) {
            Ok(entity) => Ok(Self::of_entity(&entity)),
            Err(_) => Self::parse(text),
        }
    }

    /// The entity whose id this is.
    pub(crate) fn as_entity(&self) -> Option<EntityId> {
        EntityId::parse(&self.0).ok()
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for InstanceId {
    type Error = InvalidInstanceId;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl TryFrom<&str> for InstanceId {
    type Error = InvalidInstanceId;
    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::parse(text)
    }
}

impl From<InstanceId> for String {
    fn from(id: InstanceId) -> Self {
        id.0.as_ref().to_owned()
    }
}

/// The name by which the world knows an entity: `@name@key`, where the name says what kind of entity it is and the key
/// which one.
///
/// Names are lower-cased, keys are kept. A name is not empty and holds no `@`; a key may be empty and may hold one. As a
/// whole the id keeps the other rules of an [`InstanceId`]. Ids are ordered by name and key; locks are taken in this order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntityId {
    text: Arc<str>,
    /// Where the name ends, in bytes.
    name_end: usize,
}

/// Why a text is no [`EntityId`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no entity id: {reason}")]
pub struct InvalidEntityId {
    text: String,
    reason: &'static str,
}

impl EntityId {
    /// The entity `key` of those named `name`.
    pub fn new(name: &str, key: &str) -> Result<Self, InvalidEntityId> {
        let name = name.to_lowercase();
        let text = format!("@{name}@{key}");
        let reason = if name.is_empty() {
            "the name is empty"
        } else if name.contains('@') {
            "the name holds an @"
        } else if text.chars().count() > MAX_INSTANCE_ID_CHARS {
            "it is longer than 256 characters"
        } else if has_reserved_chars(&text) {
            RESERVED_CHARS
        } else {
            return Ok(Self { name_end: 1 + name.len(), text: text.into() });
        };
        Err(InvalidEntityId { text, reason })
    }

    /// Reads `@name@key`.
    pub fn parse(text: &str) -> Result<Self, InvalidEntityId> {
        match text.strip_prefix('@').and_then(|rest| rest.split_once('@')) {
            Some((name, key)) => Self::new(name, key),
            None => Err(InvalidEntityId { text: text.to_owned(), reason: "it is not of the form @name@key" }),
        }
    }

    /// What kind of entity it is, in lower case.
    pub fn name(&self) -> &str {
        &self.text[1..self.name_end]
    }

    /// Which one of its kind it is.
    pub fn key(&self) -> &str {
        &self.text[self.name_end + 1..]
    }

    /// The id as text: `@name@key`.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for EntityId {
    type Error = InvalidEntityId;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<EntityId> for String {
    fn from(id: EntityId) -> Self {
        id.text.as_ref().to_owned()
    }
}

const RESERVED_CHARS: &str = "it holds one of / \\ # ? or a control character";

fn has_reserved_chars(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '/' | '\\' | '#' | '?') || c.is_control())
}

/// The longest text a [`ScheduleId`] may have, in characters: with a moment it must be an [`InstanceId`].
pub const MAX_SCHEDULE_ID_CHARS: usize = 200;

/// The name of a schedule, unique in a store: like an [`InstanceId`], but of at most 200 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ScheduleId(Arc<str>);

impl ScheduleId {
    /// Checks `text` against the rules of the type.
    pub fn parse(text: &str) -> Result<Self, InvalidInstanceId> {
        let id = InstanceId::parse(text)?;
        if text.chars().count() > MAX_SCHEDULE_ID_CHARS {
            return Err(InvalidInstanceId { text: text.to_owned(), reason: "it is longer than 200 characters" });
        }
        Ok(Self(id.0))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ScheduleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ScheduleId {
    type Error = InvalidInstanceId;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl TryFrom<&str> for ScheduleId {
    type Error = InvalidInstanceId;
    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::parse(text)
    }
}

impl From<ScheduleId> for String {
    fn from(id: ScheduleId) -> Self {
        id.0.as_ref().to_owned()
    }
}

/// Declares a newtype that prints and serialises as what it wraps.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// The integer key under which a store keeps an instance; it leads every hot table.
    InstanceKey(i64)
}
id! {
    /// One generation of an instance, unique for ever (UUIDv7). Continue-as-new and restart begin the next.
    ExecutionId(Uuid)
}
id! {
    /// A process that runs turns; new for each start of the process (UUIDv7).
    NodeId(Uuid)
}
id! {
    /// The number of an action within its execution, as in the Durable Task framework: dense from 0 in the order of scheduling.
    EventId(u32)
}
id! {
    /// The place of an event in its execution's history: dense from 0.
    Sequence(u32)
}
id! {
    /// A row of the tasks table.
    TaskId(i64)
}
id! {
    /// A row of the inbox: increasing in the order in which messages were committed.
    MessageId(i64)
}
