//! Durable timers.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::answer::Awaited;
use crate::clock::Timestamp;
use crate::model::EventKind;
use crate::replay::open::Waits;
use crate::replay::state::Shared;

/// A durable timer; dropping it cancels it. Made by the context.
#[must_use = "futures do nothing unless they are awaited"]
pub struct Timer {
    shared: Shared,
    fire_at: Timestamp,
    awaited: Option<Awaited>,
}

impl Timer {
    pub(in crate::replay) fn new(shared: Shared, fire_at: Timestamp) -> Self {
        Self { shared, fire_at, awaited: None }
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let (shared, fire_at) = (self.shared.clone(), self.fire_at);
        let awaited = self.awaited.get_or_insert_with(|| {
            let id = shared.lock().schedule(|event_id| EventKind::TimerCreated { event_id, fire_at });
            Awaited::new(shared, id, Waits::Timer, true)
        });
        // A timer cannot fail.
        let _ = ready!(awaited.poll(context));
        Poll::Ready(())
    }
}
