//! Children and the executions that they belong to.

use countersign_engine::{Failure, Orchestration, OrchestrationContext, Registry, RuntimeStatus};
use futures::future::Either;

use crate::support::{World, id, instances, output, record};

const PARENT: Orchestration<u32, u32> = Orchestration::named("Parent");
const CHILD: Orchestration<u32, u32> = Orchestration::named("Child");
const HEIR: Orchestration<(), String> = Orchestration::named("Heir");

fn registry() -> Registry {
    let registry = Registry::new().orchestration(PARENT, parent).and_then(|names| names.orchestration(CHILD, child));
    registry.and_then(|names| names.orchestration(HEIR, heir)).expect("the names differ")
}

/// Starts a child; the first execution gives it up for a second one, which starts its own by the same action.
async fn parent(ctx: OrchestrationContext, generation: u32) -> Result<u32, Failure> {
    let child = ctx.child(CHILD, &generation);
    if generation > 0 {
        return child.await;
    }
    match ctx.first_of(child, ctx.external_event::<()>("next")).await {
        Either::Left(result) => result,
        Either::Right(_) => ctx.continue_as_new(&1).await,
    }
}

async fn child(ctx: OrchestrationContext, generation: u32) -> Result<u32, Failure> {
    ctx.external_event::<()>("finish").await?;
    Ok(generation)
}

/// Starts a child under an id that an instance which has ended holds.
async fn heir(ctx: OrchestrationContext, (): ()) -> Result<String, Failure> {
    let failed = ctx.child(CHILD, &9).id(id("taken")).await;
    Ok(failed.map_or_else(|failure| failure.kind, |_| "a second child".to_owned()))
}

/// The cure: a result names the execution and the action that it answers, and any other execution drops it.
#[tokio::test]
async fn a_childs_result_reaches_only_the_execution_that_started_it() {
    let world = World::new().await;
    let node = world.node(&registry()).await;
    let client = node.client();
    client.start(PARENT, &0).id(id("parent")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    client.raise_event(&id("parent"), "next", &()).await.expect("raised");
    node.run_until_idle().await.expect("it runs");
    let children = instances(&client, CHILD.name()).await;
    client.raise_event(&children[0].id, "finish", &()).await.expect("raised");
    node.run_until_idle().await.expect("it runs");
    let waiting = record(&client, "parent").await;
    assert_eq!((waiting.status, waiting.ordinal), (RuntimeStatus::Running, 2), "the old child's result is not its own");
    client.raise_event(&children[1].id, "finish", &()).await.expect("raised");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(output::<u32>(&client, "parent").await, 1);
    node.check().await.expect("checked");
}

/// The cure: a derived id comes from the execution and not from the instance.
#[tokio::test]
async fn derived_child_ids_differ_between_executions() {
    let world = World::new().await;
    let node = world.node(&registry()).await;
    let client = node.client();
    client.start(PARENT, &0).id(id("parent")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    client.raise_event(&id("parent"), "next", &()).await.expect("raised");
    node.run_until_idle().await.expect("it runs");
    let children = instances(&client, CHILD.name()).await;
    assert_eq!(children.len(), 2, "the second execution's child has an id of its own");
    assert_ne!(children[0].id, children[1].id);
}

/// The cure: the commit that meets a taken id puts a failure into the parent's inbox, whatever state the id's owner is in.
#[tokio::test]
async fn an_id_taken_by_an_ended_instance_is_a_failure_for_the_parent() {
    let world = World::new().await;
    let node = world.node(&registry()).await;
    let client = node.client();
    client.start(CHILD, &0).id(id("taken")).await.expect("started");
    client.raise_event(&id("taken"), "finish", &()).await.expect("raised");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&client, "taken").await.status, RuntimeStatus::Completed);
    client.start(HEIR, &()).id(id("heir")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(output::<String>(&client, "heir").await, Failure::INSTANCE_EXISTS);
    assert_eq!(instances(&client, CHILD.name()).await.len(), 1, "the ended instance is untouched");
}
