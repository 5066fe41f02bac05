//! Durable timers.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::answer::Awaited;
use crate::clock::Timestamp;
use crate::ids::EventId;
use crate::model::EventKind;
use crate::replay::open::Waits;
use crate::replay::state::Shared;

/// A durable timer; dropping it cancels it. Made by the context.
#[must_use = "futures do nothing unless they are awaited"]
pub struct Timer {
    shared: Shared,
    fire_at: Timestamp,
    failed_try: Option<EventId>,
    awaited: Option<Awaited>,
}

impl Timer {
    pub(in crate::replay) fn new(shared: Shared, fire_at: Timestamp) -> Self {
        Self { shared, fire_at, failed_try: None, awaited: None }
    }

    /// The pause after a try that has failed, before the next one.
    pub(super) fn before_retry(shared: Shared, fire_at: Timestamp, failed_try: EventId) -> Self {
        Self { failed_try: Some(failed_try), ..Self::new(shared, fire_at) }
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let (shared, fire_at, failed_try) = (self.shared.clone(), self.fire_at, self.failed_try);
        let awaited = self.awaited.get_or_insert_with(|| {
            let id = shared.lock().schedule(|event_id| EventKind::TimerCreated { event_id, fire_at, failed_try });
            Awaited::new(shared, id, Waits::Timer, true)
        });
        // A timer cannot fail.
        let _ = ready!(awaited.poll(context));
        Poll::Ready(())
    }
}
