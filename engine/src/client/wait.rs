//! Waiting for an instance, without polling.

use std::time::Duration;

use super::{Client, EngineError};
use crate::ids::InstanceId;
use crate::store::{InstanceRecord, StoreError};

impl Client {
    /// Waits until the instance has ended, at most `timeout`. [`EngineError::TimedOut`] says that it goes on.
    pub async fn wait_for_completion(&self, id: &InstanceId, timeout: Duration) -> Result<InstanceRecord, EngineError> {
        let deadline = self.clock().now() + timeout;
        let expired = self.clock().sleep_until(deadline);
        tokio::pin!(expired);
        loop {
            // Asked for before the look, so that a change between the two is not missed.
            let changed = self.wake().changed();
            let record = self.store().find(id).await?.ok_or_else(|| StoreError::NotFound(id.clone()))?;
            if record.status.is_finished() {
                return Ok(record);
            }
            tokio::select! {
                () = changed => {}
                () = &mut expired => return Err(EngineError::TimedOut),
            }
        }
    }
}
