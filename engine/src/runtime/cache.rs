//! Executions and entities kept in memory between their turns.

use std::collections::{BTreeMap, HashMap};

use crate::ids::InstanceKey;
use crate::store::Claim;

/// A run, or the state of an entity, in memory with the lease under which it may commit.
pub(super) struct Held<L> {
    pub(super) live: L,
    pub(super) claim: Claim,
}

/// The most recently used runs, at most a fixed number of them. Dropping one has no effect but the cost of its replay.
pub(super) struct Cache<L> {
    capacity: usize,
    runs: HashMap<InstanceKey, (u64, Held<L>)>,
    by_use: BTreeMap<u64, InstanceKey>,
    uses: u64,
}

impl<L> Cache<L> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, runs: HashMap::new(), by_use: BTreeMap::new(), uses: 0 }
    }

    /// Takes the run out, so that nobody else can use it.
    pub(super) fn take(&mut self, key: InstanceKey) -> Option<Held<L>> {
        let (last_use, held) = self.runs.remove(&key)?;
        self.by_use.remove(&last_use);
        Some(held)
    }

    /// Puts a run in as the most recently used; gives back what had to go.
    pub(super) fn put(&mut self, key: InstanceKey, held: Held<L>) -> Option<Held<L>> {
        self.uses += 1;
        self.by_use.insert(self.uses, key);
        self.runs.insert(key, (self.uses, held));
        if self.runs.len() <= self.capacity {
            return None;
        }
        let (_, oldest) = self.by_use.pop_first()?;
        self.runs.remove(&oldest).map(|(_, held)| held)
    }
}
