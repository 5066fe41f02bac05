//! What happens at a later moment: scheduled starts and delayed events.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::testing::{CrashAt, CrashingStore, Stepper, crash_at_every_call};
use countersign_engine::{Clock, Engine, EngineError, RuntimeStatus, StoreError};

use crate::support::{APPROVAL, SUM, Verdict, World, id, record, registry, taken_or_done};

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn a_scheduled_instance_runs_at_its_moment_and_not_before() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    let moment = node.now() + HOUR;
    client.start(SUM, &vec![1]).id(id("sum")).at(moment).await.expect("started");
    node.run_until_idle().await.expect("it waits");
    assert_eq!(record(&client, "sum").await.status, RuntimeStatus::Pending);
    node.run_to_the_end().await.expect("it runs");
    let done = record(&client, "sum").await;
    assert_eq!((done.status, done.completed_at), (RuntimeStatus::Completed, Some(moment)));
    node.check().await.expect("checked");
}

#[tokio::test]
async fn a_scheduled_start_outlives_its_process() {
    let world = World::new().await;
    let client = world.node().await.client();
    client.start(SUM, &vec![1]).id(id("sum")).at(world.clock.now() + HOUR).await.expect("started");
    let node = world.node().await;
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(record(&client, "sum").await.status, RuntimeStatus::Completed);
}

#[tokio::test]
async fn what_is_terminated_before_its_start_never_runs() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(SUM, &vec![1]).id(id("sum")).at(node.now() + HOUR).await.expect("started");
    client.raise_event(&id("sum"), "early", &1).await.expect("raised");
    node.run_until_idle().await.expect("it waits");
    client.terminate(&id("sum"), "not needed").await.expect("terminated");
    node.run_to_the_end().await.expect("it ends");
    let ended = record(&client, "sum").await;
    assert_eq!((ended.status, ended.completed_at), (RuntimeStatus::Terminated, Some(ended.created_at)));
    let history = client.history(&id("sum"), None).await.expect("history");
    assert!(history.iter().all(|event| event.kind.name() != "TaskScheduled"));
    node.check().await.expect("checked");
}

#[tokio::test]
async fn events_and_suspensions_before_a_scheduled_start_count() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(APPROVAL, &5).id(id("a")).at(node.now() + HOUR).await.expect("started");
    client.raise_event(&id("a"), "decision", &7).await.expect("it takes events");
    client.suspend(&id("a"), "audit").await.expect("it can be suspended");
    node.run_to_the_end().await.expect("it waits");
    assert_eq!(record(&client, "a").await.status, RuntimeStatus::Suspended);
    client.resume(&id("a"), "done").await.expect("it is suspended");
    node.run_to_the_end().await.expect("it runs");
    let output = record(&client, "a").await.output.expect("completed");
    assert_eq!(output.decode::<Verdict>().expect("a verdict"), Verdict::Approved(12));
}

#[tokio::test]
async fn a_delayed_event_comes_at_its_moment() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(APPROVAL, &5).id(id("a")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let moment = node.now() + HOUR / 2;
    client.raise_event_at(&id("a"), "decision", &7, moment).await.expect("it runs");
    node.run_to_the_end().await.expect("it runs");
    let done = record(&client, "a").await;
    assert_eq!(done.output.expect("completed").decode::<Verdict>().expect("a verdict"), Verdict::Approved(12));
    assert_eq!(done.completed_at, Some(moment));
    let late = client.raise_event_at(&id("a"), "decision", &7, moment).await;
    assert!(matches!(late, Err(EngineError::Store(StoreError::Finished { .. }))), "{late:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_engine_wakes_for_a_scheduled_start() {
    let world = World::new().await;
    let engine = Engine::builder(Arc::clone(&world.store), registry().expect("the names differ"));
    let engine = engine.start().await.expect("it starts");
    let client = engine.client();
    let moment = countersign_engine::SystemClock.now() + Duration::from_millis(50);
    client.start(SUM, &vec![3]).id(id("sum")).at(moment).await.expect("started");
    let done = client.wait_for_completion(&id("sum"), Duration::from_secs(60)).await.expect("it completes");
    assert!(done.completed_at.expect("ended") >= moment);
    engine.shutdown().await;
}

async fn survives(at: CrashAt) -> bool {
    let world = World::new().await;
    let moment = world.clock.now() + HOUR;
    let crashing = Arc::new(CrashingStore::new(Arc::clone(&world.store), at));
    let names = registry().expect("the names differ");
    if let Ok(node) = Stepper::start(crashing.clone(), names, world.clock.clone()).await {
        let _ = scenario(&node, moment).await;
    }
    let node = world.node().await;
    let client = node.client();
    taken_or_done(client.start(SUM, &vec![1]).id(id("sum")).at(moment).await);
    taken_or_done(client.start(APPROVAL, &5).id(id("a")).at(moment).await);
    let _ = client.raise_event_at(&id("a"), "decision", &7, moment + HOUR / 2).await;
    node.run_to_the_end().await.expect("the second node lives");
    let sum = record(&client, "sum").await;
    assert_eq!(sum.output.expect("completed").as_str(), "2", "{at:?}");
    assert!(sum.completed_at.expect("ended") >= moment, "{at:?}");
    let output = record(&client, "a").await.output.expect("completed");
    assert_eq!(output.decode::<Verdict>().expect("a verdict"), Verdict::Approved(12), "{at:?}");
    node.check().await.expect("checked");
    crashing.has_crashed()
}

async fn scenario(node: &Stepper, moment: countersign_engine::Timestamp) -> Result<(), EngineError> {
    let client = node.client();
    client.start(SUM, &vec![1]).id(id("sum")).at(moment).await?;
    client.start(APPROVAL, &5).id(id("a")).at(moment).await?;
    client.raise_event_at(&id("a"), "decision", &7, moment + HOUR / 2).await?;
    node.run_to_the_end().await?;
    Ok(())
}

#[tokio::test]
async fn every_crash_around_a_scheduled_start_is_survived() {
    for crash in [CrashAt::Before, CrashAt::After] {
        let calls = crash_at_every_call(crash, survives).await;
        assert!(calls >= 15, "the scenario makes only {calls} calls");
    }
}
