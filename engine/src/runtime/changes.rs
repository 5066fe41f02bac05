//! Who waits for a change of which instance. A change wakes those who wait for its instance, and nobody else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::ids::InstanceId;

/// The waiters of all instances.
#[derive(Debug, Default)]
pub(super) struct Changes(Mutex<HashMap<InstanceId, Waiters>>);

#[derive(Debug, Default)]
struct Waiters {
    signals: Arc<Signals>,
    count: usize,
}

/// What there is to wait for.
#[derive(Debug, Default)]
struct Signals {
    /// Anything that a client can see.
    any: Notify,
    /// Anything but that the instance goes on.
    end: Notify,
}

impl Signals {
    fn change(&self) {
        self.any.notify_waiters();
        self.end.notify_waiters();
    }
}

impl Changes {
    /// Wakes all who wait for `id`.
    pub(super) fn change(&self, id: &InstanceId) {
        if let Some(waiters) = self.lock().get(id) {
            waiters.signals.change();
        }
    }

    /// Wakes those who wait for any change of `id`, and not those who wait for its end.
    pub(super) fn progress(&self, id: &InstanceId) {
        if let Some(waiters) = self.lock().get(id) {
            waiters.signals.any.notify_waiters();
        }
    }

    /// Wakes all who wait, whatever for.
    pub(super) fn change_all(&self) {
        self.lock().values().for_each(|waiters| waiters.signals.change());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<InstanceId, Waiters>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The wait for changes of one instance, until it is dropped.
pub(crate) struct Watch<'w> {
    changes: &'w Changes,
    id: InstanceId,
    signals: Arc<Signals>,
}

impl<'w> Watch<'w> {
    pub(super) fn new(changes: &'w Changes, id: &InstanceId) -> Self {
        let mut all = changes.lock();
        let waiters = all.entry(id.clone()).or_default();
        waiters.count += 1;
        Self { changes, id: id.clone(), signals: Arc::clone(&waiters.signals) }
    }

    /// Completes at the next change after this call, whenever it is first polled.
    pub(crate) fn next(&self) -> Notified<'_> {
        self.signals.any.notified()
    }

    /// The same for a change that may have ended or removed the instance.
    pub(crate) fn end(&self) -> Notified<'_> {
        self.signals.end.notified()
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let mut all = self.changes.lock();
        if let Some(waiters) = all.get_mut(&self.id) {
            waiters.count -= 1;
            if waiters.count == 0 {
                all.remove(&self.id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures::poll;

    use super::*;

    fn id(text: &str) -> InstanceId {
        InstanceId::parse(text).expect("a valid id")
    }

    #[tokio::test]
    async fn a_change_wakes_only_those_who_wait_for_its_instance() {
        let changes = Changes::default();
        let (a, also_a, b) =
            (Watch::new(&changes, &id("a")), Watch::new(&changes, &id("a")), Watch::new(&changes, &id("b")));
        let (mut next_a, mut next_also_a, mut next_b) = (pin!(a.next()), pin!(also_a.next()), pin!(b.next()));
        changes.change(&id("a"));
        changes.change(&id("nobody waits for this"));
        assert!(poll!(next_a.as_mut()).is_ready() && poll!(next_also_a.as_mut()).is_ready());
        assert!(poll!(next_b.as_mut()).is_pending());
    }

    #[tokio::test]
    async fn a_change_of_any_instance_wakes_all() {
        let changes = Changes::default();
        let (a, b) = (Watch::new(&changes, &id("a")), Watch::new(&changes, &id("b")));
        let (mut next_a, mut next_b) = (pin!(a.next()), pin!(b.next()));
        changes.change_all();
        assert!(poll!(next_a.as_mut()).is_ready() && poll!(next_b.as_mut()).is_ready());
    }

    #[tokio::test]
    async fn progress_does_not_wake_those_who_wait_for_the_end() {
        let changes = Changes::default();
        let watch = Watch::new(&changes, &id("a"));
        let (mut next, mut end) = (pin!(watch.next()), pin!(watch.end()));
        changes.progress(&id("a"));
        assert!(poll!(next.as_mut()).is_ready());
        assert!(poll!(end.as_mut()).is_pending());
        changes.change(&id("a"));
        assert!(poll!(end.as_mut()).is_ready());
    }

    #[test]
    fn nothing_is_left_of_those_who_have_gone() {
        let changes = Changes::default();
        let (first, second) = (Watch::new(&changes, &id("a")), Watch::new(&changes, &id("a")));
        drop(first);
        assert_eq!(changes.lock().len(), 1);
        drop(second);
        assert!(changes.lock().is_empty());
    }
}
