//! Parents, children and what is started detached, seen by a client.

use std::time::Duration;

use countersign_engine::{
    Failure, InstanceId, InstanceQuery, InstanceRecord, Orchestration, OrchestrationContext, Registry, RuntimeStatus,
};

use crate::support::{World, id, record};

const PARENT: Orchestration<InstanceId, u32> = Orchestration::named("Parent");
const CHILD: Orchestration<u32, u32> = Orchestration::named("Child");
const GRANDCHILD: Orchestration<u32, u32> = Orchestration::named("Grandchild");
const STARTER: Orchestration<u32, InstanceId> = Orchestration::named("Starter");

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
