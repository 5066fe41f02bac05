//! Finished instances go when their time is over.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::model::Retention;
use countersign_engine::testing::{CrashAt, CrashingStore, Stepper, crash_at_every_call};
use countersign_engine::{Client, Engine, EngineError, Limits, StoreError};
use sea_orm::{ConnectionTrait, Statement};

use crate::purge::{counting, unread};
use crate::support::{APPROVAL, SUM, World, id, record, registry};

const DAY: Duration = Duration::from_secs(24 * 3_600);

async fn left(client: &Client) -> u64 {
    client.count_by_status().await.expect("the store answers").into_iter().map(|(_, count)| count).sum()
}

async fn sums(node: &Stepper, count: u32) {
    for n in 0..count {
        node.client().start(SUM, &vec![n]).id(id(&format!("sum-{n}"))).await.expect("started");
    }
    node.run_until_idle().await.expect("it runs");
}

#[tokio::test]
async fn finished_instances_go_after_their_age_and_others_stay() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    sums(&node, 120).await;
    client.start(APPROVAL, &1).id(id("waiting")).await.expect("started");
    client.start(APPROVAL, &1).id(id("stopped")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    client.terminate(&id("stopped"), "").await.expect("terminated");
    node.run_until_idle().await.expect("it runs");
    let retention = Retention::for_ever().completed(DAY);
    world.clock.advance(DAY - Duration::from_secs(1));
    assert_eq!(client.expire(&retention).await.expect("the store answers"), 0);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(client.expire(&retention).await.expect("the store answers"), 120);
    assert_eq!(left(&client).await, 2);
    assert_eq!(client.expire(&retention.terminated(DAY)).await.expect("the store answers"), 1);
    client.start(SUM, &vec![1]).id(id("sum-1")).await.expect("the id is free again");
}

/// How many rows a table has.
pub(crate) async fn rows(world: &World, table: &str) -> i64 {
    let tx = world.store.begin("look").await.expect("the store answers");
    let count = Statement::from_string(tx.connection().get_database_backend(), format!("SELECT COUNT(*) FROM {table}"));
    let row = tx.connection().query_one_raw(count).await.expect("valid SQL").expect("a row");
    row.try_get_by_index(0).expect("a number")
}

#[tokio::test]
async fn what_an_instance_leaves_behind_goes_in_short_transactions() {
    let world = World::new().await;
    unread(&world.node().await).await;
    assert!(rows(&world, "inbox").await > 2_000);
    let (client, removals) = counting(&world).await;
    let all = Retention::for_ever().terminated(Duration::ZERO);
    assert_eq!(client.expire(&all).await.expect("the store answers"), 1);
    let transactions = removals.count();
    assert!((4..10).contains(&transactions), "{transactions} transactions");
    for table in ["instances", "history", "inbox", "tasks", "timers", "payloads", "instance_tags", "purged"] {
        assert_eq!(rows(&world, table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn what_another_call_left_behind_is_swept() {
    let world = World::new().await;
    let node = world.node().await;
    sums(&node, 1).await;
    let key = record(&node.client(), "sum-0").await.key;
    let tx = world.store.begin("purge").await.expect("the store answers");
    world.store.purge(&tx, &[key]).await.expect("it has ended");
    world.store.commit_transaction(tx).await.expect("the transaction is short");
    assert!(rows(&world, "history").await > 0);
    let all = Retention::for_ever().completed(Duration::ZERO);
    assert_eq!(node.client().expire(&all).await.expect("the store answers"), 0);
    assert_eq!((rows(&world, "history").await, rows(&world, "purged").await), (0, 0));
}

#[tokio::test]
async fn whoever_waits_for_what_expires_hears_of_it() {
    let world = World::new().await;
    let node = world.node().await;
    sums(&node, 1).await;
    let client = node.client();
    let (instance, seen) = (id("sum-0"), record(&client, "sum-0").await.seen());
    let wait = client.wait_for_change(&instance, &seen, DAY);
    let all = Retention::for_ever().completed(Duration::ZERO);
    let expire = async { client.expire(&all).await.expect("the store answers") };
    let (gone, _) = tokio::join!(wait, expire);
    assert!(matches!(gone, Err(EngineError::Store(StoreError::NotFound(_)))), "{gone:?}");
}

#[tokio::test]
async fn a_running_node_removes_by_itself_what_its_limits_do_not_keep() {
    let world = World::new().await;
    let limits = Limits { retention: Retention::for_ever().completed(DAY), ..Limits::default() };
    let engine = Engine::builder(Arc::clone(&world.store), registry().expect("the names differ"))
        .clock(Arc::new(world.clock.clone()))
        .limits(limits)
        .start()
        .await
        .expect("it starts");
    let client = engine.client();
    for round in 1..=3 {
        let run = id(&format!("sum-{round}"));
        client.start(SUM, &vec![1]).id(run.clone()).await.expect("started");
        client.wait_for_completion(&run, DAY).await.expect("it completes");
        // Time stands still for the engine, so only real progress ends the wait.
        while left(&client).await > 0 {
            world.clock.advance(DAY / 4);
            tokio::task::yield_now().await;
        }
    }
    engine.shutdown().await;
}

async fn survives(at: CrashAt) -> bool {
    let world = World::new().await;
    let node = world.node().await;
    sums(&node, 2).await;
    node.client().start(APPROVAL, &1).id(id("stopped")).await.expect("started");
    node.client().terminate(&id("stopped"), "").await.expect("terminated");
    node.run_until_idle().await.expect("it runs");
    let all = Retention::for_ever().completed(Duration::ZERO).terminated(Duration::ZERO);
    let crashing = Arc::new(CrashingStore::new(Arc::clone(&world.store), at));
    let clock = Arc::new(world.clock.clone());
    let dying = Client::new(crashing.clone(), clock, countersign_engine::runtime::Wake::default());
    let removed = dying.expire(&all).await;
    node.check().await.expect("what is left is whole");
    let rest = node.client().expire(&all).await.expect("the store answers");
    assert_eq!(left(&node.client()).await, 0, "{at:?}");
    if crashing.has_crashed() {
        assert!(matches!(removed, Err(EngineError::Store(StoreError::Unknown(_)))), "{at:?}");
    } else {
        assert_eq!((removed.expect("no crash"), rest), (3, 0));
    }
    crashing.has_crashed()
}

#[tokio::test]
async fn a_crash_at_any_call_of_a_removal_leaves_instances_whole() {
    for crash in [CrashAt::Before, CrashAt::After] {
        let calls = crash_at_every_call(crash, survives).await;
        assert!(calls >= 2, "the removal makes only {calls} calls");
    }
}
