//! Who runs with whom: work that may kill its node runs alone, so that nothing innocent dies beside it.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use super::node::Node;
use crate::model::SUSPECT;
use crate::store::{Claim, StoreError};

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
        if suspect && !self.limits.alone.is_zero() {
            let over = self.clock.sleep_until(self.clock.now() + self.limits.alone);
            tokio::select! {
                biased;
                guard = Arc::clone(gate).write_owned() => return Pass::Alone(guard),
                () = over => {}
            }
        }
        Pass::Shared(Arc::clone(gate).read_owned().await)
    }

    /// Waits for the right to run the turn of a claim, and only then marks it as begun if it was recovered before:
    /// whoever waits here is innocent of what kills the node meanwhile. `None` when the lease was lost.
    pub(super) async fn admit(&self, claim: &Claim) -> Result<Option<Pass>, StoreError> {
        // No code of what is poison runs, so it needs nobody out of its way and can kill nobody.
        let runs = !self.is_poison(claim);
        let pass = self.pass(runs && claim.recoveries >= SUSPECT).await;
        if runs && claim.recoveries > 0 && !self.store.mark_turn(claim).await? {
            // A fresh claim decides whose turn it is.
            self.wake.instances([claim.key]);
            return Ok(None);
        }
        Ok(Some(pass))
    }

    /// Does `work` under `pass`, which lets others in after `limits.alone`: what an operation of an entity waits for
    /// may take any time.
    pub(super) async fn under<T>(&self, pass: Pass, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        if pass.is_alone() {
            let over = self.clock.sleep_until(self.clock.now() + self.limits.alone);
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = over => {}
            }
        }
        let _pass = pass.share();
        work.await
    }
}
