//! Executions and entities kept in memory between their turns.

use std::collections::{BTreeMap, HashMap};

use crate::ids::InstanceKey;
use crate::store::Claim;

/// A run, or the state of an entity, in memory with the lease under which it may commit.
pub(super) struct Held<L> {
    pub(super) live: L,
    pub(super) claim: Claim,
}

/// As many runs as there is room for, by their bytes. Dropping one has no effect but the cost of its replay, so what goes is
/// what was not used for long and is cheap to rebuild for the room that it takes: each run has a rank, its cost for each
/// byte above the rank of the run that went last (GreedyDual-Size: Cao and Irani, "Cost-aware WWW proxy caching algorithms",
/// 1997). So a parent of many children for which there is room stays while they come and go, and the replays of all
/// together take time in proportion to their turns.
///
/// Of runs that are larger than all of the room the last one is kept beside it, until others have to go that are worth more:
/// rebuilt for each of its turns, one with very many calls would keep a processor busy with nothing else. Its turn needs
/// that memory anyway.
pub(super) struct Cache<L> {
    budget: usize,
    /// How much of the budget is taken.
    bytes: usize,
    runs: HashMap<InstanceKey, Entry<L>>,
    by_rank: BTreeMap<Rank, InstanceKey>,
    /// The last run that was larger than the budget, which does not count it.
    outsize: Option<(InstanceKey, Entry<L>)>,
    /// The rank of the run that went last.
    floor: u64,
    uses: u64,
}

struct Entry<L> {
    rank: Rank,
    bytes: usize,
    held: Held<L>,
}

/// The rank of a run, and when it was used: of two with the same rank the older goes.
type Rank = (u64, u64);

/// Ranks are whole numbers: the cost of so many bytes.
const UNIT: u64 = 1 << 32;

impl<L> Cache<L> {
    /// What a run takes here beside its own bytes: maps double their room when it is used up.
    const ENTRY: usize = 2 * (size_of::<(InstanceKey, Entry<L>)>() + size_of::<(Rank, InstanceKey)>());

    pub(super) fn new(budget: usize) -> Self {
        Self { budget, bytes: 0, runs: HashMap::new(), by_rank: BTreeMap::new(), outsize: None, floor: 0, uses: 0 }
    }

    /// How many bytes are taken, also those of the run that is larger than the budget.
    pub(super) fn bytes(&self) -> usize {
        self.bytes + self.outsize.as_ref().map_or(0, |(_, entry)| entry.bytes)
    }

    /// Takes the run out, so that nobody else can use it.
    pub(super) fn take(&mut self, key: InstanceKey) -> Option<Held<L>> {
        if let Some((_, entry)) = self.outsize.take_if(|(outsize, _)| *outsize == key) {
            return Some(entry.held);
        }
        let entry = self.runs.remove(&key)?;
        self.by_rank.remove(&entry.rank);
        self.bytes -= entry.bytes;
        Some(entry.held)
    }

