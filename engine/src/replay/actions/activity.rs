//! Calls of activities.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::answer::Awaited;
use super::retrying::{Attempt, Retrying};
use crate::ids::EventId;
use crate::model::{EventKind, Failure, Payload, RetryPolicy, TaskScheduled, TaskTimeouts};
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
    timeouts: TaskTimeouts,
}

impl<O> ActivityCall<O> {
    pub(in crate::replay) fn new(shared: Shared, name: &'static str, input: Result<Payload, Failure>) -> Self {
        let attempt = TaskAttempt { name, input, first: None, cancels: false, timeouts: TaskTimeouts::default() };
        Self { retrying: Retrying::new(shared, attempt), output: PhantomData }
    }

    /// Tries again after failures, as `policy` says; the pauses are durable timers.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retrying.policy = Some(policy);
        self
    }

    /// How long one try may take from its start on a node to its end, waiting for a free place not included. A try that takes
    /// longer is a failure of kind [`Failure::TIMEOUT`], which may be retried; the activity is told through its context.
    ///
    /// A try that a crash cut off runs again after the recovery and has the whole time again.
    pub fn timeout(mut self, start_to_close: Duration) -> Self {
        self.retrying.attempt.timeouts.start_to_close = Some(start_to_close);
        self
    }

    /// How long a try may be silent, from its start to its first heartbeat and from one to the next. Longer silence is a
    /// failure of kind [`Failure::HEARTBEAT_TIMEOUT`], which may be retried; the activity is told through its context.
    pub fn heartbeat_timeout(mut self, silence: Duration) -> Self {
        self.retrying.attempt.timeouts.heartbeat = Some(silence);
        self
    }

    /// How long the call may take as a whole, from the turn that schedules it: waiting for a free place, all tries and the pauses
    /// between them. It is a durable timer, so time passes while no node runs. When it is over the activity is cancelled and
    /// the call fails with kind [`Failure::TIMEOUT`]; a retry that would begin later is not waited for.
    pub fn overall_timeout(mut self, schedule_to_close: Duration) -> Self {
        self.retrying.overall = Some(schedule_to_close);
        self
    }

    /// Dropping the future cancels the activity instead of forgetting its result.
    pub fn cancel_on_drop(mut self) -> Self {
        self.retrying.attempt.cancels = true;
        self
    }
}

impl Attempt for TaskAttempt {
    fn schedule(&mut self, shared: &Shared, attempt: u32, before: Option<&Failure>) -> Result<Awaited, Failure> {
        let (name, input, first, timeouts) = (self.name.into(), self.input.clone()?, self.first, self.timeouts);
        let last_heartbeat = before.and_then(|failure| failure.last_heartbeat.clone());
        let id = shared.lock().schedule(|event_id| {
            let first_event_id = first.unwrap_or(event_id);
            EventKind::TaskScheduled(TaskScheduled {
                event_id,
                name,
                input,
                attempt,
                first_event_id,
                timeouts,
                last_heartbeat,
            })
        });
        self.first.get_or_insert(id);
        Ok(Awaited::new(shared.clone(), id, Waits::Task, self.cancels))
    }

    fn what(&self) -> String {
        format!("the activity {}", self.name)
    }
}

impl<O: DeserializeOwned> Future for ActivityCall<O> {
    type Output = Result<O, Failure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.retrying.poll(context).map(|answer| answer?.decode())
    }
}
