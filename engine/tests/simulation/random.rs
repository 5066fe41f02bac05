//! The one source of chance: everything that differs between two runs comes from the seed.

use std::time::Duration;

/// A series of numbers that a seed determines (SplitMix64, Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).expect("a length fits");
        usize::try_from(self.next() % end.max(1)).expect("it is below a length")
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + u32::try_from(self.next() % u64::from(high - low + 1)).expect("it is below a number of 32 bits")
    }

    /// `true` in so many of a hundred cases.
    pub(crate) fn percent(&mut self, chance: u32) -> bool {
        self.next() % 100 < u64::from(chance)
    }

    /// A duration of so many milliseconds at the most.
    pub(crate) fn millis(&mut self, most: u32) -> Duration {
        Duration::from_millis(u64::from(self.between(0, most)))
    }

    /// One of the things, each as often as its weight says. `None` when there is none.
    pub(crate) fn weighted<T>(&mut self, things: Vec<(u32, T)>) -> Option<T> {
        let total: u64 = things.iter().map(|(weight, _)| u64::from(*weight)).sum();
        let mut left = self.next().checked_rem(total)?;
        for (weight, thing) in things {
            match left.checked_sub(u64::from(weight)) {
                None => return Some(thing),
                Some(rest) => left = rest,
            }
        }
        None
    }
}
