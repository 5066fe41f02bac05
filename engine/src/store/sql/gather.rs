//! Pieces of work that wait for the same thing, to be done many at a time by one task.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What waits. Whoever comes while nobody works has to see to it that somebody does; all who come meanwhile are the next
/// lot. So a lone piece waits for nothing, and no timer takes part.
pub(super) struct Gather<P>(Arc<Mutex<Queue<P>>>);

struct Queue<P> {
    waiting: VecDeque<P>,
    is_served: bool,
}

impl<P> Gather<P> {
    /// Adds a piece. When nobody works, the caller gets the right to, and must see to it that somebody does.
    pub(super) fn push(&self, piece: P) -> Option<Serving<P>> {
        let mut queue = lock(&self.0);
        queue.waiting.push_back(piece);
        let is_served = std::mem::replace(&mut queue.is_served, true);
        (!is_served).then(|| Serving { queue: Arc::clone(&self.0), is_over: false })
    }

    /// The pieces at the front, as long as `fits` says so of each further one; of those that wait always the first.
    pub(super) fn take(&self, mut fits: impl FnMut(&P) -> bool) -> Vec<P> {
        let mut queue = lock(&self.0);
        let mut taken = Vec::new();
        while let Some(piece) = queue.waiting.front() {
            if !fits(piece) && !taken.is_empty() {
                break;
            }
            taken.extend(queue.waiting.pop_front());
        }
        taken
    }
}

fn lock<P>(queue: &Mutex<Queue<P>>) -> MutexGuard<'_, Queue<P>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<P> Default for Gather<P> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Queue { waiting: VecDeque::new(), is_served: false })))
    }
}

impl<P> fmt::Debug for Gather<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gather").finish_non_exhaustive()
    }
}

/// The right to work on what waits. If it is dropped before it has ended, by a panic or with the runtime of its task, what waits
/// is dropped, and the next piece begins anew.
pub(super) struct Serving<P> {
    queue: Arc<Mutex<Queue<P>>>,
    /// Whether it has ended by itself. Another may work already then.
    is_over: bool,
}

impl<P> Serving<P> {
    /// Whether anything waits. Who hears that nothing does has ended.
    pub(super) fn goes_on(&mut self) -> bool {
        let mut queue = lock(&self.queue);
        queue.is_served = !queue.waiting.is_empty();
        self.is_over = !queue.is_served;
        queue.is_served
    }
}

impl<P> Drop for Serving<P> {
    fn drop(&mut self) {
        if !self.is_over {
            let mut queue = lock(&self.queue);
            queue.is_served = false;
            let waiting = std::mem::take(&mut queue.waiting);
            drop(queue);
            // Outside of the lock: it wakes those who wait.
            drop(waiting);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_come_while_somebody_works_are_the_next_lot() {
        let gather = Gather::default();
        let mut serving = gather.push(1).expect("nobody works");
        assert!(gather.push(2).is_none());
        assert!(gather.push(3).is_none());
        let mut room = 2;
        let first = gather.take(|_| {
            room -= 1;
            room >= 0
        });
        assert_eq!(first, [1, 2]);
        assert!(serving.goes_on());
        assert_eq!(gather.take(|_| false), [3]);
        assert!(!serving.goes_on());
        drop(serving);
        assert!(gather.push(4).is_some());
    }

    #[test]
    fn what_waits_is_given_up_with_the_one_who_was_to_work_on_it() {
        let gather = Gather::default();
        drop(gather.push(1).expect("nobody works"));
        let mut serving = gather.push(2).expect("nobody works any more");
        assert!(serving.goes_on());
        assert_eq!(gather.take(|_| true), [2]);
    }
}
