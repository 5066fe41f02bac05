//! Entities, seen by clients: told, read, listed, cleaned up.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Client, EngineError, Within};
use crate::clock::Timestamp;
use crate::ids::{EntityId, InstanceKey};
use crate::model::{Entity, EntityMessage, Operation, Payload};
use crate::store::{Cleaned, EntityQuery, EntityRecord, Later, OrphanLock};

/// How many entities one step of cleaning looks at: few enough for the budget of a transaction.
const CLEANED_AT_A_TIME: u32 = 500;

/// The operation that every entity has.
const DELETE: &str = "delete";

impl Client {
    /// Tells the entity `key` to carry out `operation`, and waits for nothing: once this returns the operation will be
    /// carried out. What one caller tells one entity is carried out in this order.
    pub async fn signal_entity<S, I: Serialize, O>(
        &self,
        operation: Operation<S, I, O>,
        key: impl AsRef<str>,
        input: &I,
    ) -> Result<(), EngineError> {
        let (entity, input) = (operation.id(key)?, Payload::encode(input)?);
        self.send_operation(&entity, operation.name(), input, None).await
    }

    /// The same at `moment` or later, never earlier. It keeps no order with anything else.
    pub async fn signal_entity_at<S, I: Serialize, O>(
        &self,
        moment: Timestamp,
        operation: Operation<S, I, O>,
        key: impl AsRef<str>,
        input: &I,
    ) -> Result<(), EngineError> {
        let (entity, input) = (operation.id(key)?, Payload::encode(input)?);
        self.send_operation(&entity, operation.name(), input, Some(moment)).await
    }

    /// The same for callers who have names and no types. An operation that the entity does not have does nothing.
    pub async fn send_operation(
        &self,
        entity: &EntityId,
        operation: &str,
        input: Payload,
        moment: Option<Timestamp>,
    ) -> Result<(), EngineError> {
        let (entity, operation) = (entity.clone(), operation.to_owned());
        self.write("send_operation", move |within| {
            Box::pin(async move { within.send_operation(&entity, &operation, input, moment).await })
        })
        .await
    }

    /// Takes the state of `entity` away, by its operation `delete`.
    pub async fn delete_entity(&self, entity: &EntityId) -> Result<(), EngineError> {
        self.send_operation(entity, DELETE, Payload::null(), None).await
    }

    /// The state of the entity `key` after its last committed operation; `None` when it has none.
    pub async fn read_entity<S: DeserializeOwned>(
        &self,
        entity: Entity<S>,
        key: impl AsRef<str>,
    ) -> Result<Option<S>, EngineError> {
        state_of(self.store().find_entity(None, &entity.id(key)?).await?)
    }

    /// The entity of that id as it stands, from its first message until it is cleaned up.
    pub async fn find_entity(&self, entity: &EntityId) -> Result<Option<EntityRecord>, EngineError> {
        Ok(self.store().find_entity(None, entity).await?)
    }

    /// A page of entities, oldest first.
    pub async fn list_entities(&self, query: &EntityQuery) -> Result<Vec<EntityRecord>, EngineError> {
        Ok(self.store().list_entities(None, query).await?)
    }

    /// Removes all entities that have neither a state nor a lock nor messages, in many small transactions; gives their
    /// number. The next message to one of them makes it anew.
    pub async fn clean_entities(&self) -> Result<u64, EngineError> {
        let (mut removed, mut after) = (0, Some(InstanceKey(0)));
        while let Some(from) = after {
            let step =
                self.write("clean_entities", move |within| Box::pin(async move { within.clean_entities(from).await }));
            let cleaned: Cleaned = step.await?;
            removed += cleaned.removed;
            after = cleaned.next;
        }
        Ok(removed)
    }

    /// Locks of entities whose holders have ended and can release them no more. There are none, unless something went
    /// wrong; a node releases them when it starts.
    pub async fn find_orphan_locks(&self) -> Result<Vec<OrphanLock>, EngineError> {
        Ok(self.store().find_orphan_locks(None).await?)
    }

    /// Releases what [`Client::find_orphan_locks`] finds, and says what that was. It cannot hurt: an execution that has ended
    /// never comes back.
    pub async fn release_orphan_locks(&self) -> Result<Vec<OrphanLock>, EngineError> {
        if self.find_orphan_locks().await?.is_empty() {
            return Ok(Vec::new());
        }
        self.write("release_orphan_locks", |within| Box::pin(async move { within.release_orphan_locks().await })).await
    }
}

