//! Waiting for instances, without polling: each waiter is woken by the changes of its own instance only.

use std::time::Duration;

use futures::future::{select_all, try_join_all};

use super::{Client, EngineError};
use crate::clock::Timestamp;
use crate::ids::{ExecutionId, InstanceId};
use crate::model::{Payload, RuntimeStatus};
use crate::store::{InstanceRecord, StoreError};

/// What a client has seen of an instance, to wait for something else. `Seen::default()` is nothing, from which everything
/// differs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen(Option<(ExecutionId, RuntimeStatus, Option<Payload>)>);

impl InstanceRecord {
    /// What this record shows of an instance: its execution, its state and its custom status.
    pub fn seen(&self) -> Seen {
        Seen(Some((self.execution, self.status, self.custom_status.clone())))
    }
}

impl Client {
    /// Waits until the instance has ended, at most `timeout`. [`EngineError::TimedOut`] says that it goes on,
    /// [`StoreError::NotFound`] that there is none, or none any more.
    pub async fn wait_for_completion(&self, id: &InstanceId, timeout: Duration) -> Result<InstanceRecord, EngineError> {
        self.until(id, self.clock().now() + timeout, Awaited::End).await
    }

    /// Waits until the instance shows another state, another custom status or another execution than `seen` does, at most
    /// `timeout`; errors as of [`Client::wait_for_completion`]. What changed and changed back before the look is missed.
    pub async fn wait_for_change(
        &self,
        id: &InstanceId,
        seen: &Seen,
        timeout: Duration,
    ) -> Result<InstanceRecord, EngineError> {
        self.until(id, self.clock().now() + timeout, Awaited::OtherThan(seen)).await
    }

    /// Waits until all of these instances have ended, at most `timeout`; errors as of [`Client::wait_for_completion`]. The
    /// records are in the order of the ids.
    pub async fn wait_for_all(
        &self,
        ids: &[InstanceId],
        timeout: Duration,
    ) -> Result<Vec<InstanceRecord>, EngineError> {
        let deadline = self.clock().now() + timeout;
        try_join_all(ids.iter().map(|id| self.until(id, deadline, Awaited::End))).await
    }

    /// Waits until one of these instances has ended, at most `timeout`; errors as of [`Client::wait_for_completion`]. Of
    /// several it gives the first one; without any it waits for the time.
    pub async fn wait_for_any(&self, ids: &[InstanceId], timeout: Duration) -> Result<InstanceRecord, EngineError> {
        let deadline = self.clock().now() + timeout;
        let ends: Vec<_> = ids.iter().map(|id| Box::pin(self.until(id, deadline, Awaited::End))).collect();
        if ends.is_empty() {
            self.clock().sleep_until(deadline).await;
            return Err(EngineError::TimedOut);
        }
        select_all(ends).await.0
    }

    /// Looks at least once, however early the deadline, and a last time when it has come: what nobody was told of has
    /// happened all the same.
    async fn until(
        &self,
        id: &InstanceId,
        deadline: Timestamp,
        awaited: Awaited<'_>,
    ) -> Result<InstanceRecord, EngineError> {
        let watch = self.wake().watch(id);
        let mut expired = self.clock().sleep_until(deadline);
        let mut is_over = false;
        loop {
            // Asked for before the look, so that a change between the two is not missed.
            let changed = match awaited {
                Awaited::End => watch.end(),
                Awaited::OtherThan(_) => watch.next(),
            };
            let record = self.store().find(None, id).await?.ok_or_else(|| StoreError::NotFound(id.clone()))?;
            if awaited.is_in(&record) {
                return Ok(record);
            }
            if is_over {
                return Err(EngineError::TimedOut);
            }
            tokio::select! {
                () = changed => {}
                () = &mut expired => is_over = true,
            }
        }
    }
}

/// What a client waits for.
#[derive(Clone, Copy)]
enum Awaited<'s> {
    End,
    OtherThan(&'s Seen),
}

impl Awaited<'_> {
    fn is_in(self, record: &InstanceRecord) -> bool {
        match self {
            Self::End => record.status.is_finished(),
            Self::OtherThan(seen) => record.seen() != *seen,
        }
    }
}
