//! Sub-orchestrations.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use serde::de::DeserializeOwned;

use super::answer::Awaited;
use super::retrying::{Attempt, Retrying};
use crate::ids::InstanceId;
use crate::model::{ChildCreated, EventKind, Failure, Payload, RetryPolicy};
use crate::replay::state::{Shared, Waits};

/// The start of a child and the wait for its result, scheduled when it is first polled. Made by the context.
#[must_use = "futures do nothing unless they are awaited"]
pub struct ChildCall<O> {
    retrying: Retrying<ChildAttempt>,
    output: PhantomData<fn() -> O>,
}

struct ChildAttempt {
    name: &'static str,
    version: &'static str,
    input: Result<Payload, Failure>,
    id: Option<InstanceId>,
}

impl<O> ChildCall<O> {
    pub(in crate::replay) fn new(
        shared: Shared,
        name: &'static str,
        version: &'static str,
        input: Result<Payload, Failure>,
    ) -> Self {
        let attempt = ChildAttempt { name, version, input, id: None };
        Self { retrying: Retrying::new(shared, attempt), output: PhantomData }
    }

    /// The child's id. Without this it derives from the parent's execution, another one for each try. A taken id is a failure
    /// of kind `InstanceExists`, which is not tried again.
    pub fn id(mut self, id: InstanceId) -> Self {
        self.retrying.attempt.id = Some(id);
        self
    }

    /// Tries again after failures, as `policy` says; the pauses are durable timers.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retrying.policy = Some(policy.never_for(Failure::INSTANCE_EXISTS));
        self
    }
}

impl Attempt for ChildAttempt {
    fn schedule(&mut self, shared: &Shared, _attempt: u32) -> Result<Awaited, Failure> {
        let (name, version, input) = (self.name.into(), self.version.into(), self.input.clone()?);
        let mut state = shared.lock();
        let instance = self.id.clone().unwrap_or_else(|| InstanceId::from_uuid(state.derive("child")));
        let id = state.schedule(|event_id| {
            EventKind::SubOrchestrationInstanceCreated(ChildCreated { event_id, instance, name, version, input })
        });
        drop(state);
        Ok(Awaited::new(shared.clone(), id, Waits::Child, false))
    }
}

impl<O: DeserializeOwned> Future for ChildCall<O> {
    type Output = Result<O, Failure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.retrying.poll(context).map(|answer| answer?.decode())
    }
}
