//! From typed functions to code that takes and gives stored values.

use std::future::Future;
use std::marker::PhantomData;

use futures::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::activity::{ActivityCode, ActivityContext};
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

fn encoded<O: Serialize>(
    running: impl Future<Output = Result<O, Failure>> + Send + 'static,
) -> BoxFuture<'static, Result<Payload, Failure>> {
    Box::pin(async move { Payload::encode(&running.await?) })
}
