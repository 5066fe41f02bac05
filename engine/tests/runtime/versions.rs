//! Versions side by side, seen by a client: who runs which, and what waits for a node that knows its version.

use countersign_engine::model::BlockedKind;
use countersign_engine::testing::Stepper;
use countersign_engine::{Failure, Orchestration, OrchestrationContext, Registry, RuntimeStatus};

use crate::support::{DOUBLE, World, id, record};

const LOOP: Orchestration<u32, String> = Orchestration::named("Loop");
const PARENT: Orchestration<u32, String> = Orchestration::named("Parent");

/// Says its version after an activity; counts down by continue-as-new.
async fn first(ctx: OrchestrationContext, n: u32) -> Result<String, Failure> {
    let step: u32 = ctx.external_event("step").await?;
    let doubled = ctx.call(DOUBLE, &step).await?;
    if n > 1 { ctx.continue_as_new(&(n - 1)).await } else { Ok(format!("{} {doubled}", ctx.version())) }
}

/// The same, which hands over to version 2 at its end.
async fn handing_over(ctx: OrchestrationContext, n: u32) -> Result<String, Failure> {
    ctx.external_event::<u32>("step").await?;
    ctx.continue_as_new(&n).version("2").await
}

async fn second(ctx: OrchestrationContext, n: u32) -> Result<String, Failure> {
    Ok(format!("{} says {n}", ctx.version()))
}

async fn parent(ctx: OrchestrationContext, n: u32) -> Result<String, Failure> {
    ctx.child(LOOP.version("2"), &n).await
}

fn activities() -> Registry {
    Registry::new().activity(DOUBLE, |_, n: u32| async move { Ok(n * 2) }).expect("the names differ")
}

fn only_first() -> Registry {
    activities().orchestration(LOOP.version("1"), first).expect("the names differ")
}

fn only_second() -> Registry {
    let known = activities().orchestration(LOOP.version("2"), second);
    known.and_then(|known| known.orchestration(PARENT, parent)).expect("the names differ")
}

fn both() -> Registry {
    only_second().orchestration(LOOP.version("1"), first).expect("the names differ")
}

async fn step(node: &Stepper) {
    node.client().raise_event(&id("a"), "step", &1).await.expect("raised");
    node.run_until_idle().await.expect("it runs");
}

#[tokio::test]
async fn an_instance_stays_with_its_version_through_restarts_completions_and_continue_as_new() {
    let world = World::new().await;
    let node = world.node_with(only_first()).await;
    node.client().start(LOOP.version("1"), &2).id(id("a")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let node = world.node_with(both()).await;
    step(&node).await;
    assert_eq!(&*record(&node.client(), "a").await.version, "1");
    let node = world.node_with(both()).await;
    step(&node).await;
    assert_eq!(record(&node.client(), "a").await.output.expect("completed").as_str(), "\"1 2\"");
    node.check().await.expect("checked");
}

#[tokio::test]
async fn what_no_node_knows_waits_visibly_and_goes_on_when_one_does() {
    let world = World::new().await;
    let node = world.node_with(only_first()).await;
    node.client().start(LOOP.version("1"), &1).id(id("a")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let node = world.node_with(only_second()).await;
    step(&node).await;
    let waiting = record(&node.client(), "a").await;
    let blocked = waiting.blocked.expect("it is blocked");
    assert_eq!((waiting.status, blocked.kind), (RuntimeStatus::Running, BlockedKind::UnknownCode));
    assert!(blocked.message.contains("version \"1\"") && blocked.message.contains("version \"2\""), "{blocked:?}");
    let node = world.node_with(both()).await;
    node.run_until_idle().await.expect("it runs");
    let done = record(&node.client(), "a").await;
    assert_eq!((done.status, done.blocked), (RuntimeStatus::Completed, None));
}

#[tokio::test]
async fn what_is_blocked_can_be_terminated_without_its_code() {
    let world = World::new().await;
    let node = world.node_with(only_first()).await;
    node.client().start(LOOP.version("1"), &1).id(id("begun")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let node = world.node_with(Registry::new()).await;
    node.client().start(LOOP.version("7"), &1).id(id("fresh")).await.expect("started");
    for _ in 0..1_001 {
        node.client().raise_event(&id("begun"), "step", &1).await.expect("raised");
    }
    for name in ["begun", "fresh"] {
        node.client().terminate(&id(name), "nobody needs it").await.expect("told");
    }
    node.run_until_idle().await.expect("it runs");
    for name in ["begun", "fresh"] {
        let ended = record(&node.client(), name).await;
        assert_eq!((ended.status, ended.blocked), (RuntimeStatus::Terminated, None));
    }
}

#[tokio::test]
async fn continue_as_new_hands_over_to_another_version() {
    let world = World::new().await;
    let known = only_second().orchestration(LOOP.version("1"), handing_over).expect("the names differ");
    let node = world.node_with(known).await;
    node.client().start(LOOP.version("1"), &5).id(id("a")).await.expect("started");
    step(&node).await;
    let done = record(&node.client(), "a").await;
    assert_eq!((&*done.version, done.output.expect("completed").as_str()), ("2", "\"2 says 5\""));
    node.check().await.expect("checked");
}

#[tokio::test]
async fn continue_as_new_to_a_version_that_nobody_knows_waits() {
    let world = World::new().await;
    let known = activities().orchestration(LOOP.version("1"), handing_over).expect("the names differ");
    let node = world.node_with(known).await;
    node.client().start(LOOP.version("1"), &5).id(id("a")).await.expect("started");
    step(&node).await;
    let waiting = record(&node.client(), "a").await;
    assert_eq!(waiting.blocked.map(|blocked| blocked.kind), Some(BlockedKind::UnknownCode));
    let node = world.node_with(both()).await;
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&node.client(), "a").await.status, RuntimeStatus::Completed);
}

#[tokio::test]
async fn a_child_of_a_version_that_nobody_knows_waits_and_so_does_its_parent() {
    let world = World::new().await;
    let node = world.node_with(Registry::new().orchestration(PARENT, parent).expect("the names differ")).await;
    node.client().start(PARENT, &3).id(id("p")).await.expect("started");
    node.run_until_idle().await.expect("it does not loop");
    assert_eq!(record(&node.client(), "p").await.status, RuntimeStatus::Running);
    let node = world.node_with(both()).await;
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&node.client(), "p").await.output.expect("completed").as_str(), "\"2 says 3\"");
}
