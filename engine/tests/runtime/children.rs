//! Parents, children and what is started detached, seen by a client.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use countersign_engine::{
    Activity, Failure, InstanceId, InstanceQuery, InstanceRecord, Orchestration, OrchestrationContext, Registry,
    RetryPolicy, RuntimeStatus,
};

use crate::support::{World, id, record};

const PARENT: Orchestration<InstanceId, u32> = Orchestration::named("Parent");
const CHILD: Orchestration<u32, u32> = Orchestration::named("Child");
const GRANDCHILD: Orchestration<u32, u32> = Orchestration::named("Grandchild");
const STARTER: Orchestration<u32, InstanceId> = Orchestration::named("Starter");
const PERSISTENT: Orchestration<InstanceId, u32> = Orchestration::named("Persistent");
const WORK: Activity<u32, u32> = Activity::named("Work");

/// Gives up its child after a minute.
async fn impatient(ctx: OrchestrationContext, child: InstanceId) -> Result<u32, Failure> {
    let call = ctx.child(CHILD, &1).id(child).cancel_on_drop();
    let _ = ctx.first_of(call, ctx.timer(Duration::from_secs(60))).await;
    ctx.external_event("go").await
}

/// Continues as new twice, then gives its result.
async fn looping(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    if n < 3 { ctx.continue_as_new(&(n + 1)).await } else { Ok(n) }
}

async fn with_grandchild(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    ctx.child(GRANDCHILD, &n).await
}

async fn patient(ctx: OrchestrationContext, _: u32) -> Result<u32, Failure> {
    ctx.external_event("never").await
}

async fn starter(ctx: OrchestrationContext, n: u32) -> Result<InstanceId, Failure> {
    ctx.start_detached(GRANDCHILD, &n).await
}

/// Tries a child three times under one id.
async fn persistent(ctx: OrchestrationContext, child: InstanceId) -> Result<u32, Failure> {
    ctx.child(CHILD, &7).id(child).retry(RetryPolicy::fixed(Duration::from_secs(1), 3)).await
}

async fn working(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    ctx.call(WORK, &n).await
}

/// A child that fails so many times, and a parent that does not give up at once.
fn fragile(failures: u32) -> Registry {
    let calls = AtomicU32::new(0);
    let known = Registry::new().activity(WORK, move |_, n: u32| {
        let fails = calls.fetch_add(1, Ordering::Relaxed) < failures;
        async move { if fails { Err(Failure::new("Busy", "try again")) } else { Ok(n) } }
    });
    let known = known.and_then(|known| known.orchestration(CHILD, working));
    known.and_then(|known| known.orchestration(PERSISTENT, persistent)).expect("the names differ")
}

fn registry() -> Registry {
    let known = Registry::new().orchestration(PARENT, impatient).expect("the names differ");
    let known = known.orchestration(GRANDCHILD, patient).expect("the names differ");
    known.orchestration(STARTER, starter).expect("the names differ")
}

fn families() -> Registry {
    registry().orchestration(CHILD, with_grandchild).expect("the names differ")
}

async fn all(client: &countersign_engine::Client) -> Vec<InstanceRecord> {
    client.query(&InstanceQuery { limit: 100, ..InstanceQuery::default() }).await.expect("a page")
}

