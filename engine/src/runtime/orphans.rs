//! The step that releases locks which nobody can release any more.

use super::node::Node;
use crate::model::EntityMessage;
use crate::observe::names::field;
use crate::store::StoreError;

impl Node {
    /// Releases the locks of entities whose holders have ended. An execution that ends releases its locks in the same commit,
    /// so there are none, unless rows were changed or lost by other hands.
    pub async fn release_orphan_locks(&self) -> Result<(), StoreError> {
        let orphans = self.store.find_orphan_locks(None).await?;
        if orphans.is_empty() {
            return Ok(());
        }
        let tx = self.store.begin("release_orphan_locks").await?;
        for orphan in &orphans {
            let (entity, holder) = (&orphan.entity, &orphan.section.instance);
            tracing::warn!({ field::ENTITY_ID } = %entity, { field::INSTANCE_ID } = %holder, "a lock outlived its holder and is released");
            let message = EntityMessage::Unlock { section: orphan.section.clone() };
            self.store.tell_entity(&tx, &orphan.entity, &message, None, self.clock.new_id(), self.clock.now()).await?;
        }
        self.wake.instances(self.store.commit_transaction(tx).await?);
        Ok(())
    }
}
