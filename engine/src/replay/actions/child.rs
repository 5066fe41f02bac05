//! Sub-orchestrations.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use serde::de::DeserializeOwned;

use super::answer::Awaited;
use super::retrying::{Attempt, Retrying};
use crate::ids::{EventId, InstanceId};
use crate::model::{ChildCreated, EventKind, Failure, Payload, RetryPolicy};
use crate::replay::state::Shared;

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
    first: Option<EventId>,
    cancels: bool,
}

impl<O> ChildCall<O> {
    pub(in crate::replay) fn new(
        shared: Shared,
        name: &'static str,
        version: &'static str,
        input: Result<Payload, Failure>,
    ) -> Self {
        let attempt = ChildAttempt { name, version, input, id: None, first: None, cancels: false };
        Self { retrying: Retrying::new(shared, attempt), output: PhantomData }
    }

    /// The child's id. Without this it derives from the parent's execution, another one for each try. A further try begins
    /// the child anew under the same id; an id that anything else has is a failure of kind `InstanceExists`, which is not
    /// tried again.
    pub fn id(mut self, id: InstanceId) -> Self {
        self.retrying.attempt.id = Some(id);
        self
    }

    /// Tries again after failures, as `policy` says; the pauses are durable timers.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retrying.policy = Some(policy.never_for(Failure::INSTANCE_EXISTS));
        self
    }

    /// Dropping the future terminates the child and its own children, instead of forgetting its result.
    pub fn cancel_on_drop(mut self) -> Self {
        self.retrying.attempt.cancels = true;
        self
    }
}

impl Attempt for ChildAttempt {
    fn schedule(&mut self, shared: &Shared, _attempt: u32, _before: Option<&Failure>) -> Result<Awaited, Failure> {
        let (name, version, input) = (self.name.into(), self.version.into(), self.input.clone()?);
        let first_event_id = self.first;
        let mut state = shared.lock();
        state.sections.refuse("a sub-orchestration")?;
        let instance = self.id.clone().unwrap_or_else(|| InstanceId::from_uuid(state.derive("child")));
        let child = instance.clone();
        let id = state.schedule(|event_id| {
            let detached = false;
            EventKind::SubOrchestrationInstanceCreated(ChildCreated {
                event_id,
                instance,
                name,
                version,
                input,
                detached,
                first_event_id,
            })
        });
        drop(state);
        self.first.get_or_insert(id);
        Ok(Awaited::of_child(shared.clone(), id, child, self.cancels))
    }

    fn what(&self) -> String {
        format!("the child {}", self.name)
    }
}

impl<O: DeserializeOwned> Future for ChildCall<O> {
    type Output = Result<O, Failure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.retrying.poll(context).map(|answer| answer?.decode())
    }
}

/// The start of an orchestration that nobody waits for, scheduled when it is first polled; it completes at once with the
/// instance's id. Made by the context.
#[must_use = "futures do nothing unless they are awaited"]
pub struct DetachedStart {
    shared: Shared,
    name: &'static str,
    version: &'static str,
    input: Result<Payload, Failure>,
    id: Option<InstanceId>,
}

impl DetachedStart {
    pub(in crate::replay) fn new(
        shared: Shared,
        name: &'static str,
        version: &'static str,
        input: Result<Payload, Failure>,
    ) -> Self {
        Self { shared, name, version, input, id: None }
    }

    /// The instance's id. When it is taken nothing is started, so that a start may be repeated. Without this it derives from
    /// the execution.
    pub fn id(mut self, id: InstanceId) -> Self {
        self.id = Some(id);
        self
    }
}

impl Future for DetachedStart {
    type Output = Result<InstanceId, Failure>;

    fn poll(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Self::Output> {
        let input = self.input.clone()?;
        let (name, version) = (self.name.into(), self.version.into());
        let mut state = self.shared.lock();
        let instance = self.id.clone().unwrap_or_else(|| InstanceId::from_uuid(state.derive("detached")));
        let started = instance.clone();
        state.schedule(|event_id| {
            let detached = true;
            EventKind::SubOrchestrationInstanceCreated(ChildCreated {
                event_id,
                instance,
                name,
                version,
                input,
                detached,
                first_event_id: None,
            })
        });
        Poll::Ready(Ok(started))
    }
}
