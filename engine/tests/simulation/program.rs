//! What a random orchestration does: a tree of steps, which is the input of the one orchestration that interprets it.

use std::num::NonZeroUsize;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The input of an execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Run {
    /// What each round does.
    pub(crate) program: Arc<Program>,
    /// How many executions follow each other by continue-as-new, this one included.
    pub(crate) rounds: u32,
    /// What the rounds before came to.
    pub(crate) sum: u64,
    /// The events that they took, by number.
    pub(crate) taken: Vec<Taken>,
}

/// What each round of an instance does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Program {
    /// The steps.
    pub(crate) body: Step,
    /// An event for which so many waits are begun and never awaited, until the round ends.
    pub(crate) held: Option<(u32, u32)>,
    /// A critical section, with which the round begins: nothing else may run beside it.
    pub(crate) section: Option<Section>,
}

/// A critical section.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Section {
    /// The tallies that are locked.
    pub(crate) tallies: Vec<u32>,
    /// What is done meanwhile; it asks no tally and starts nothing.
    pub(crate) inner: Step,
}

/// The output of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sum {
    pub(crate) sum: u64,
    pub(crate) taken: Vec<Taken>,
}

/// An external event that the code got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Taken {
    /// Which of the [`NAMES`].
    pub(crate) name: u32,
    /// Its value, which no other event has.
    pub(crate) number: u64,
}

/// The names of external events. The last one is what programs send to each other.
pub(crate) const NAMES: [&str; 3] = ["approve", "Change", "SENT"];

/// The name by which programs send.
pub(crate) const SENT: u32 = 2;

/// Something an orchestration does. Each comes to a number or a failure that depends on nothing but the tree; where chance
/// decides (who wins a race), the step says so and comes to a constant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Step {
    /// An activity.
    Call(Call),
    /// An activity with an id and a random number, both of which it gives back.
    Draw,
    /// A timer of so many milliseconds.
    Pause(u32),
    /// An external event.
    Await(u32),
    /// Waits that are begun and given up after the inner step, without having been awaited.
    Holding { name: u32, waits: u32, newest_first: bool, inner: Box<Step> },
    /// A sub-orchestration. `mortal`: dropping the wait terminates it.
    Child { run: Box<Run>, id: ChildId, tries: u32, mortal: bool },
    /// An orchestration that nobody waits for.
    Detached(Box<Run>),
    /// A question for a patch, which every execution begins with.
    Patched(u32),
    /// An event to the instance with this number.
    Send(u32),
    /// A signal to the tally with this number, so many milliseconds later if that is said.
    Signal { tally: u32, later: Option<u32> },
    /// A call of the tally with this number, which may refuse it.
    Ask { tally: u32, refused: bool },
    /// A custom status.
    Status(u64),
    /// A failure of this kind.
    Fail(u32),
    /// One after the other, up to the first failure.
    Sequence(Vec<Step>),
    /// All at once by `join_all`.
    Join(Vec<Step>),
    /// So many at a time by `fan_out`.
    FanOut { limit: NonZeroUsize, steps: Vec<Step> },
    /// All at once by `FuturesUnordered`.
    Unordered(Vec<Step>),
    /// The first by `select_all`; the others are dropped. A constant.
    Race(Vec<Step>),
    /// The first of two; the other is dropped. A constant.
    FirstOf(Box<Step>, Box<Step>),
    /// A failure becomes a number.
    Rescue(Box<Step>),
}

/// Whose choice a child's id is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ChildId {
    /// Derived by the engine.
    Derived,
    /// The parent's, a new one.
    Given(u32),
    /// The parent's own id, which is taken.
    Taken,
}

/// A call of an activity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Call {
    /// What it gives back.
    pub(crate) value: u64,
    /// How many attempts fail first.
    pub(crate) failures: u32,
    /// How these fail.
    pub(crate) how: Failing,
    /// How often it is tried at the most.
    pub(crate) tries: u32,
    /// The pause between two tries, in milliseconds.
    pub(crate) pause: u32,
    /// Whether dropping the call cancels it.
    pub(crate) cancels: bool,
}

/// How an attempt fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Failing {
    /// Worth another try.
    Busy,
    /// Not worth another try.
    Broken,
    /// A kind that the policy exempts.
    Exempt,
    /// A panic.
    Panic,
}

/// The kind that retry policies exempt.
pub(crate) const EXEMPT: &str = "Exempt";

/// Adds `value` to `sum` in a way that depends on the order.
pub(crate) fn mix(sum: u64, value: u64) -> u64 {
    sum.wrapping_mul(31).wrapping_add(value)
}
