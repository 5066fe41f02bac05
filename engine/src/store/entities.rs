//! What stores and clients say about entities.

use crate::clock::Timestamp;
use crate::ids::{EntityId, InstanceKey};
use crate::model::{ActionLink, Blocked, EntityLock, EntityState, Payload};

/// What a turn changes in what is stored of an entity.
#[derive(Clone, Debug)]
pub struct EntityChange {
    /// What is stored from now on.
    pub state: EntityState,
    /// Whether its value is another one than before, so that it has to be written.
    pub changed: bool,
}

/// An entity as clients see it.
#[derive(Clone, Debug)]
pub struct EntityRecord {
    /// Its key in the store, by which lists are ordered.
    pub key: InstanceKey,
    /// Its id.
    pub id: EntityId,
    /// Its state; `None` before the first change and after a deletion.
    pub state: Option<Payload>,
    /// Who has locked it.
    pub lock: Option<EntityLock>,
    /// What stops it, if anything.
    pub blocked: Option<Blocked>,
    /// When it got its first message.
    pub created_at: Timestamp,
    /// When it read messages last.
    pub updated_at: Timestamp,
}

/// Which entities a caller wants to see. The order is by key, oldest first, which never changes, so that paging neither skips
/// nor repeats an entity.
#[derive(Clone, Debug, Default)]
pub struct EntityQuery {
    /// Only these, of which there may be a thousand. They are found by their ids, however many others there are.
    pub ids: Option<Vec<EntityId>>,
    /// Only entities of this name, in any case.
    pub name: Option<String>,
    /// Only entities whose keys begin with this; counts together with a name.
    pub key_prefix: Option<String>,
    /// Also those that have no state: not changed yet, or deleted.
    pub include_empty: bool,
    /// Only those that read messages at this moment or later.
    pub updated_from: Option<Timestamp>,
    /// Only those that read their last messages at this moment or before.
    pub updated_to: Option<Timestamp>,
    /// Only entities after this one: the last key of the page before.
    pub after: Option<InstanceKey>,
    /// At most so many; the store's limit is 1,000.
    pub limit: u32,
}

/// What a step of cleaning leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// How many entities are gone.
    pub removed: u64,
    /// Where to go on; `None` at the end.
    pub next: Option<InstanceKey>,
}

/// A lock whose holder has ended and can release it no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrphanLock {
    /// The locked entity.
    pub entity: EntityId,
    /// The action that asked for the lock.
    pub section: ActionLink,
    /// Since when it is held.
    pub since: Timestamp,
}
