//! Calls of activities.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use serde::de::DeserializeOwned;

use super::answer::Awaited;
use super::retrying::{Attempt, Retrying};
use crate::ids::EventId;
use crate::model::{EventKind, Failure, Payload, RetryPolicy, TaskScheduled};
use crate::replay::open::Waits;
use crate::replay::state::Shared;

/// A call of an activity, scheduled when it is first polled. Made by the context.
#[must_use = "futures do nothing unless they are awaited"]
pub struct ActivityCall<O> {
    retrying: Retrying<TaskAttempt>,
    output: PhantomData<fn() -> O>,
}

struct TaskAttempt {
    name: &'static str,
    input: Result<Payload, Failure>,
    first: Option<EventId>,
    cancels: bool,
}

impl<O> ActivityCall<O> {
    pub(in crate::replay) fn new(shared: Shared, name: &'static str, input: Result<Payload, Failure>) -> Self {
        let attempt = TaskAttempt { name, input, first: None, cancels: false };
        Self { retrying: Retrying::new(shared, attempt), output: PhantomData }
    }

    /// Tries again after failures, as `policy` says; the pauses are durable timers.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retrying.policy = Some(policy);
        self
    }

    /// Dropping the future cancels the activity instead of forgetting its result.
    pub fn cancel_on_drop(mut self) -> Self {
        self.retrying.attempt.cancels = true;
        self
    }
}

impl Attempt for TaskAttempt {
    fn schedule(&mut self, shared: &Shared, attempt: u32) -> Result<Awaited, Failure> {
        let (name, input, first) = (self.name.into(), self.input.clone()?, self.first);
        let id = shared.lock().schedule(|event_id| {
            let first_event_id = first.unwrap_or(event_id);
            EventKind::TaskScheduled(TaskScheduled { event_id, name, input, attempt, first_event_id })
        });
        self.first.get_or_insert(id);
        Ok(Awaited::new(shared.clone(), id, Waits::Task, self.cancels))
    }
}

impl<O: DeserializeOwned> Future for ActivityCall<O> {
    type Output = Result<O, Failure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.retrying.poll(context).map(|answer| answer?.decode())
    }
}
