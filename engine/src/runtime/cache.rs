//! Executions and entities kept in memory between their turns.

use std::collections::{BTreeMap, HashMap};

use crate::ids::InstanceKey;
use crate::store::Claim;

/// A run, or the state of an entity, in memory with the lease under which it may commit.
pub(super) struct Held<L> {
    pub(super) live: L,
    pub(super) claim: Claim,
}

/// At most a fixed number of runs. Dropping one has no effect but the cost of its replay, so what goes is what was not used
/// for long and is cheap to rebuild: each run has a rank, its cost above the rank of the run that went last (GreedyDual:
/// Young, "On-line caching as cache size varies", 1991). So a parent of many children stays while they come and go, and
/// the replays of all together take time in proportion to their turns.
pub(super) struct Cache<L> {
    capacity: usize,
    runs: HashMap<InstanceKey, (Rank, Held<L>)>,
    by_rank: BTreeMap<Rank, InstanceKey>,
    /// The rank of the run that went last.
    floor: u64,
    uses: u64,
}

/// The rank of a run, and when it was used: of two with the same rank the older goes.
type Rank = (u64, u64);

impl<L> Cache<L> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, runs: HashMap::new(), by_rank: BTreeMap::new(), floor: 0, uses: 0 }
    }

    /// Takes the run out, so that nobody else can use it.
    pub(super) fn take(&mut self, key: InstanceKey) -> Option<Held<L>> {
        let (rank, held) = self.runs.remove(&key)?;
        self.by_rank.remove(&rank);
        Some(held)
    }

    /// Puts a run in that takes reading `cost` events to rebuild; gives back what had to go.
    pub(super) fn put(&mut self, key: InstanceKey, held: Held<L>, cost: u32) -> Option<Held<L>> {
        self.uses += 1;
        let rank = (self.floor + u64::from(cost), self.uses);
        self.by_rank.insert(rank, key);
        self.runs.insert(key, (rank, held));
        if self.runs.len() <= self.capacity {
            return None;
        }
        let ((floor, _), lowest) = self.by_rank.pop_first()?;
        self.floor = floor;
        self.runs.remove(&lowest).map(|(_, held)| held)
    }
}
