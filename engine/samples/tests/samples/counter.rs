//! The counter: what its operations do, and that no crash counts twice.

use std::sync::Arc;

use countersign_engine::store::Store;
use countersign_engine::testing::{CrashAt, CrashingStore, Stepper, crash_at_every_call};
use countersign_engine::{Client, EngineError, EntityQuery, RuntimeStatus, StoreError};
use countersign_samples::counter::{ADD, COUNTER, DOOR, HOUSE, RESET, VISITS};

use crate::support::{World, id, record, registry};

async fn count(client: &Client, key: &str) -> Option<i64> {
    client.read_entity(COUNTER, key).await.expect("the store answers")
}

#[tokio::test]
async fn a_counter_adds_and_begins_again() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    for amount in [5, -7, i64::MIN] {
        client.signal_entity(ADD, "a", &amount).await.expect("signalled");
    }
    node.run_until_idle().await.expect("it runs");
    assert_eq!(count(&client, "a").await, Some(-2), "what no integer can hold is not added");
    client.signal_entity(RESET, "a", &()).await.expect("signalled");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(count(&client, "a").await, Some(0));
}

#[tokio::test]
async fn the_portal_may_signal_a_counter_by_names() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    let counter = COUNTER.id("a").expect("a valid key");
    let five = countersign_engine::Payload::encode(&5).expect("a number");
    client.send_operation(&counter, "Add", five, None).await.expect("signalled");
    node.run_until_idle().await.expect("it runs");
    let record = client.find_entity(&counter).await.expect("the store answers").expect("it is there");
    assert_eq!((record.id.as_str(), record.state.expect("a number").as_str()), ("@counter@a", "5"));
}

async fn play(node: &Stepper) -> Result<(), EngineError> {
    match node.client().start(VISITS, &2).id(id()).await {
        Ok(_) | Err(EngineError::Store(StoreError::Exists(_))) => {}
        Err(error) => return Err(error),
    }
    node.run_to_the_end().await?;
    Ok(())
}

async fn survives(at: CrashAt) -> bool {
    let world = World::new().await;
    let crashing = Arc::new(CrashingStore::new(Arc::clone(&world.store), at));
    let store: Arc<dyn Store> = crashing.clone();
    let names = registry(&world.ledger).expect("the names differ");
    if let Ok(node) = Stepper::start(store, names, world.clock.clone()).await {
        let _ = play(&node).await;
    }
    let node = world.node().await;
    play(&node).await.expect("the second node lives");
    let client = node.client();
    let visits = record(&client).await;
    assert_eq!((visits.status, visits.output.expect("completed").as_str()), (RuntimeStatus::Completed, "2"), "{at:?}");
    assert_eq!((count(&client, DOOR).await, count(&client, HOUSE).await), (Some(0), Some(2)), "{at:?}");
    let all = EntityQuery { include_empty: true, limit: 10, ..EntityQuery::default() };
    let locked = client.list_entities(&all).await.expect("the store answers").into_iter().filter_map(|one| one.lock);
    assert_eq!(locked.count(), 0, "{at:?}");
    node.check().await.expect("checked");
    crashing.has_crashed()
}

#[tokio::test]
async fn every_crash_before_a_call_takes_effect_counts_each_visitor_once() {
    let calls = crash_at_every_call(CrashAt::Before, survives).await;
    assert!(calls >= 40, "the visits make only {calls} calls");
}

#[tokio::test]
async fn every_crash_after_a_call_took_effect_counts_each_visitor_once() {
    let calls = crash_at_every_call(CrashAt::After, survives).await;
    assert!(calls >= 40, "the visits make only {calls} calls");
}
