//! Pieces of work that wait for the same thing, to be done many at a time by one task.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What waits. Whoever comes while nobody works has to see to it that somebody does; all who come meanwhile are the next
/// lot. So a lone piece waits for nothing, and no timer takes part.
pub(super) struct Gather<P>(Mutex<Queue<P>>);

struct Queue<P> {
    waiting: VecDeque<P>,
    is_served: bool,
}

impl<P> Gather<P> {
    /// Adds a piece; `true` when nobody works, so that the caller must begin to [`Gather::serve`].
    pub(super) fn push(&self, piece: P) -> bool {
        let mut queue = self.queue();
        queue.waiting.push_back(piece);
        !std::mem::replace(&mut queue.is_served, true)
    }

    /// The right to work on what waits, for the one who was told so by [`Gather::push`].
    pub(super) fn serve(&self) -> Serving<'_, P> {
        Serving { gather: self, is_over: false }
    }

    /// The pieces at the front, as long as `fits` says so of each further one; of those that wait always the first.
    pub(super) fn take(&self, mut fits: impl FnMut(&P) -> bool) -> Vec<P> {
        let mut queue = self.queue();
        let mut taken = Vec::new();
        while let Some(piece) = queue.waiting.front() {
            if !fits(piece) && !taken.is_empty() {
                break;
            }
            taken.extend(queue.waiting.pop_front());
        }
        taken
    }

    fn queue(&self) -> MutexGuard<'_, Queue<P>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<P> Default for Gather<P> {
    fn default() -> Self {
        Self(Mutex::new(Queue { waiting: VecDeque::new(), is_served: false }))
    }
}

impl<P> fmt::Debug for Gather<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gather").finish_non_exhaustive()
    }
}

/// Whoever works. If it dies, by a panic or with its runtime, what waits is dropped, and the next piece begins anew.
pub(super) struct Serving<'g, P> {
    gather: &'g Gather<P>,
    /// Whether it has ended by itself. Another may work already then.
    is_over: bool,
}

impl<P> Serving<'_, P> {
    /// Whether anything waits. Who hears that nothing does has ended.
    pub(super) fn goes_on(&mut self) -> bool {
        let mut queue = self.gather.queue();
        queue.is_served = !queue.waiting.is_empty();
        self.is_over = !queue.is_served;
        queue.is_served
    }
}

impl<P> Drop for Serving<'_, P> {
    fn drop(&mut self) {
        if !self.is_over {
            let mut queue = self.gather.queue();
            queue.is_served = false;
            let waiting = std::mem::take(&mut queue.waiting);
            drop(queue);
            // Outside of the lock: it wakes those who wait.
            drop(waiting);
        }
    }
}
