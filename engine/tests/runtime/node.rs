//! The loops of a real node.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::model::BlockedKind;
use countersign_engine::{Engine, Limits, Registry, RuntimeStatus};

use crate::support::{APPROVAL, SUM, World, id, record, registry};

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_instances_at_once_all_complete() {
    let world = World::new().await;
    let engine = Engine::builder(Arc::clone(&world.store), registry().expect("the names differ"))
        .start()
        .await
        .expect("it starts");
    let client = engine.client();
    for n in 0..100 {
        client.start(SUM, &vec![n, n]).id(id(&format!("sum-{n}"))).await.expect("started");
    }
    for n in 0..100_u32 {
        let done = client.wait_for_completion(&id(&format!("sum-{n}")), PATIENCE).await.expect("it completes");
        assert_eq!(done.output.expect("completed").as_str(), (4 * n).to_string());
    }
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_that_left_memory_is_rebuilt_from_its_history() {
    let world = World::new().await;
    let limits = Limits { cached_bytes: 0, ..Limits::default() };
    let builder = Engine::builder(Arc::clone(&world.store), registry().expect("the names differ")).limits(limits);
    let engine = builder.clock(Arc::new(world.clock.clone())).start().await.expect("it starts");
    let client = engine.client();
    for n in 0..5 {
        client.start(APPROVAL, &n).id(id(&format!("a-{n}"))).await.expect("started");
    }
    for n in 0..5 {
        client.raise_event(&id(&format!("a-{n}")), "decision", &1).await.expect("raised");
    }
    for _ in 0..4 {
        world.clock.advance(Duration::from_secs(2));
        for n in 0..5 {
            let _ = client.wait_for_completion(&id(&format!("a-{n}")), Duration::ZERO).await;
        }
        tokio::task::yield_now().await;
    }
    for n in 0..5 {
        // Time stands still for the engine, so only real progress ends the wait.
        while !record(&client, &format!("a-{n}")).await.status.is_finished() {
            world.clock.advance(Duration::from_millis(100));
            tokio::task::yield_now().await;
        }
    }
    engine.shutdown().await;
}

#[tokio::test]
async fn an_unknown_orchestration_blocks_visibly_until_a_build_knows_it() {
    let world = World::new().await;
    let node = world.node_with(Registry::new()).await;
    node.client().start(SUM, &vec![1]).id(id("sum")).await.expect("started");
    node.run_until_idle().await.expect("it does not loop");
    let blocked = record(&node.client(), "sum").await;
    assert_eq!(blocked.blocked.map(|blocked| blocked.kind), Some(BlockedKind::UnknownCode));
    let fixed = world.node().await;
    fixed.run_until_idle().await.expect("it runs");
    let done = record(&fixed.client(), "sum").await;
    assert_eq!((done.status, done.blocked), (RuntimeStatus::Completed, None));
}

#[tokio::test]
async fn an_unknown_activity_blocks_visibly_until_a_build_knows_it() {
    let world = World::new().await;
    let old = Registry::new().orchestration(SUM, |ctx, numbers: Vec<u32>| async move {
        ctx.call(crate::support::DOUBLE, &numbers[0]).await
    });
    let node = world.node_with(old.expect("the names differ")).await;
    node.client().start(SUM, &vec![4]).id(id("sum")).await.expect("started");
    node.run_until_idle().await.expect("it does not loop");
    assert_eq!(record(&node.client(), "sum").await.blocked.map(|blocked| blocked.kind), Some(BlockedKind::UnknownCode));
    let fixed = world.node().await;
    fixed.run_until_idle().await.expect("it runs");
    assert_eq!(record(&fixed.client(), "sum").await.output.expect("completed").as_str(), "8");
}

#[tokio::test]
async fn code_that_disagrees_with_the_history_blocks_and_a_fixed_build_goes_on() {
    let world = World::new().await;
    let node = world.node().await;
    node.client().start(APPROVAL, &1).id(id("a")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let broken = Registry::new().orchestration(APPROVAL, |ctx, amount: u32| async move {
        ctx.call(crate::support::DOUBLE, &amount).await.map(crate::support::Verdict::Approved)
    });
    let node = world.node_with(broken.expect("the names differ")).await;
    node.client().raise_event(&id("a"), "decision", &1).await.expect("raised");
    node.run_until_idle().await.expect("it does not loop");
    let blocked = record(&node.client(), "a").await.blocked.expect("it is blocked");
    assert_eq!(blocked.kind, BlockedKind::NonDeterminism);
    assert!(
        blocked.message.contains("TaskScheduled Flaky #0") && blocked.message.contains("Double"),
        "{}",
        blocked.message
    );
    let fixed = world.node().await;
    fixed.run_to_the_end().await.expect("it runs");
    assert_eq!(record(&fixed.client(), "a").await.status, RuntimeStatus::Completed);
}
