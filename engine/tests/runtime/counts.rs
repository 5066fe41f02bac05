//! How clients count instances by their states.

use std::time::Duration;

use countersign_engine::RuntimeStatus::{self, Completed, Failed, Pending, Running, Suspended, Terminated};
use countersign_engine::testing::Stepper;
use countersign_engine::{Activity, Between, Client, Entity, Failure, InstanceFilter, Operation, Orchestration};

use crate::support::{COUNTDOWN, FAMILY, SUM, World, id, registry};

const BROKEN: Orchestration<u32, u32> = Orchestration::named("Broken");
const STRANDED: Orchestration<u32, u32> = Orchestration::named("Stranded");
const UNKNOWN: Activity<u32, u32> = Activity::named("Unknown");
const COUNTER: Entity<u32> = Entity::named("counter");
const ADD: Operation<u32, u32, u32> = COUNTER.operation("add");
const HOUR: Duration = Duration::from_secs(3_600);

async fn node(world: &World) -> Stepper {
    let known = registry().expect("the names differ");
    let known = known.orchestration(BROKEN, |_, _: u32| async move { Err(Failure::new("Broken", "at once")) });
    let known = known.expect("the names differ");
    let known = known.orchestration(STRANDED, |ctx, n: u32| async move { ctx.call(UNKNOWN, &n).await });
    let known = known.expect("the names differ").operation(ADD, |_, n: u32| async move { Ok(n) });
    world.node_with(known.expect("the names differ")).await
}

/// Puts at least one instance into each state that there is, and an entity beside them.
async fn populate(node: &Stepper) {
    let client = node.client();
    client.start(SUM, &vec![1]).id(id("pending")).at(node.now() + HOUR).await.expect("started");
    for name in ["running", "suspended", "terminated"] {
        client.start(COUNTDOWN, &2).id(id(name)).tag("team", "red").await.expect("started");
    }
    client.start(STRANDED, &1).id(id("stranded")).await.expect("started");
    client.start(SUM, &vec![1]).id(id("sum")).tag("team", "red").await.expect("started");
    client.start(BROKEN, &1).id(id("broken")).await.expect("started");
    client.signal_entity(ADD, "a", &1).await.expect("signalled");
    node.run_until_idle().await.expect("it runs");
    client.suspend(&id("suspended"), "").await.expect("suspended");
    client.terminate(&id("terminated"), "").await.expect("terminated");
    node.run_until_idle().await.expect("it runs");
}

async fn all(client: &Client) -> Vec<(RuntimeStatus, u64)> {
    client.count_by_status().await.expect("the store answers")
}

async fn of(client: &Client, filter: InstanceFilter) -> Vec<(RuntimeStatus, u64)> {
    client.count_by_status_of(&filter).await.expect("the store answers")
}

fn any() -> InstanceFilter {
    InstanceFilter::default()
}

#[tokio::test]
async fn every_instance_is_counted_once_in_its_state_and_no_entity_is() {
    let world = World::new().await;
    let node = node(&world).await;
    let client = node.client();
    assert_eq!(all(&client).await, [], "nothing is there");
    populate(&node).await;
    let counted = [(Pending, 1), (Running, 2), (Suspended, 1), (Completed, 1), (Failed, 1), (Terminated, 1)];
    assert_eq!(all(&client).await, counted);
}

#[tokio::test]
async fn a_filter_leaves_some_to_be_counted() {
    let world = World::new().await;
    let node = node(&world).await;
    let client = node.client();
    populate(&node).await;
    let name = InstanceFilter { name: Some("Countdown".to_owned()), ..any() };
    assert_eq!(of(&client, name.clone()).await, [(Running, 1), (Suspended, 1), (Terminated, 1)]);
    let red = InstanceFilter { tags: vec![("team".to_owned(), "red".to_owned())], ..any() };
    assert_eq!(of(&client, red.clone()).await, [(Running, 1), (Suspended, 1), (Completed, 1), (Terminated, 1)]);
    let statuses = vec![Suspended, Completed, Failed];
    assert_eq!(
        of(&client, InstanceFilter { statuses: statuses.clone(), ..red }).await,
        [(Suspended, 1), (Completed, 1)]
    );
    assert_eq!(of(&client, InstanceFilter { statuses, ..name }).await, [(Suspended, 1)]);
    let blocked = |blocked| InstanceFilter { blocked: Some(blocked), statuses: vec![Running], ..any() };
    assert_eq!(of(&client, blocked(true)).await, [(Running, 1)]);
    assert_eq!(of(&client, blocked(false)).await, [(Running, 1)]);
    let prefix = InstanceFilter { id_prefix: Some("s".to_owned()), ..any() };
    assert_eq!(of(&client, prefix).await, [(Running, 1), (Suspended, 1), (Completed, 1)]);
    let text = InstanceFilter { text: Some("at once".to_owned()), ..any() };
    assert_eq!(of(&client, text).await, [(Failed, 1)]);
    let nobody = InstanceFilter { name: Some("Nobody".to_owned()), ..any() };
    assert_eq!(of(&client, nobody).await, []);
}

#[tokio::test]
async fn times_and_parents_leave_some_to_be_counted_too() {
    let world = World::new().await;
    let node = node(&world).await;
    let client = node.client();
    populate(&node).await;
    world.clock.advance(HOUR / 2);
    let later = Between { from: Some(node.now()), until: None };
    let before = Between { from: None, until: Some(node.now()) };
    client.start(FAMILY, &3).id(id("family")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let children = InstanceFilter { parent: Some(id("family")), ..any() };
    assert_eq!(of(&client, children).await, [(Completed, 3)]);
    assert_eq!(of(&client, InstanceFilter { created: later, ..any() }).await, [(Completed, 4)]);
    let ended = InstanceFilter { completed: before, ..any() };
    assert_eq!(of(&client, ended).await, [(Completed, 1), (Failed, 1), (Terminated, 1)]);
}

#[tokio::test]
async fn counts_follow_what_happens_to_an_instance() {
    let world = World::new().await;
    let node = node(&world).await;
    let client = node.client();
    client.start(COUNTDOWN, &2).id(id("a")).await.expect("started");
    assert_eq!(all(&client).await, [(Pending, 1)]);
    node.run_until_idle().await.expect("it runs");
    assert_eq!(all(&client).await, [(Running, 1)]);
    // It continues as new, and is still one instance.
    client.raise_event(&id("a"), "step", &1).await.expect("raised");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(all(&client).await, [(Running, 1)]);
    client.raise_event(&id("a"), "step", &1).await.expect("raised");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(all(&client).await, [(Completed, 1)]);
    client.restart(&id("a")).await.expect("it has ended");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(all(&client).await, [(Running, 1)]);
    client.terminate(&id("a"), "").await.expect("terminated");
    node.run_until_idle().await.expect("it runs");
    client.purge(&id("a")).await.expect("it has ended");
    assert_eq!(all(&client).await, []);
}