    /// Puts a run in that holds so many bytes and takes reading `cost` events to rebuild; gives back what had to go. Without
    /// any budget that is the run itself.
    pub(super) fn put(&mut self, key: InstanceKey, held: Held<L>, bytes: usize, cost: u32) -> Vec<Held<L>> {
        if self.budget == 0 {
            return vec![held];
        }
        let bytes = bytes.saturating_add(Self::ENTRY);
        self.uses += 1;
        let rank = (self.floor.saturating_add(u64::from(cost) * UNIT / bytes as u64), self.uses);
        let entry = Entry { rank, bytes, held };
        if bytes > self.budget {
            return self.outsize.replace((key, entry)).map(|(_, before)| before.held).into_iter().collect();
        }
        self.by_rank.insert(rank, key);
        self.runs.insert(key, entry);
        self.bytes += bytes;
        let mut gone = Vec::new();
        while self.bytes > self.budget
            && let Some(((floor, _), lowest)) = self.by_rank.pop_first()
        {
            self.floor = floor;
            if let Some(entry) = self.runs.remove(&lowest) {
                self.bytes -= entry.bytes;
                gone.push(entry.held);
            }
        }
        let floor = self.floor;
        let outsize = self.outsize.take_if(|(_, outsize)| outsize.rank.0 < floor);
        gone.extend(outsize.map(|(_, outsize)| outsize.held));
        gone
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::{ExecutionId, InstanceId, NodeId};

    /// So much that an entry counts for nothing beside it.
    const MILLION: usize = 1_000_000;

    fn held(key: i64) -> Held<()> {
        let claim = Claim {
            key: InstanceKey(key),
            instance: InstanceId::from_uuid(Uuid::nil()),
            owner: NodeId(Uuid::nil()),
            epoch: 1,
            execution: ExecutionId(Uuid::nil()),
            ordinal: 1,
            recoveries: 0,
            blocked: None,
            is_new: false,
        };
        Held { live: (), claim }
    }

    /// Puts a run in; gives the keys of those that went.
    fn put(cache: &mut Cache<()>, key: i64, bytes: usize, cost: u32) -> Vec<i64> {
        let gone = cache.put(InstanceKey(key), held(key), bytes, cost);
        gone.into_iter().map(|held| held.claim.key.0).collect()
    }

    fn holds(cache: &Cache<()>, key: i64) -> bool {
        let key = InstanceKey(key);
        cache.runs.contains_key(&key) || cache.outsize.as_ref().is_some_and(|(outsize, _)| *outsize == key)
    }

    #[test]
    fn as_many_go_as_the_new_one_needs_room_for() {
        let mut cache = Cache::new(4 * MILLION);
        for key in 1..=3 {
            assert_eq!(put(&mut cache, key, MILLION, 1), [0; 0]);
        }
        assert_eq!(put(&mut cache, 4, 2 * MILLION, 9), [1, 2]);
        assert!(holds(&cache, 3) && holds(&cache, 4));
        assert!(cache.bytes() <= 4 * MILLION);
    }

    #[test]
    fn what_is_taken_out_takes_no_room() {
        let mut cache = Cache::new(3 * MILLION);
        for key in 0..100 {
            assert_eq!(put(&mut cache, key, 2 * MILLION, 1), [0; 0]);
            assert!(cache.take(InstanceKey(key)).is_some() && cache.take(InstanceKey(key)).is_none());
            assert_eq!(cache.bytes(), 0);
        }
    }

    #[test]
    fn runs_of_no_bytes_take_room_too() {
        let mut cache = Cache::new(MILLION);
        let gone: usize = (0..100_000).map(|key| put(&mut cache, key, 0, 1).len()).sum();
        assert!(gone > 0 && cache.bytes() <= MILLION);
        assert_eq!((cache.runs.len(), cache.by_rank.len()), (100_000 - gone, 100_000 - gone));
    }

    #[test]
    fn of_those_that_are_larger_than_all_of_the_room_the_last_stays_and_drives_nobody_else_out() {
        let mut cache = Cache::new(2 * MILLION);
        assert_eq!(put(&mut cache, 1, MILLION, 1), [0; 0]);
        assert_eq!(put(&mut cache, 2, 3 * MILLION, 1_000), [0; 0]);
        assert!(holds(&cache, 1) && cache.bytes() >= 4 * MILLION);
        assert_eq!(put(&mut cache, 3, 4 * MILLION, 1_000), [2]);
        assert!(cache.take(InstanceKey(3)).is_some() && cache.take(InstanceKey(3)).is_none());
        assert!(holds(&cache, 1) && cache.bytes() < 2 * MILLION);
    }

    #[test]
    fn one_that_is_larger_than_all_of_the_room_goes_when_others_go_that_are_worth_more() {
        let mut cache = Cache::new(2 * MILLION);
        assert_eq!(put(&mut cache, 0, 3 * MILLION, 3_000), [0; 0]);
        for small in 1..=400 {
            put(&mut cache, small, 10_000, 3);
        }
        assert!(holds(&cache, 0), "those that went were worth less");
        let went = (401..=10_000).find(|small| put(&mut cache, *small, 10_000, 3).contains(&0));
        assert!(went.is_some(), "nobody asks for it");
        assert!(cache.bytes() <= 2 * MILLION);
    }

    #[test]
    fn without_any_room_nothing_stays() {
        assert_eq!(put(&mut Cache::new(0), 1, 0, 1), [1]);
    }

    #[test]
    fn what_is_dear_to_rebuild_for_its_bytes_stays_longer() {
        let mut cache = Cache::new(3 * MILLION);
        assert_eq!(put(&mut cache, 1, MILLION, 100), [0; 0]);
        assert_eq!(put(&mut cache, 2, MILLION, 1), [0; 0]);
        assert_eq!(put(&mut cache, 3, MILLION, 10), [2]);
        assert!(holds(&cache, 1) && holds(&cache, 3));
    }

    #[test]
    fn a_big_parent_stays_while_small_ones_pass() {
        let mut cache = Cache::new(3 * MILLION);
        let (parent, mut passed) = (InstanceKey(0), 0);
        assert_eq!(put(&mut cache, 0, 2 * MILLION, 2_000), [0; 0]);
        for child in 1..=10_000 {
            passed += put(&mut cache, child, 10_000, 3).len();
            // Some of them end, and the parent hears of it.
            if child % 50 == 0 {
                let held = cache.take(parent).expect("it stays");
                passed += cache.put(parent, held, 2 * MILLION, 2_000).len();
            }
        }
        assert!(passed > 9_800, "only {passed} of the small ones went");
    }

    #[test]
    fn a_big_one_that_nobody_uses_goes_in_the_end() {
        let mut cache = Cache::new(3 * MILLION);
        assert_eq!(put(&mut cache, 0, 2 * MILLION, 2_000), [0; 0]);
        let went = (1..=10_000).find(|child| put(&mut cache, *child, 10_000, 3).contains(&0));
        assert!(went.is_some_and(|child| child > 100), "{went:?}");
    }
}
