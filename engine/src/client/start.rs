//! Starting an instance.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use serde::Serialize;

use super::{Client, EngineError};
use crate::ids::{ExecutionId, InstanceId};
use crate::model::{ExecutionStarted, Failure, Orchestration, Payload, Traceparent};
use crate::observe::current_trace;
use crate::store::Transaction;

/// A start being put together; awaiting it starts the instance and gives its id once that is durable (or, inside a
/// transaction, written).
pub struct Start<'c> {
    client: &'c Client,
    tx: Option<&'c Transaction>,
    name: &'static str,
    version: &'static str,
    input: Result<Payload, Failure>,
    id: Option<InstanceId>,
    traceparent: Option<Traceparent>,
}

impl<'c> Start<'c> {
    pub(super) fn new<I: Serialize, O>(
        client: &'c Client,
        tx: Option<&'c Transaction>,
        orchestration: Orchestration<I, O>,
        input: &I,
    ) -> Self {
        let (name, version) = (orchestration.name(), orchestration.version_name());
        Self { client, tx, name, version, input: Payload::encode(input), id: None, traceparent: None }
    }

    /// The instance's id. A taken one is an error, so that a repeated start starts nothing twice. Without this the id is new.
    #[must_use]
    pub fn id(mut self, id: InstanceId) -> Self {
        self.id = Some(id);
        self
    }

    /// The span that the instance's turns continue. Without this it is the one of [`within_trace`](crate::observe::within_trace)
    /// around the call, if there is one.
    #[must_use]
    pub fn traceparent(mut self, traceparent: Traceparent) -> Self {
        self.traceparent = Some(traceparent);
        self
    }

    async fn run(self) -> Result<InstanceId, EngineError> {
        let clock = self.client.clock();
        let execution = clock.new_id();
        let instance = self.id.unwrap_or_else(|| InstanceId::from_uuid(clock.new_id()));
        let started = ExecutionStarted {
            instance: instance.clone(),
            execution: ExecutionId(execution),
            name: self.name.into(),
            version: self.version.into(),
            input: self.input?,
            parent: None,
            seed: execution,
            traceparent: self.traceparent.or_else(current_trace),
        };
        match self.tx {
            Some(tx) => {
                self.client.store().create(tx, &started, clock.now()).await?;
            }
            None => {
                let client = self.client.clone();
                self.client
                    .transaction("start", move |tx| {
                        Box::pin(async move {
                            client.store().create(tx, &started, client.clock().now()).await?;
                            Ok::<_, EngineError>(())
                        })
                    })
                    .await?;
            }
        }
        Ok(instance)
    }
}

impl<'c> IntoFuture for Start<'c> {
    type Output = Result<InstanceId, EngineError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'c>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
