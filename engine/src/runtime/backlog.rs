//! What waits in a node's memory, and how much of it may.

/// How much waits in the memory of a node: for those who watch it.
///
/// What there may be any amount of is small and stands in the store as well: keys of instances that are ready, and tasks. What
/// takes more is bounded, and beyond the bound the work is read from the store when its time has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Instances that wait for a turn.
    pub instances: usize,
    /// Those among them that wait with everything that their first turns need: at most [`Backlog::MAX_BEGUN`].
    pub begun: usize,
    /// Activities that wait for an executor.
    pub tasks: usize,
    /// Answers of activities that are not recorded yet. From [`Backlog::MAX_UNRECORDED`] on no further activity begins.
    pub unrecorded: usize,
}

impl Backlog {
    /// How many instances wait with everything that their first turns need: a burst of starts must not fill the memory.
    pub const MAX_BEGUN: usize = 1_000;

    /// How many answers may wait to be recorded before no further activity begins: they fill the memory, and a crash repeats
    /// what gave them.
    pub const MAX_UNRECORDED: usize = 1_000;
}
