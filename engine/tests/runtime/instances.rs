//! The life of instances, seen by a client.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::ids::InstanceKey;
use countersign_engine::runtime::{Node, Wake};
use countersign_engine::{Client, EngineError, EventKind, InstanceQuery, Limits, RuntimeStatus, StoreError};

use crate::support::{APPROVAL, COUNTDOWN, FAMILY, SUM, Verdict, World, id, record, registry};

#[tokio::test]
async fn a_fan_out_completes_with_the_sum_of_its_results() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(SUM, &vec![1, 2, 3]).id(id("sum")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let sum = record(&client, "sum").await;
    assert_eq!(
        (sum.status, sum.output.map(|o| o.as_str().to_owned())),
        (RuntimeStatus::Completed, Some("12".to_owned()))
    );
    node.check().await.expect("checked");
}

#[tokio::test]
async fn a_taken_id_is_refused_and_nothing_changes() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(SUM, &vec![1]).id(id("sum")).await.expect("started");
    let again = client.start(SUM, &vec![9]).id(id("sum")).await;
    assert!(matches!(again, Err(EngineError::Store(StoreError::Exists(_)))), "{again:?}");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&client, "sum").await.output.expect("completed").as_str(), "2");
}

#[tokio::test]
async fn an_event_raised_before_the_first_turn_is_kept() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(APPROVAL, &5).id(id("a")).await.expect("started");
    client.raise_event(&id("a"), "Decision", &7).await.expect("raised");
    node.run_to_the_end().await.expect("it runs");
    let output = record(&client, "a").await.output.expect("completed");
    assert_eq!(output.decode::<Verdict>().expect("a verdict"), Verdict::Approved(12));
}

#[tokio::test]
async fn without_a_decision_the_deadline_decides_and_no_timer_fires_early() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(APPROVAL, &5).id(id("a")).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    let approval = record(&client, "a").await;
    assert_eq!(approval.output.expect("completed").decode::<Verdict>().expect("a verdict"), Verdict::Expired(10));
    assert!(approval.completed_at.expect("ended").since(approval.created_at) >= Duration::from_secs(2 * 3_600));
    node.check().await.expect("checked");
}

#[tokio::test]
async fn a_suspended_instance_keeps_its_events_and_goes_on_after_the_resume() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(APPROVAL, &5).id(id("a")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    client.suspend(&id("a"), "audit").await.expect("suspended");
    assert_eq!(record(&client, "a").await.status, RuntimeStatus::Suspended);
    client.raise_event(&id("a"), "decision", &1).await.expect("raised");
    world.clock.advance(Duration::from_secs(7 * 3_600));
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&client, "a").await.status, RuntimeStatus::Suspended);
    client.resume(&id("a"), "done").await.expect("resumed");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(record(&client, "a").await.status, RuntimeStatus::Completed);
    node.check().await.expect("checked");
}

#[tokio::test]
async fn a_suspended_instance_that_left_memory_rests_and_finds_its_resume_behind_many_messages() {
    let world = World::new().await;
    let limits = Limits { cached_bytes: 0, messages_per_turn: 2, ..Limits::default() };
    let (clock, wake) = (Arc::new(world.clock.clone()), Wake::default());
    let client = Client::new(Arc::clone(&world.store), clock.clone(), wake.clone());
    let node = Node::new(Arc::clone(&world.store), registry().expect("the names differ"), clock, wake, limits);
    node.start().await.expect("the node starts");
    let run = async || {
        for _ in 0..20 {
            let Some(key) = node.wake().next_instance() else { return };
            node.turn(key).await.expect("it runs");
            node.wake().turn_ended(key);
        }
        panic!("it never rests");
    };
    client.start(COUNTDOWN, &4).id(id("c")).await.expect("started");
    client.suspend(&id("c"), "audit").await.expect("suspended");
    for _ in 0..4 {
        client.raise_event(&id("c"), "step", &1).await.expect("raised");
    }
    run().await;
    client.resume(&id("c"), "done").await.expect("resumed");
    run().await;
    assert_eq!(record(&client, "c").await.status, RuntimeStatus::Completed);
}

#[tokio::test]
async fn terminate_ends_an_instance_and_later_calls_say_so() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(APPROVAL, &5).id(id("a")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    client.terminate(&id("a"), "cancelled").await.expect("terminated");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&client, "a").await.status, RuntimeStatus::Terminated);
    let late = client.raise_event(&id("a"), "decision", &1).await;
    assert!(
        matches!(late, Err(EngineError::Store(StoreError::Finished { status: RuntimeStatus::Terminated, .. }))),
        "{late:?}"
    );
    let missing = client.raise_event(&id("nobody"), "decision", &1).await;
    assert!(matches!(missing, Err(EngineError::Store(StoreError::NotFound(_)))), "{missing:?}");
    let before = node.now();
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(node.now(), before, "its timers are gone");
}

#[tokio::test]
async fn restart_runs_a_finished_instance_anew_under_its_id() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(SUM, &vec![4]).id(id("sum")).await.expect("started");
    let early = client.restart(&id("sum")).await;
    assert!(matches!(early, Err(EngineError::Store(StoreError::WrongState { .. }))), "{early:?}");
    node.run_until_idle().await.expect("it runs");
    let first = record(&client, "sum").await;
    client.restart(&id("sum")).await.expect("restarted");
    assert_eq!(record(&client, "sum").await.status, RuntimeStatus::Pending);
    node.run_until_idle().await.expect("it runs");
    let second = record(&client, "sum").await;
    assert_eq!((second.status, second.ordinal), (RuntimeStatus::Completed, first.ordinal + 1));
    assert_ne!(second.execution, first.execution);
    assert!(
        !client.history(&id("sum"), Some(1)).await.expect("history").is_empty(),
        "the first execution's history stays"
    );
    node.check().await.expect("checked");
}

#[tokio::test]
async fn continue_as_new_loses_no_event_and_bounds_the_history() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(COUNTDOWN, &60).id(id("c")).await.expect("started");
    for _ in 0..30 {
        client.raise_event(&id("c"), "step", &1).await.expect("raised");
    }
    node.run_until_idle().await.expect("it runs");
    for _ in 0..30 {
        client.raise_event(&id("c"), "step", &1).await.expect("raised");
        node.run_until_idle().await.expect("it runs");
    }
    let done = record(&client, "c").await;
    assert_eq!((done.status, done.ordinal), (RuntimeStatus::Completed, 60));
    assert!(
        client.history(&id("c"), Some(40)).await.expect("history").is_empty(),
        "old executions are dropped as it goes"
    );
    let kept = client.history(&id("c"), Some(59)).await.expect("history");
    assert!(matches!(kept.last().map(|event| &event.kind), Some(EventKind::ContinueAsNew { .. })));
}

#[tokio::test]
async fn a_parent_gets_one_result_from_each_child() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(FAMILY, &3).id(id("family")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&client, "family").await.output.expect("completed").as_str(), "[2,6,10]");
    let all = client.query(&InstanceQuery { limit: 10, ..InstanceQuery::default() }).await.expect("a page");
    assert_eq!(all.iter().filter(|instance| instance.parent == Some(id("family"))).count(), 3);
    assert!(all.windows(2).all(|pair| pair[0].key > pair[1].key && pair[1].key > InstanceKey(0)));
    node.check().await.expect("checked");
}
