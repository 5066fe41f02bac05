//! The order in which instances have their turns.

use std::collections::VecDeque;

use crate::ids::InstanceKey;

/// First come, first served, but for what clients start: of that only a few stand in the line at a time, and the others wait
/// aside, in their order. So a burst of starts holds up nothing that is on its way for longer than it takes to run those few
/// turns, and still each start has its turn in the end.
///
/// All else keeps its place. Children stand where their parents have put them, so that a parent reads the results of many in
/// one turn.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// With whether a client has started it.
    line: VecDeque<(InstanceKey, bool)>,
    /// How many of those are in the line.
    starts: usize,
    /// Empty unless the line has its share of starts.
    aside: VecDeque<InstanceKey>,
}

/// How many starts stand in the line at the most: about as many turns as run at a time.
const STARTS: usize = 64;

impl Queue {
    /// Adds an instance at the end.
    pub(super) fn push(&mut self, key: InstanceKey) {
        self.line.push_back((key, false));
    }

    /// The same for one that a client has started.
    pub(super) fn push_start(&mut self, key: InstanceKey) {
        if self.starts < STARTS {
            self.starts += 1;
            self.line.push_back((key, true));
        } else {
            self.aside.push_back(key);
        }
    }

    /// The instance that comes first.
    pub(super) fn pop(&mut self) -> Option<InstanceKey> {
        let (key, is_start) = self.line.pop_front()?;
        if is_start {
            match self.aside.pop_front() {
                Some(next) => self.line.push_back((next, true)),
                None => self.starts -= 1,
            }
        }
        Some(key)
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.line.len() + self.aside.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(queue: &mut Queue) -> Vec<i64> {
        std::iter::from_fn(|| queue.pop()).map(|key| key.0).collect()
    }

    #[test]
    fn what_waits_comes_out_in_its_order() {
        let mut queue = Queue::default();
        for key in 0..20 {
            if key % 3 == 0 { queue.push_start(InstanceKey(key)) } else { queue.push(InstanceKey(key)) }
        }
        assert_eq!((queue.len(), all(&mut queue)), (20, (0..20).collect()));
    }

    #[test]
    fn a_burst_of_starts_keeps_its_order_and_holds_up_nothing_for_long() {
        let mut queue = Queue::default();
        (0..1_000).for_each(|key| queue.push_start(InstanceKey(key)));
        let mut before = 0;
        for round in 0..10 {
            queue.push(InstanceKey(-1));
            let place = std::iter::from_fn(|| queue.pop()).take_while(|key| key.0 >= 0).count();
            assert!(place <= STARTS, "{place} starts came before what went on in round {round}");
            before += i64::try_from(place).expect("a small number");
        }
        assert_eq!((queue.len(), all(&mut queue)), (1_000 - 10 * STARTS, (before..1_000).collect()));
    }

    #[test]
    fn what_goes_on_all_the_time_does_not_keep_starts_away() {
        let mut queue = Queue::default();
        (-10..0).for_each(|key| queue.push(InstanceKey(key)));
        (0..200).for_each(|key| queue.push_start(InstanceKey(key)));
        let mut started = 0;
        for _ in 0..1_000 {
            match queue.pop().expect("somebody waits") {
                start if start.0 >= 0 => started += 1,
                goes_on => queue.push(goes_on),
            }
        }
        assert_eq!(started, 200);
    }
}
