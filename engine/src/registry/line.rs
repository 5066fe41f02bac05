//! What an activity and the node that runs it tell each other while it runs.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::model::Payload;

/// Why an activity is asked to stop: whatever it gives from now on reaches nobody, except where a reason says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CancelReason {
    /// Its instance ended or continued as new.
    InstanceEnded,
    /// Its instance runs on and does not wait for it any more: the call was dropped with `cancel_on_drop`, its overall timeout
    /// is over, or another node has it.
    NotAwaited,
    /// The try took longer than `timeout` says. A retry may have begun.
    TimedOut,
    /// The try was silent for longer than `heartbeat_timeout` says. A retry may have begun.
    HeartbeatMissed,
    /// The node stops, and the grace time is over. A result that comes in the moment that is left is recorded; otherwise
    /// the try runs again, on another node or after the next start.
    NodeStopping,
}

impl fmt::Display for CancelReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InstanceEnded => "its instance ended",
            Self::NotAwaited => "nobody waits for it any more",
            Self::TimedOut => "it took too long",
            Self::HeartbeatMissed => "it was silent for too long",
            Self::NodeStopping => "the node stops",
        })
    }
}

/// The line between an activity and its node. Either end may hang up at any time.
#[derive(Debug, Default)]
pub(crate) struct Line {
    state: Mutex<State>,
    cancelled: Notify,
    beat: Notify,
}

#[derive(Debug, Default)]
struct State {
    reason: Option<CancelReason>,
    details: Option<Payload>,
}

impl Line {
    /// Asks the activity to stop. The first reason stays.
    pub(crate) fn cancel(&self, reason: CancelReason) {
        self.state().reason.get_or_insert(reason);
        self.cancelled.notify_waiters();
    }

    /// Why the activity is to stop, if it is.
    pub(crate) fn reason(&self) -> Option<CancelReason> {
        self.state().reason
    }

    /// Completes once the activity is to stop.
    pub(crate) async fn cancelled(&self) -> CancelReason {
        loop {
            // Made before the look: it hears of what happens from here on.
            let notified = self.cancelled.notified();
            if let Some(reason) = self.reason() {
                return reason;
            }
            notified.await;
        }
    }

    /// Says that the activity lives and how far it is.
    pub(super) fn beat(&self, details: Payload) {
        self.state().details = Some(details);
        self.beat.notify_one();
    }

    /// Completes when the activity has beaten since the last call; gives its latest words. For one listener.
    pub(crate) async fn beaten(&self) -> Payload {
        loop {
            self.beat.notified().await;
            if let Some(details) = self.state().details.take() {
                return details;
            }
        }
    }

    /// What the activity said last, if that has not been heard yet.
    pub(crate) fn unheard(&self) -> Option<Payload> {
        self.state().details.take()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