impl Within<'_> {
    /// Tells an entity to carry out an operation; see [`Client::signal_entity`].
    pub async fn signal_entity<S, I: Serialize, O>(
        self,
        operation: Operation<S, I, O>,
        key: impl AsRef<str>,
        input: &I,
    ) -> Result<(), EngineError> {
        let (entity, input) = (operation.id(key)?, Payload::encode(input)?);
        self.send_operation(&entity, operation.name(), input, None).await
    }

    /// Tells an entity to carry out an operation later; see [`Client::signal_entity_at`].
    pub async fn signal_entity_at<S, I: Serialize, O>(
        self,
        moment: Timestamp,
        operation: Operation<S, I, O>,
        key: impl AsRef<str>,
        input: &I,
    ) -> Result<(), EngineError> {
        let (entity, input) = (operation.id(key)?, Payload::encode(input)?);
        self.send_operation(&entity, operation.name(), input, Some(moment)).await
    }

    /// Tells an entity to carry out an operation; see [`Client::send_operation`].
    pub async fn send_operation(
        self,
        entity: &EntityId,
        operation: &str,
        input: Payload,
        moment: Option<Timestamp>,
    ) -> Result<(), EngineError> {
        let message = EntityMessage::Signal { operation: operation.into(), input };
        self.tell(entity, &message, moment).await
    }

    /// Takes the state of an entity away; see [`Client::delete_entity`].
    pub async fn delete_entity(self, entity: &EntityId) -> Result<(), EngineError> {
        self.send_operation(entity, DELETE, Payload::null(), None).await
    }

    /// Looks at some hundred entities after `after` (0 for the first) and removes the empty ones; see [`Client::clean_entities`].
    pub async fn clean_entities(self, after: InstanceKey) -> Result<Cleaned, EngineError> {
        Ok(self.client.store().clean_entities(self.tx, after, CLEANED_AT_A_TIME).await?)
    }

    /// The state of an entity; see [`Client::read_entity`]. An operation that was sent in this transaction is carried out
    /// after it.
    pub async fn read_entity<S: DeserializeOwned>(
        self,
        entity: Entity<S>,
        key: impl AsRef<str>,
    ) -> Result<Option<S>, EngineError> {
        state_of(self.find_entity(&entity.id(key)?).await?)
    }

    /// The entity of that id; see [`Client::find_entity`].
    pub async fn find_entity(self, entity: &EntityId) -> Result<Option<EntityRecord>, EngineError> {
        Ok(self.client.store().find_entity(Some(self.tx), entity).await?)
    }

    /// A page of entities; see [`Client::list_entities`].
    pub async fn list_entities(self, query: &EntityQuery) -> Result<Vec<EntityRecord>, EngineError> {
        Ok(self.client.store().list_entities(Some(self.tx), query).await?)
    }

    /// Locks of entities whose holders have ended; see [`Client::find_orphan_locks`].
    pub async fn find_orphan_locks(self) -> Result<Vec<OrphanLock>, EngineError> {
        Ok(self.client.store().find_orphan_locks(Some(self.tx)).await?)
    }

    /// Releases what [`Within::find_orphan_locks`] finds; see [`Client::release_orphan_locks`].
    pub async fn release_orphan_locks(self) -> Result<Vec<OrphanLock>, EngineError> {
        let orphans = self.find_orphan_locks().await?;
        for orphan in &orphans {
            let message = EntityMessage::Unlock { section: orphan.section.clone() };
            self.tell(&orphan.entity, &message, None).await?;
        }
        Ok(orphans)
    }

    async fn tell(
        self,
        entity: &EntityId,
        message: &EntityMessage,
        moment: Option<Timestamp>,
    ) -> Result<(), EngineError> {
        let clock = self.client.clock();
        let later = moment.map(|at| Later { at, id: clock.new_id() });
        let store = self.client.store();
        Ok(store.tell_entity(self.tx, entity, message, later, clock.new_id(), clock.now()).await?)
    }
}

fn state_of<S: DeserializeOwned>(record: Option<EntityRecord>) -> Result<Option<S>, EngineError> {
    let state = record.and_then(|record| record.state);
    Ok(state.map(|state| state.decode()).transpose()?)
}
