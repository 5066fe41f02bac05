//! Waiting for instances.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::{Engine, EngineError, RuntimeStatus, Seen, StoreError};
use futures::future::join_all;

use crate::support::{APPROVAL, SUM, World, id, record, registry};

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_wait_for_many_and_all_are_woken() {
    let world = World::new().await;
    let builder = Engine::builder(Arc::clone(&world.store), registry().expect("the names differ"));
    let engine = builder.start().await.expect("it starts");
    let client = engine.client();
    let ids: Vec<_> = (0..50).map(|n| id(&format!("sum-{n}"))).collect();
    for id in &ids {
        client.start(SUM, &vec![1]).id(id.clone()).await.expect("started");
    }
    let waits = ids.iter().flat_map(|id| [id, id]).map(|id| client.wait_for_completion(id, PATIENCE));
    assert!(join_all(waits).await.into_iter().all(|done| done.is_ok()));
    let all = client.wait_for_all(&ids, PATIENCE).await.expect("they have ended");
    assert!(all.iter().map(|record| &record.id).eq(&ids));
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_state_or_custom_status_ends_the_wait() {
    let world = World::new().await;
    let builder = Engine::builder(Arc::clone(&world.store), registry().expect("the names differ"));
    let engine = builder.start().await.expect("it starts");
    let client = engine.client();
    client.start(APPROVAL, &5).id(id("a")).await.expect("started");
    let mut seen = Seen::default();
    let waiting = loop {
        let record = client.wait_for_change(&id("a"), &seen, PATIENCE).await.expect("it changes");
        assert_ne!(record.seen(), seen);
        seen = record.seen();
        if record.custom_status.is_some() {
            break seen;
        }
    };
    let suspended = async { client.suspend(&id("a"), "audit").await.expect("it runs") };
    let instance = id("a");
    let (changed, ()) = tokio::join!(client.wait_for_change(&instance, &waiting, PATIENCE), suspended);
    assert_eq!(changed.expect("it changes").status, RuntimeStatus::Suspended);
    engine.shutdown().await;
}

#[tokio::test]
async fn the_first_of_several_ends_the_wait_for_any() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(APPROVAL, &5).id(id("slow")).await.expect("started");
    client.start(SUM, &vec![1]).id(id("fast")).await.expect("started");
    let both = [id("slow"), id("fast")];
    let run = async { node.run_until_idle().await.expect("it runs") };
    let (first, ()) = tokio::join!(client.wait_for_any(&both, PATIENCE), run);
    assert_eq!(first.expect("one has ended").id, id("fast"));
    assert!(matches!(client.wait_for_any(&[], Duration::ZERO).await, Err(EngineError::TimedOut)));
}

#[tokio::test]
async fn a_wait_ends_with_its_time_but_looks_once() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(APPROVAL, &5).id(id("a")).await.expect("started");
    let waits = async {
        let late = client.wait_for_completion(&id("a"), PATIENCE).await;
        assert!(matches!(late, Err(EngineError::TimedOut)), "{late:?}");
    };
    tokio::join!(waits, async { world.clock.advance(2 * PATIENCE) });
    let seen = record(&client, "a").await.seen();
    let same = client.wait_for_change(&id("a"), &seen, Duration::ZERO).await;
    assert!(matches!(same, Err(EngineError::TimedOut)), "{same:?}");
    node.run_to_the_end().await.expect("it runs");
    client.wait_for_completion(&id("a"), Duration::ZERO).await.expect("it has ended");
}

#[tokio::test]
async fn nobody_can_be_waited_for() {
    let world = World::new().await;
    let client = world.node().await.client();
    let missing = client.wait_for_completion(&id("nobody"), PATIENCE).await;
    assert!(matches!(missing, Err(EngineError::Store(StoreError::NotFound(_)))), "{missing:?}");
    let missing = client.wait_for_all(&[id("nobody")], PATIENCE).await;
    assert!(matches!(missing, Err(EngineError::Store(StoreError::NotFound(_)))), "{missing:?}");
}