#[tokio::test]
async fn a_child_that_continues_as_new_answers_the_execution_that_started_it() {
    let world = World::new().await;
    let node = world.node_with(registry().orchestration(CHILD, looping).expect("the names differ")).await;
    node.client().start(PARENT, &id("child")).id(id("p")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let child = record(&node.client(), "child").await;
    assert_eq!((child.ordinal, child.output.expect("completed").as_str()), (3, "3"));
    assert_eq!(child.parent, Some(id("p")));
    let history = node.client().history(&id("p"), None).await.expect("a history");
    let answers = history.iter().filter(|event| event.kind.name() == "SubOrchestrationInstanceCompleted").count();
    assert_eq!(answers, 1);
    node.check().await.expect("checked");
}

#[tokio::test]
async fn a_child_that_is_cancelled_ends_with_its_own_children() {
    let world = World::new().await;
    let node = world.node_with(families()).await;
    node.client().start(PARENT, &id("child")).id(id("p")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(all(&node.client()).await.len(), 3);
    node.run_to_the_end().await.expect("it runs");
    let client = node.client();
    assert_eq!(record(&client, "p").await.status, RuntimeStatus::Running);
    for instance in all(&client).await.into_iter().filter(|instance| instance.parent.is_some()) {
        assert_eq!(instance.status, RuntimeStatus::Terminated, "{}", instance.id);
    }
    client.raise_event(&id("p"), "go", &4).await.expect("raised");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(record(&client, "p").await.output.expect("completed").as_str(), "4");
    node.check().await.expect("checked");
}

#[tokio::test]
async fn a_child_with_an_id_of_its_own_is_tried_again_under_it() {
    let world = World::new().await;
    let node = world.node_with(fragile(1)).await;
    let client = node.client();
    client.start(PERSISTENT, &id("child")).id(id("p")).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(record(&client, "p").await.output.expect("completed").as_str(), "7");
    let child = record(&client, "child").await;
    assert_eq!((child.status, child.ordinal, child.parent), (RuntimeStatus::Completed, 2, Some(id("p"))));
    let first = client.history(&id("child"), Some(1)).await.expect("a history");
    assert_eq!(first.last().expect("it has ended").kind.name(), "ExecutionCompleted");
    node.check().await.expect("checked");
}

#[tokio::test]
async fn a_child_with_an_id_of_its_own_that_always_fails_hands_its_failure_on() {
    let world = World::new().await;
    let node = world.node_with(fragile(u32::MAX)).await;
    let client = node.client();
    client.start(PERSISTENT, &id("child")).id(id("p")).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(record(&client, "p").await.failure.expect("failed").kind, "Busy");
    let child = record(&client, "child").await;
    assert_eq!((child.status, child.ordinal), (RuntimeStatus::Failed, 3));
    node.check().await.expect("checked");
}

#[tokio::test]
async fn cancelling_a_child_whose_id_was_taken_leaves_the_stranger_alone() {
    let world = World::new().await;
    let node = world.node_with(families()).await;
    node.client().start(GRANDCHILD, &1).id(id("stranger")).await.expect("started");
    node.client().start(PARENT, &id("stranger")).id(id("p")).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(record(&node.client(), "stranger").await.status, RuntimeStatus::Running);
}

#[tokio::test]
async fn what_is_started_detached_has_no_parent_and_outlives_its_starter() {
    let world = World::new().await;
    let node = world.node_with(families()).await;
    node.client().start(STARTER, &1).id(id("s")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let client = node.client();
    let started: InstanceId = record(&client, "s").await.output.expect("completed").decode().expect("an id");
    let detached = record(&client, started.as_str()).await;
    assert_eq!((detached.status, detached.parent), (RuntimeStatus::Running, None));
    node.check().await.expect("checked");
}

#[tokio::test]
async fn a_child_that_a_client_terminates_fails_its_parent_with_the_kind_terminated() {
    let known = Registry::new()
        .orchestration(PARENT, |ctx, child: InstanceId| async move { ctx.child(CHILD, &1).id(child).await })
        .and_then(|known| known.orchestration(CHILD, patient));
    let world = World::new().await;
    let node = world.node_with(known.expect("the names differ")).await;
    let client = node.client();
    client.start(PARENT, &id("child")).id(id("p")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    client.terminate(&id("child"), "nobody needs it").await.expect("it runs");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&client, "child").await.status, RuntimeStatus::Terminated);
    let parent = record(&client, "p").await;
    let failure = parent.failure.expect("it failed");
    assert_eq!(parent.status, RuntimeStatus::Failed);
    assert_eq!((failure.kind.as_str(), failure.message.as_str()), (Failure::TERMINATED, "nobody needs it"));
    let history = client.history(&id("p"), None).await.expect("a history");
    let answers = history.iter().filter(|event| event.kind.name() == "SubOrchestrationInstanceFailed").count();
    assert_eq!(answers, 1);
    node.check().await.expect("checked");
}
