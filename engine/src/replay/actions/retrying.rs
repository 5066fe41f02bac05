//! A call that may be tried again.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::answer::Awaited;
use super::timer::Timer;
use crate::clock::Timestamp;
use crate::model::{Failure, Payload, RetryPolicy};
use crate::replay::state::Shared;

/// Schedules one try of a call.
pub(super) trait Attempt {
    /// Schedules try number `attempt` (from 1).
    fn schedule(&mut self, shared: &Shared, attempt: u32) -> Result<Awaited, Failure>;
}

/// Tries until one succeeds or the policy has no further pause.
pub(super) struct Retrying<A> {
    shared: Shared,
    pub(super) attempt: A,
    pub(super) policy: Option<RetryPolicy>,
    count: u32,
    began: Option<Timestamp>,
    stage: Stage,
}

enum Stage {
    Idle,
    Running(Awaited),
    Pausing(Timer),
}

impl<A: Attempt> Retrying<A> {
    pub(super) fn new(shared: Shared, attempt: A) -> Self {
        Self { shared, attempt, policy: None, count: 0, began: None, stage: Stage::Idle }
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Payload, Failure>> {
        loop {
            let next = match &mut self.stage {
                Stage::Idle => self.begin(),
                Stage::Running(awaited) => match ready!(awaited.poll(context)) {
                    Ok(result) => return Poll::Ready(Ok(result)),
                    Err(failure) => self.after(failure),
                },
                Stage::Pausing(timer) => {
                    ready!(Future::poll(Pin::new(timer), context));
                    self.begin()
                }
            };
            match next {
                Ok(stage) => self.stage = stage,
                Err(failure) => return Poll::Ready(Err(failure)),
            }
        }
    }

    fn begin(&mut self) -> Result<Stage, Failure> {
        let now = self.shared.lock().now;
        self.began.get_or_insert(now);
        self.count += 1;
        Ok(Stage::Running(self.attempt.schedule(&self.shared, self.count)?))
    }

    /// After a failure: the pause before the next try, or the failure itself.
    fn after(&self, failure: Failure) -> Result<Stage, Failure> {
        let now = self.shared.lock().now;
        let elapsed = self.began.map_or(Duration::ZERO, |began| now.since(began));
        let pause =
            self.policy.as_ref().and_then(|policy| policy.next_delay(self.count, elapsed, &failure)).ok_or(failure)?;
        Ok(Stage::Pausing(Timer::new(self.shared.clone(), now + pause)))
    }
}
