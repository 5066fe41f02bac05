//! A call that may be tried again, and may be bounded as a whole.

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
    /// Schedules try number `attempt` (from 1), after the failure of the one before it.
    fn schedule(&mut self, shared: &Shared, attempt: u32, before: Option<&Failure>) -> Result<Awaited, Failure>;

    /// What is called, for people.
    fn what(&self) -> String;
}

/// Tries until one succeeds, the policy has no further pause, or the time for the whole is over.
pub(super) struct Retrying<A> {
    shared: Shared,
    pub(super) attempt: A,
    pub(super) policy: Option<RetryPolicy>,
    /// How long all tries and pauses may take together.
    pub(super) overall: Option<Duration>,
    count: u32,
    began: Option<Timestamp>,
    last: Option<Failure>,
    stage: Stage,
    deadline: Option<Timer>,
}

enum Stage {
    Idle,
    Running(Awaited),
    Pausing(Timer),
}

impl<A: Attempt> Retrying<A> {
    pub(super) fn new(shared: Shared, attempt: A) -> Self {
        Self {
            shared,
            attempt,
            policy: None,
            overall: None,
            count: 0,
            began: None,
            last: None,
            stage: Stage::Idle,
            deadline: None,
        }
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Payload, Failure>> {
        let polled = match self.poll_stages(context) {
            Poll::Pending => self.poll_deadline(context).map(Err),
            ready => ready,
        };
        if polled.is_ready() {
            // Dropped now and not with the call, which its owner may keep: the timer would hold up the instance for nothing.
            self.deadline = None;
        }
        polled
    }

    fn poll_stages(&mut self, context: &mut Context<'_>) -> Poll<Result<Payload, Failure>> {
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

    /// Completes when the time for the whole is over; what runs is cancelled then.
    fn poll_deadline(&mut self, context: &mut Context<'_>) -> Poll<Failure> {
        let (Some(overall), Some(began)) = (self.overall, self.began) else { return Poll::Pending };
        let deadline = self.deadline.get_or_insert_with(|| Timer::new(self.shared.clone(), began + overall));
        ready!(Future::poll(Pin::new(deadline), context));
        if let Stage::Running(awaited) = std::mem::replace(&mut self.stage, Stage::Idle) {
            awaited.cancel();
        }
        let message =
            format!("{} did not end within {overall:?} of its call, {} tries", self.attempt.what(), self.count);
        let failure = Failure::new(Failure::TIMEOUT, message);
        Poll::Ready(match self.last.take() {
            Some(last) => failure.caused_by(last),
            None => failure,
        })
    }

    fn begin(&mut self) -> Result<Stage, Failure> {
        let now = self.shared.lock().now;
        self.began.get_or_insert(now);
        self.count += 1;
        Ok(Stage::Running(self.attempt.schedule(&self.shared, self.count, self.last.as_ref())?))
    }

    /// After a failure: the pause before the next try, or the failure itself.
    fn after(&mut self, failure: Failure) -> Result<Stage, Failure> {
        match self.pause_after(&failure) {
            Some(pause) => {
                self.last = Some(failure);
                Ok(Stage::Pausing(pause))
            }
            None => Err(failure),
        }
    }

    fn pause_after(&self, failure: &Failure) -> Option<Timer> {
        let Stage::Running(awaited) = &self.stage else { return None };
        let (now, random) = {
            let state = self.shared.lock();
            (state.now, state.derive_fraction(awaited.id()))
        };
        let began = self.began.unwrap_or(now);
        let until = now + self.policy.as_ref()?.next_delay(self.count, now.since(began), failure, random)?;
        let is_in_time = self.overall.is_none_or(|overall| until < began + overall);
        is_in_time.then(|| Timer::before_retry(self.shared.clone(), until, awaited.id()))
    }
}
