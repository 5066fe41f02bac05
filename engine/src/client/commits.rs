//! The calls that are commits of their own: they share a transaction with whatever else waits for the writer.

use std::future::Future;

use super::start::IfExists;
use super::{Client, EngineError};
use crate::ids::InstanceId;
use crate::model::{ExecutionStarted, Message};
use crate::store::StoreError;

impl Client {
    /// Starts the instance that `started` describes.
    pub(super) async fn begin(&self, started: ExecutionStarted, if_exists: IfExists) -> Result<(), EngineError> {
        let (client, start) = (self.clone(), started.clone());
        let begun = self.commit("start", async move {
            let begun = client.store().start(&start, client.wake().node(), client.clock().now()).await?;
            match (begun.begun, begun.due) {
                (Some(begun), _) => client.wake().start(begun),
                (None, Some(moment)) => client.wake().timer(moment),
                (None, None) => client.wake().instances([begun.key]),
            }
            client.wake().progress(&start.instance);
            Ok(())
        });
        match (begun.await, if_exists) {
            (Err(EngineError::Store(StoreError::Exists(_))), IfExists::UseExisting) => Ok(()),
            (
                Err(EngineError::Store(StoreError::Exists(_))),
                IfExists::ReplaceFinished | IfExists::TerminateAndReplace,
            ) => {
                self.write("start", move |within| Box::pin(async move { within.begin(&started, if_exists).await }))
                    .await
            }
            (begun, _) => begun,
        }
    }

    /// Puts a message into the inbox of `id`.
    pub(super) async fn tell(
        &self,
        caller: &'static str,
        id: &InstanceId,
        message: Message,
    ) -> Result<(), EngineError> {
        let (client, id) = (self.clone(), id.clone());
        let telling = async move {
            let key = client.store().tell(&id, &message, client.clock().now()).await?;
            client.wake().instances([key]);
            client.wake().progress(&id);
            Ok(())
        };
        self.commit(caller, telling).await
    }

    /// Runs `work`, a commit and what it wakes, in a task of its own, so that a caller who goes away cannot stop it half-way.
    async fn commit(
        &self,
        caller: &'static str,
        work: impl Future<Output = Result<(), StoreError>> + Send + 'static,
    ) -> Result<(), EngineError> {
        crate::store::sql::refuse_nested_writer(caller)?;
        let wake = self.wake().clone();
        let running = tokio::spawn(async move {
            let done = work.await;
            if let Err(StoreError::Unknown(_)) = &done {
                wake.doubt();
            }
            done
        });
        Ok(running.await.map_err(|_| EngineError::CutOff { caller })??)
    }
}
