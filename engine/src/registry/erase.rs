//! From typed functions to code that takes and gives stored values.

use std::future::Future;
use std::marker::PhantomData;

use futures::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::activity::{ActivityCode, ActivityContext};
use crate::entity::{EntityContext, OperationCode, OperationDone, OperationError, OperationRun};
use crate::model::{Failure, Payload};
use crate::replay::{Code, OrchestrationContext, Run};

/// A typed function behind an erased trait.
pub(super) struct Erased<F, I, O> {
    function: F,
    types: PhantomData<fn(I) -> O>,
}

impl<F, I, O> Erased<F, I, O> {
    pub(super) fn new(function: F) -> Self {
        Self { function, types: PhantomData }
    }
}

impl<F, Fut, I, O> Code for Erased<F, I, O>
where
    F: Fn(OrchestrationContext, I) -> Fut + Send + Sync,
    Fut: Future<Output = Result<O, Failure>> + Send + 'static,
    I: DeserializeOwned,
    O: Serialize,
{
    fn begin(&self, context: OrchestrationContext, input: Payload) -> Run {
        match input.decode() {
            Ok(input) => encoded((self.function)(context, input)),
            Err(failure) => Box::pin(std::future::ready(Err(failure))),
        }
    }
}

impl<F, Fut, I, O> ActivityCode for Erased<F, I, O>
where
    F: Fn(ActivityContext, I) -> Fut + Send + Sync,
    Fut: Future<Output = Result<O, Failure>> + Send + 'static,
    I: DeserializeOwned,
    O: Serialize,
{
    fn run(&self, context: ActivityContext, input: Payload) -> BoxFuture<'static, Result<Payload, Failure>> {
        match input.decode() {
            Ok(input) => encoded((self.function)(context, input)),
            Err(failure) => Box::pin(std::future::ready(Err(failure))),
        }
    }
}

/// A typed function on the state `S` behind an erased trait.
pub(super) struct ErasedOperation<F, S, I, O> {
    function: F,
    types: PhantomData<fn(S, I) -> O>,
}

impl<F, S, I, O> ErasedOperation<F, S, I, O> {
    pub(super) fn new(function: F) -> Self {
        Self { function, types: PhantomData }
    }
}

impl<F, Fut, S, I, O> OperationCode for ErasedOperation<F, S, I, O>
where
    F: Fn(EntityContext<S>, I) -> Fut + Send + Sync,
    Fut: Future<Output = Result<O, Failure>> + Send + 'static,
    S: Serialize + DeserializeOwned + Send + 'static,
    I: DeserializeOwned,
    O: Serialize,
{
    fn run(&self, run: OperationRun) -> BoxFuture<'static, Result<OperationDone, OperationError>> {
        let input = run.input.decode().map_err(OperationError::Failed);
        let begun = EntityContext::new(run).and_then(|context| {
            let running = encoded((self.function)(context.clone(), input?));
            Ok((context, running))
        });
        Box::pin(async move {
            let (context, running) = begun?;
            let output = running.await.map_err(OperationError::Failed)?;
            context.finish(output).map_err(OperationError::Failed)
        })
    }
}

fn encoded<O: Serialize>(
    running: impl Future<Output = Result<O, Failure>> + Send + 'static,
) -> BoxFuture<'static, Result<Payload, Failure>> {
    Box::pin(async move { Payload::encode(&running.await?) })
}
