//! What a program must come to, without an engine: a function of its tree.

use countersign_engine::Failure;

use crate::program::{Call, ChildId, EXEMPT, Failing, Program, Run, Step, mix};

/// The kind of a refused operation's failure.
pub(crate) const REFUSED: &str = "Refused";

/// A number, or the kind of a failure.
pub(crate) type Expected = Result<u64, String>;

/// What an execution of `run` and all that follow it come to.
pub(crate) fn run(run: &Run) -> Expected {
    let mut sum = run.sum;
    for _ in 0..run.rounds {
        sum = mix(sum, round(&run.program)?);
    }
    Ok(sum)
}

/// What the execution of `run` alone hands to the next, `None` if none follows.
pub(crate) fn next_sum(run: &Run) -> Option<u64> {
    let value = round(&run.program).ok()?;
    (run.rounds > 1).then(|| mix(run.sum, value))
}

fn round(program: &Program) -> Expected {
    let entered = program.section.as_ref().map_or(Ok(0), |section| step(&section.inner))?;
    Ok(mix(entered, step(&program.body)?))
}

fn step(of: &Step) -> Expected {
    match of {
        Step::Call(of) => call(of),
        Step::Draw => Ok(5),
        Step::Pause(_) | Step::Status(_) => Ok(0),
        Step::Await(name) => Ok(u64::from(*name)),
        Step::Holding { inner, .. } => step(inner),
        Step::Child { id: ChildId::Taken, .. } => Err(Failure::INSTANCE_EXISTS.to_owned()),
        Step::Child { run: child, .. } => run(child),
        Step::Detached(_) => Ok(2),
        Step::Patched(_) => Ok(1),
        Step::Send(_) => Ok(3),
        Step::Signal { .. } => Ok(13),
        Step::Ask { refused: false, .. } => Ok(17),
        Step::Ask { refused: true, .. } => Err(REFUSED.to_owned()),
        Step::Fail(kind) => Err(fail_kind(*kind)),
        Step::Sequence(steps) => steps.iter().try_fold(0, |sum, of| Ok(mix(sum, step(of)?))),
        Step::Join(steps) | Step::FanOut { steps, .. } => {
            all(steps).into_iter().try_fold(0, |sum, result| Ok(mix(sum, result?)))
        }
        Step::Unordered(steps) => unordered(all(steps)),
        Step::Race(_) => Ok(7),
        Step::FirstOf(_, _) => Ok(11),
        Step::Rescue(inner) => Ok(step(inner).unwrap_or_else(|kind| rescued(&kind))),
    }
}

fn all(steps: &[Step]) -> Vec<Expected> {
    steps.iter().map(step).collect()
}

fn call(call: &Call) -> Expected {
    let may_retry = matches!(call.how, Failing::Busy | Failing::Panic);
    let tries = if may_retry { call.tries } else { 1 };
    if call.failures < tries { Ok(call.value) } else { Err(failing_kind(call.how).to_owned()) }
}

/// A sum in no order; of failures the one whose kind comes first in the alphabet.
pub(crate) fn unordered(results: Vec<Expected>) -> Expected {
    let mut sum = 0_u64;
    let mut failures = Vec::new();
    for result in results {
        match result {
            Ok(value) => sum = sum.wrapping_add(value),
            Err(kind) => failures.push(kind),
        }
    }
    failures.into_iter().min().map_or(Ok(sum), Err)
}

/// The number that stands for a failure.
pub(crate) fn rescued(kind: &str) -> u64 {
    kind.bytes().fold(17, |sum, byte| mix(sum, u64::from(byte)))
}

/// The kind of a step that fails by itself.
pub(crate) fn fail_kind(kind: u32) -> String {
    format!("Failed{kind}")
}

/// The kind of an activity's failure.
pub(crate) fn failing_kind(how: Failing) -> &'static str {
    match how {
        Failing::Busy => "Busy",
        Failing::Broken => "Broken",
        Failing::Exempt => EXEMPT,
        Failing::Panic => Failure::PANIC,
    }
}
