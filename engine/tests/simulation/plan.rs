//! What a seed decides before a run begins.

use crate::generate;
use crate::program::Run;
use crate::random::Random;

/// The shape of a run.
#[derive(Debug)]
pub(crate) struct Plan {
    /// What the instances that a client starts do.
    pub(crate) runs: Vec<Run>,
    /// How many nodes begin.
    pub(crate) nodes: usize,
    /// How many calls clients make besides the starts.
    pub(crate) calls: u32,
    /// How many nodes die.
    pub(crate) kills: u32,
    /// How many living nodes are believed dead.
    pub(crate) zombies: u32,
    /// How many of a hundred store calls fail, before or after they took effect.
    pub(crate) failing: u32,
    /// How many of a hundred wake-ups between nodes are late until the faults are over.
    pub(crate) late: u32,
    /// How many of a hundred are delivered twice.
    pub(crate) doubled: u32,
}

impl Plan {
    pub(crate) fn new(random: &mut Random) -> Self {
        let roots = random.between(1, 3);
        let sizes: Vec<u32> = (0..roots).map(|_| random.between(1, 9)).collect();
        let calm = random.percent(10);
        let mut unless_calm = |most| if calm { 0 } else { random.between(0, most) };
        let (calls, kills, zombies) = (unless_calm(12), unless_calm(3), unless_calm(1));
        let (failing, late, doubled) = (unless_calm(5), unless_calm(40), unless_calm(20));
        Self {
            runs: sizes.into_iter().map(|size| generate::run(random, size, roots)).collect(),
            nodes: random.below(3) + 1,
            calls,
            kills,
            zombies,
            failing,
            late,
            doubled,
        }
    }
}
