//! Trying again what is blocked.

use super::{Client, EngineError};
use crate::ids::{EntityId, InstanceId};

impl Client {
    /// Clears what blocks an instance ([`crate::InstanceRecord::blocked`]) and tries again now: a turn that disagreed with its
    /// history or whose code was unknown, and what was set aside as poison, which runs alone and is set aside again should it
    /// kill its node a few times more. [`crate::StoreError::NotBlocked`] when nothing blocks it.
    pub async fn redrive(&self, id: &InstanceId) -> Result<(), EngineError> {
        let id = id.clone();
        self.write("redrive", move |within| Box::pin(async move { within.redrive(&id).await })).await
    }

    /// The same for an entity whose operations are blocked.
    pub async fn redrive_entity(&self, entity: &EntityId) -> Result<(), EngineError> {
        let entity = entity.clone();
        self.write("redrive_entity", move |within| Box::pin(async move { within.redrive_entity(&entity).await })).await
    }
}
