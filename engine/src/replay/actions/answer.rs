//! The wait for the answer to one scheduled action.

use std::task::{Context, Poll};

use crate::ids::EventId;
use crate::model::{Failure, Payload};
use crate::replay::state::{Shared, Waits};

/// Waits for the answer to an action. Dropped while the code is polled, it cancels a timer (and what is told to be
/// cancelled) and forgets anything else; dropped with the whole run, it does nothing.
pub(super) struct Awaited {
    shared: Shared,
    id: EventId,
    waits: Waits,
    cancels: bool,
    taken: bool,
}

impl Awaited {
    /// The wait for `id`, which has just been scheduled. `cancels`: dropping it cancels the action.
    pub(super) fn new(shared: Shared, id: EventId, waits: Waits, cancels: bool) -> Self {
        shared.lock().open(id, waits);
        Self { shared, id, waits, cancels, taken: false }
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Payload, Failure>> {
        let mut state = self.shared.lock();
        let Some(open) = state.open.get_mut(&self.id) else { return Poll::Pending };
        if open.answer.is_none() {
            open.waker = Some(context.waker().clone());
            return Poll::Pending;
        }
        self.taken = true;
        let answer = state.open.remove(&self.id).and_then(|open| open.answer);
        answer.map_or(Poll::Pending, Poll::Ready)
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        if self.taken || !state.polling {
            return;
        }
        let answered = state.open.get(&self.id).is_some_and(|open| open.answer.is_some());
        if answered {
            state.open.remove(&self.id);
        } else if self.cancels {
            state.open.remove(&self.id);
            match self.waits {
                Waits::Timer => state.cancelled_timers.push(self.id),
                Waits::Task => state.cancelled_tasks.push(self.id),
                Waits::Child => {}
            }
        } else if let Some(open) = state.open.get_mut(&self.id) {
            open.forgotten = true;
            open.waker = None;
        }
    }
}
