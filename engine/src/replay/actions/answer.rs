//! The wait for the answer to one scheduled action.

use std::task::{Context, Poll};

use crate::ids::{EventId, InstanceId};
use crate::model::{Failure, Payload};
use crate::replay::open::Waits;
use crate::replay::state::Shared;

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
        shared.lock().open.insert(id, waits, None);
        Self { shared, id, waits, cancels, taken: false }
    }

    /// The same for `id`, which has just started `child`.
    pub(super) fn of_child(shared: Shared, id: EventId, child: InstanceId, cancels: bool) -> Self {
        shared.lock().open.insert(id, Waits::Child, Some(child));
        Self { shared, id, waits: Waits::Child, cancels, taken: false }
    }

    /// The action's number.
    pub(super) fn id(&self) -> EventId {
        self.id
    }

    /// Cancels the action if nothing has answered it: its result would come too late.
    pub(super) fn cancel(mut self) {
        self.cancels = true;
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Payload, Failure>> {
        let mut state = self.shared.lock();
        let Some(open) = state.open.get_mut(self.id) else { return Poll::Pending };
        if open.answer.is_none() {
            open.waker = Some(context.waker().clone());
            return Poll::Pending;
        }
        self.taken = true;
        let answer = state.open.remove(self.id).and_then(|open| open.answer);
        answer.map_or(Poll::Pending, Poll::Ready)
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        if self.taken || !state.polling {
            return;
        }
        if state.open.is_answered(self.id) {
            state.open.remove(self.id);
        } else if !self.cancels {
            state.open.forget(self.id);
        } else if let Some(open) = state.open.remove(self.id) {
            match self.waits {
                Waits::Timer => state.cancelled_timers.push(self.id),
                Waits::Task => state.cancelled_tasks.push(self.id),
                Waits::Child => {
                    let child = open.into_child().map(|child| (self.id, child));
                    state.terminated_children.extend(child);
                }
                Waits::Operation | Waits::Lock => {}
            }
        }
    }
}
