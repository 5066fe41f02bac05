//! What cannot go on here: it is marked once, and then left alone until there is a reason to try again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::node::Node;
use crate::ids::{InstanceKey, MessageId};
use crate::model::{Blocked, BlockedKind, Message};
use crate::observe;
use crate::observe::names::field;
use crate::replay::Mismatch;
use crate::store::{Claim, StoreError};

/// How a node left the instances that it has blocked since its start: a few words for each, until the node hears of one
/// that goes on or is gone. A new node remembers none, so it tries them all.
#[derive(Debug, Default)]
pub(super) struct LeftBlocked(Mutex<HashMap<InstanceKey, Left>>);

#[derive(Clone, Copy, Debug)]
struct Left {
    /// The lease under which it was tried. Whoever unblocks an instance, or puts another execution in its place, voids that.
    epoch: i64,
    /// The messages up to here do not end it.
    up_to: MessageId,
}

/// What there is to do for an instance.
pub(super) enum Prospect {
    /// A turn, if it has messages.
    Turn,
    /// A turn over all of its messages: one of them ends it, whatever blocks it.
    End,
    /// Nothing: it is blocked as this node left it, or it is another's, or gone.
    Nothing,
}

impl LeftBlocked {
    fn take(&self, key: InstanceKey) -> Option<Left> {
        self.lock().remove(&key)
    }

    fn put(&self, key: InstanceKey, left: Left) {
        self.lock().insert(key, left);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<InstanceKey, Left>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Node {
    /// What there is to do for an instance. One that this node has blocked costs a look at its row and at what came since the
    /// look before: its code and its history are what they were, so no event, result or timer helps it.
    pub(super) async fn prospect(&self, key: InstanceKey) -> Result<Prospect, StoreError> {
        let Some(mut left) = self.left_blocked.take(key) else { return Ok(Prospect::Turn) };
        let Some(claim) = self.store.claim(self.id, key).await? else { return Ok(Prospect::Nothing) };
        if claim.blocked.is_none() || claim.epoch != left.epoch {
            return Ok(Prospect::Turn);
        }
        // Nothing ends an entity.
        if claim.instance.as_entity().is_none() {
            let news = self.store.inbox(key, left.up_to, u32::MAX).await?;
            if news.iter().any(|(_, message)| message.is_terminate()) {
                return Ok(Prospect::End);
            }
            left.up_to = last_in_order(&news).unwrap_or(left.up_to);
        }
        self.left_blocked.put(key, left);
        Ok(Prospect::Nothing)
    }

    pub(super) async fn block_by(&self, claim: &Claim, mismatch: &Mismatch) -> Result<(), StoreError> {
        self.block(claim, BlockedKind::NonDeterminism, mismatch.to_string()).await
    }

    /// Whether turns of a claim's instance were cut off so often that its code runs no more.
    pub(super) fn is_poison(&self, claim: &Claim) -> bool {
        claim.recoveries >= self.limits.recoveries
    }

    /// Sets the turns of a claim's instance aside.
    pub(super) async fn block_as_poison(&self, claim: &Claim) -> Result<(), StoreError> {
        let message = format!("a turn was cut off by the death of its node {} times", claim.recoveries);
        self.block(claim, BlockedKind::Poison, message).await
    }

    /// Marks a claim's instance as blocked and leaves it alone from here on. It is news only if another obstacle, or none,
    /// was met before.
    pub(super) async fn block(&self, claim: &Claim, kind: BlockedKind, message: String) -> Result<(), StoreError> {
        let before = claim.blocked.as_ref();
        let blocked = Blocked { kind, message, since: self.clock.now() }.met_before(before);
        if before != Some(&blocked) {
            observe::count_blocked(kind);
            tracing::error!(
                { field::INSTANCE_ID } = %claim.instance,
                { field::BLOCKED_KIND } = kind.as_str(),
                { field::BLOCKED_MESSAGE } = blocked.message,
                "instance is blocked"
            );
        }
        self.store.block(claim, blocked).await?;
        // An entity may still be in memory, from where its messages would be read at once.
        drop(self.entities().take(claim.key));
        self.left_blocked.put(claim.key, Left { epoch: claim.epoch, up_to: MessageId(0) });
        self.wake.change(&claim.instance);
        Ok(())
    }
}

/// The last of these messages, which are in the order of an inbox, without those that stand before all others: their place
/// says nothing of what comes behind them.
fn last_in_order(messages: &[(MessageId, Message)]) -> Option<MessageId> {
    messages.iter().filter(|(_, message)| !message.comes_first()).map(|(id, _)| *id).max()
}
