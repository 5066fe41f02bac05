//! Who runs with whom: work that may kill its node runs alone, so that nothing innocent dies beside it.

use std::sync::Arc;

use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use super::node::Node;

/// Lets turns and activities in: many at a time, or one alone.
#[derive(Debug, Default)]
pub(super) struct Gate(Arc<RwLock<()>>);

/// The right to run, given back when dropped.
#[expect(dead_code, reason = "the guards are held for their drop")]
pub(super) enum Pass {
    Shared(OwnedRwLockReadGuard<()>),
    Alone(OwnedRwLockWriteGuard<()>),
}

impl Pass {
    /// The same, with others let in.
    pub(super) fn share(self) -> Self {
        match self {
            Self::Alone(guard) => Self::Shared(guard.downgrade()),
            shared @ Self::Shared(_) => shared,
        }
    }

    pub(super) fn is_alone(&self) -> bool {
        matches!(self, Self::Alone(_))
    }
}

impl Node {
    /// Waits for the right to run. A suspect waits until nothing else runs, with nothing new beginning meanwhile, for
    /// `limits.alone` at most: one activity of days must not hold up everything.
    pub(super) async fn pass(&self, suspect: bool) -> Pass {
        let gate = &self.gate.0;
        if suspect {
            let over = self.clock.sleep_until(self.clock.now() + self.limits.alone);
            tokio::select! {
                biased;
                guard = Arc::clone(gate).write_owned() => return Pass::Alone(guard),
                () = over => {}
            }
        }
        Pass::Shared(Arc::clone(gate).read_owned().await)
    }
}
