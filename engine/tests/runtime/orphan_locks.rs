//! Locks whose holders were taken away by other hands: they are released by a client, and by a node that starts.

use countersign_engine::testing::Stepper;
use countersign_engine::{Client, Entity, Operation, Orchestration, Registry, RuntimeStatus};
use sea_orm::ConnectionTrait;

use crate::support::{World, id, record};

const COUNTER: Entity<u32> = Entity::named("counter");
const ADD: Operation<u32, u32, u32> = COUNTER.operation("add");
const HOLD: Orchestration<(), u32> = Orchestration::named("Hold");

/// A node on which one instance holds two locks and another one waits for them.
async fn held(world: &World) -> Stepper {
    let node = world.node_with(registry()).await;
    for name in ["holder", "waiter"] {
        node.client().start(HOLD, &()).id(id(name)).await.expect("started");
        node.run_until_idle().await.expect("it runs");
    }
    node
}

fn registry() -> Registry {
    let known = Registry::new().operation(ADD, |counter, n: u32| async move {
        Ok(counter.update(|count| {
            *count += n;
            *count
        }))
    });
    let known = known.expect("the names differ").orchestration(HOLD, |ctx, (): ()| async move {
        let _guard = ctx.lock([COUNTER.id("a")?, COUNTER.id("b")?]).await?;
        ctx.external_event::<()>("go").await?;
        ctx.call_entity(ADD, "b", &1).await
    });
    known.expect("the names differ")
}

/// Takes the holder away as no call of the engine does.
async fn remove_holder(world: &World) {
    let tx = world.store.begin("break").await.expect("the writer is free");
    tx.connection().execute_unprepared("DELETE FROM instances WHERE id = 'holder'").await.expect("valid SQL");
    world.store.commit_transaction(tx).await.expect("the transaction is short");
}

async fn holder_of(client: &Client, key: &str) -> Option<String> {
    let record = client.find_entity(&COUNTER.id(key).expect("a valid key")).await.expect("the store answers");
    record.expect("the entity exists").lock.map(|lock| lock.section.instance.as_str().to_owned())
}

async fn assert_the_waiter_goes_on(node: &Stepper) {
    let client = node.client();
    for key in ["a", "b"] {
        assert_eq!(holder_of(&client, key).await.as_deref(), Some("waiter"));
    }
    client.raise_event(&id("waiter"), "go", &()).await.expect("raised");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&client, "waiter").await.output.expect("completed").as_str(), "1");
    for key in ["a", "b"] {
        assert_eq!(holder_of(&client, key).await, None);
    }
    node.check().await.expect("checked");
}

#[tokio::test]
async fn a_client_releases_them_and_says_which_they_were() {
    let world = World::new().await;
    let node = held(&world).await;
    let client = node.client();
    remove_holder(&world).await;
    let found = client.find_orphan_locks().await.expect("the store answers");
    let released = client.release_orphan_locks().await.expect("released");
    assert_eq!(released, found);
    let mut entities: Vec<_> = released.iter().map(|orphan| orphan.entity.clone()).collect();
    entities.sort_unstable();
    assert_eq!(entities, ["a", "b"].map(|key| COUNTER.id(key).expect("a valid key")));
    assert!(released.iter().all(|orphan| orphan.section.instance == id("holder")), "{released:?}");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(client.release_orphan_locks().await.expect("the store answers"), []);
    assert_the_waiter_goes_on(&node).await;
}

#[tokio::test]
async fn locks_of_those_who_live_are_left_alone() {
    let world = World::new().await;
    let node = held(&world).await;
    let client = node.client();
    assert_eq!(client.release_orphan_locks().await.expect("the store answers"), []);
    node.run_until_idle().await.expect("it runs");
    assert_eq!(holder_of(&client, "a").await.as_deref(), Some("holder"));
    assert_eq!(record(&client, "waiter").await.status, RuntimeStatus::Running);
    client.raise_event(&id("holder"), "go", &()).await.expect("raised");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&client, "holder").await.output.expect("completed").as_str(), "1");
    assert_eq!(holder_of(&client, "b").await.as_deref(), Some("waiter"));
}

#[tokio::test]
async fn a_node_that_starts_releases_them() {
    let world = World::new().await;
    drop(held(&world).await);
    remove_holder(&world).await;
    let node = world.node_with(registry()).await;
    node.run_until_idle().await.expect("it runs");
    assert_the_waiter_goes_on(&node).await;
}
