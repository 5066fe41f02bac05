//! The waker of a run: a flag, and the means to notice futures that are not the engine's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Wake, Waker};

/// Says whether a run wants to be polled again.
#[derive(Debug, Default)]
pub(super) struct WakeFlag {
    woken: AtomicBool,
    in_turn: AtomicBool,
    foreign: AtomicBool,
}

impl WakeFlag {
    pub(super) fn waker(self: &Arc<Self>) -> Waker {
        Arc::clone(self).into()
    }

    /// Marks the begin and the end of a turn: a wake between turns comes from something that the history knows nothing of.
    pub(super) fn set_in_turn(&self, in_turn: bool) {
        self.in_turn.store(in_turn, Ordering::SeqCst);
    }

    pub(super) fn set(&self) {
        self.woken.store(true, Ordering::SeqCst);
    }

    pub(super) fn take(&self) -> bool {
        self.woken.swap(false, Ordering::SeqCst)
    }

    pub(super) fn was_foreign(&self) -> bool {
        self.foreign.load(Ordering::SeqCst)
    }
}

impl Wake for WakeFlag {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.in_turn.load(Ordering::SeqCst) {
            self.foreign.store(true, Ordering::SeqCst);
        }
        self.set();
    }
}
