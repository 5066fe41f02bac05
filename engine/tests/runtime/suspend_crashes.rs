//! A node that dies at every call of its store in turn while an instance is suspended, gets events, the result of an
//! activity and a timer in that state, and is resumed: it stands still until then, and has lost nothing afterwards.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::runtime::Wake;
use countersign_engine::testing::{CrashAt, CrashingStore, Stepper, crash_at_every_call};
use countersign_engine::{
    Client, EngineError, Failure, Orchestration, OrchestrationContext, Registry, RuntimeStatus, StoreError,
};
use futures::future::join;

use crate::support::{DOUBLE, World, id, record};

const JOB: Orchestration<u32, Vec<u32>> = Orchestration::named("Job");
const HOUR: Duration = Duration::from_secs(3_600);

/// What a caller does, one after the other.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Start,
    Raise(u32),
    Suspend,
    Resume,
    /// Two hours pass.
    Pass,
    /// The node does what it can do.
    Run,
    /// The same, which leaves the instance where it is.
    RunSuspended,
    RunToTheEnd,
}

/// The result for the second event and all of the third come to a suspended instance, and so does the timer.
const SCENARIO: [Step; 13] = [
    Step::Start,
    Step::Run,
    Step::Raise(1),
    Step::Run,
    Step::Raise(2),
    Step::Suspend,
    Step::RunSuspended,
    Step::Raise(3),
    Step::RunSuspended,
    Step::Pass,
    Step::RunSuspended,
    Step::Resume,
    Step::RunToTheEnd,
];

/// Doubles events up to `last`, and waits for an hour at the least.
async fn job(ctx: OrchestrationContext, last: u32) -> Result<Vec<u32>, Failure> {
    let hear = async {
        let mut doubled = Vec::<u32>::new();
        while doubled.last() != Some(&(2 * last)) {
            let heard: u32 = ctx.external_event("go").await?;
            doubled.push(ctx.call(DOUBLE, &heard).await?);
            ctx.set_custom_status(&doubled)?;
        }
        Ok::<_, Failure>(doubled)
    };
    join(hear, ctx.timer(HOUR)).await.0
}

fn registry() -> Registry {
    let known = Registry::new().activity(DOUBLE, |_, n: u32| async move { Ok(n * 2) }).expect("the names differ");
    known.orchestration(JOB, job).expect("the names differ")
}

async fn take(world: &World, node: &Stepper, step: Step) -> Result<(), EngineError> {
    let (client, job) = (node.client(), id("job"));
    match step {
        Step::Start => client.start(JOB, &3).id(job).await.map(|_| ()),
        Step::Raise(value) => client.raise_event(&job, "go", &value).await,
        Step::Suspend => client.suspend(&job, "").await,
        Step::Resume => client.resume(&job, "").await,
        Step::Pass => {
            world.clock.advance(2 * HOUR);
            Ok(())
        }
        Step::Run => Ok(node.run_until_idle().await?),
        Step::RunSuspended => {
            node.run_until_idle().await?;
            assert_it_stands_still(world).await;
            Ok(())
        }
        Step::RunToTheEnd => Ok(node.run_to_the_end().await?),
    }
}

/// Looks past the node, which may be about to die.
async fn assert_it_stands_still(world: &World) {
    let client = Client::new(world.store.clone(), Arc::new(world.clock.clone()), Wake::default());
    let record = record(&client, "job").await;
    assert_eq!(record.status, RuntimeStatus::Suspended);
    let doubled = record.custom_status.expect("it heard the first event").decode().expect("numbers");
    assert_eq!(without_repeats(doubled), [2]);
}

/// A caller who does not know what became of an event raises it again.
fn without_repeats(mut doubled: Vec<u32>) -> Vec<u32> {
    doubled.dedup();
    doubled
}

async fn survives(at: CrashAt) -> bool {
    let world = World::new().await;
    let crashing = Arc::new(CrashingStore::new(Arc::clone(&world.store), at));
    let mut taken = 0;
    if let Ok(node) = Stepper::start(crashing.clone(), registry(), world.clock.clone()).await {
        while taken < SCENARIO.len() && take(&world, &node, SCENARIO[taken]).await.is_ok() {
            taken += 1;
        }
    }
    let node = world.node_with(registry()).await;
    for (number, step) in SCENARIO.into_iter().enumerate().skip(taken) {
        match take(&world, &node, step).await {
            Ok(()) => {}
            // It had taken effect, of which the caller did not hear.
            Err(EngineError::Store(StoreError::Exists(_) | StoreError::WrongState { .. })) if number == taken => {}
            Err(error) => panic!("{at:?}, {step:?}: {error}"),
        }
    }
    let client = node.client();
    let ended = record(&client, "job").await;
    let doubled: Vec<u32> = ended.output.expect("completed").decode().expect("numbers");
    assert!(doubled.len() <= 4, "one event may have been raised twice: {doubled:?}, {at:?}");
    assert_eq!(without_repeats(doubled), [2, 4, 6], "{at:?}");
    let history = client.history(&id("job"), None).await.expect("a history");
    for name in ["ExecutionSuspended", "ExecutionResumed", "TimerFired", "ExecutionCompleted"] {
        assert_eq!(history.iter().filter(|event| event.kind.name() == name).count(), 1, "{name}, {at:?}");
    }
    node.check().await.expect("checked");
    crashing.has_crashed()
}

async fn every_crash(at: impl Fn(u64) -> CrashAt) {
    let calls = crash_at_every_call(at, survives).await;
    assert!(calls >= 30, "the scenario makes only {calls} calls");
}

#[tokio::test]
async fn every_crash_before_a_call_takes_effect_is_survived() {
    every_crash(CrashAt::Before).await;
}

#[tokio::test]
async fn every_crash_after_a_call_took_effect_is_survived() {
    every_crash(CrashAt::After).await;
}
