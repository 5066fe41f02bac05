//! What stands between a simulated node or client and the store: every call waits at the gate, and what became durable is
//! noted even if nobody hears of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use countersign_engine::ids::{InstanceKey, NodeId};
use countersign_engine::store::{Claim, Committed};
use countersign_engine::testing::Fate;
use countersign_engine::{InstanceId, StoreError};

use crate::gate::Gate;

/// What became durable since the world looked last, and who held which lease.
#[derive(Clone, Default)]
pub(crate) struct Journal(Arc<Mutex<Entries>>);

#[derive(Default)]
struct Entries {
    committed: Vec<InstanceId>,
    touched: Vec<(Option<usize>, InstanceKey)>,
    leases: BTreeMap<InstanceKey, (i64, NodeId)>,
    retired: Vec<NodeId>,
}

impl Journal {
    /// The instances with a new turn.
    pub(crate) fn take_committed(&self) -> Vec<InstanceId> {
        std::mem::take(&mut self.lock().committed)
    }

    /// The instances with new messages, and the node that knows it already.
    pub(crate) fn take_touched(&self) -> Vec<(Option<usize>, InstanceKey)> {
        std::mem::take(&mut self.lock().touched)
    }

    /// From now on `node` must commit nothing.
    pub(crate) fn retire(&self, node: NodeId) {
        self.lock().retired.push(node);
    }

    fn note(&self, claim: &Claim) {
        let mut entries = self.lock();
        assert!(!entries.retired.contains(&claim.owner), "{}: a dead node committed a turn", claim.instance);
        if let Some((epoch, owner)) = entries.leases.insert(claim.key, (claim.epoch, claim.owner)) {
            let in_order = claim.epoch > epoch || (claim.epoch, claim.owner) == (epoch, owner);
            assert!(in_order, "{}: two holders of one lease committed", claim.instance);
        }
        entries.committed.push(claim.instance.clone());
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The way of one node (by its number) or of a client to the store.
pub(crate) struct Way {
    pub(crate) gate: Arc<Gate>,
    pub(crate) journal: Journal,
    pub(crate) node: Option<usize>,
}

#[async_trait]
impl Fate for Way {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        self.gate.pass(call, false).await
    }

    async fn after(&self, call: &'static str) -> Result<(), StoreError> {
        self.gate.pass(call, true).await
    }

    fn committed(&self, claim: &Claim, _committed: &Committed) {
        self.journal.note(claim);
    }

    fn touched(&self, instances: &[InstanceKey]) {
        self.journal.lock().touched.extend(instances.iter().map(|key| (self.node, *key)));
    }
}
