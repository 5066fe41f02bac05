//! The doctor finds what lies still, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::client::{Checkup, Finding, FindingKind};
use countersign_engine::ids::ScheduleId;
use countersign_engine::model::{Recurrence, Schedule};
use countersign_engine::runtime::Wake;
use countersign_engine::{Activity, Client, Entity, EntityContext, Operation, Orchestration, Registry};
use sea_orm::ConnectionTrait;

use crate::support::{APPROVAL, COUNTDOWN, SUM, World, id, registry};

const PARENT: Orchestration<u32, u32> = Orchestration::named("Guardian");
const SLEEPER: Orchestration<u32, ()> = Orchestration::named("Sleeper");
const HOLDER: Orchestration<(), ()> = Orchestration::named("Holder");
const COUNTER: Entity<i64> = Entity::named("Counter");
const ADD: Operation<i64, i64, i64> = COUNTER.operation("Add");
const UNKNOWN: Activity<u32, u32> = Activity::named("Unknown");

fn checkup() -> Checkup {
    Checkup { settle: Duration::ZERO, ..Checkup::default() }
}

fn code() -> Registry {
    let known = registry().expect("the names differ");
    let parents = known.orchestration(PARENT, |ctx, n: u32| async move { ctx.child(COUNTDOWN, &n).await });
    let sleepers = parents.and_then(|registry| {
        registry.orchestration(SLEEPER, |ctx, hours: u32| async move {
            ctx.timer(Duration::from_secs(3_600) * hours).await;
            Ok(())
        })
    });
    sleepers.expect("the names differ")
}

async fn findings(client: &Client) -> Vec<Finding> {
    client.doctor(&checkup()).await.expect("the store answers").findings
}

async fn found(client: &Client) -> Vec<(FindingKind, String)> {
    let found = findings(client).await.into_iter();
    found.map(|finding| (finding.kind, finding.subject.unwrap_or_default())).collect()
}

/// Changes rows behind the engine's back, as a broken disk or a hurried operator might.
async fn break_rows(world: &World, sql: &str) {
    let tx = world.store.begin("break").await.expect("the writer is free");
    tx.connection().execute_unprepared(sql).await.expect("valid SQL");
    world.store.commit_transaction(tx).await.expect("the transaction is short");
}

#[tokio::test]
async fn what_waits_as_it_should_is_healthy() {
    let world = World::new().await;
    let node = world.node_with(code()).await;
    let client = node.client();
    client.start(COUNTDOWN, &2).id(id("waits-for-an-event")).await.expect("started");
    client.start(SLEEPER, &1_000).id(id("waits-for-a-timer")).await.expect("started");
    client.start(PARENT, &2).id(id("waits-for-a-child")).await.expect("started");
    client.start(APPROVAL, &2).id(id("suspended")).await.expect("started");
    client.start(SUM, &vec![1]).id(id("ended")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    client.suspend(&id("suspended"), "").await.expect("suspended");
    node.run_until_idle().await.expect("it runs");
    // A new node holds no lease yet, which is how everything stands after a restart.
    let next = world.node_with(code()).await;
    let diagnosis = next.client().doctor(&checkup()).await.expect("the store answers");
    assert_eq!((diagnosis.findings, diagnosis.inspected), (Vec::new(), 5));
}

#[tokio::test]
async fn an_instance_that_nothing_wakes_is_found() {
    let world = World::new().await;
    let node = world.node_with(code()).await;
    let client = node.client();
    client.start(SLEEPER, &1).id(id("sleeper")).await.expect("started");
    client.start(PARENT, &2).id(id("parent")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    break_rows(&world, "DELETE FROM timers").await;
    break_rows(&world, "DELETE FROM instances WHERE parent_id = 'parent'").await;
    let mut found = found(&client).await;
    found.sort_by(|a, b| a.1.cmp(&b.1));
    let expected = ["parent", "sleeper"].map(|id| (FindingKind::NothingWakes, id.to_owned()));
    assert_eq!(found, expected);
}

#[tokio::test]
async fn work_that_no_node_has_in_hand_is_found() {
    let world = World::new().await;
    let node = world.node_with(code()).await;
    node.client().start(COUNTDOWN, &2).id(id("unread")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    // Another process raised the event, and its node is gone.
    let other = Client::new(Arc::clone(&world.store), Arc::new(world.clock.clone()), Wake::default());
    other.raise_event(&id("unread"), "step", &1).await.expect("raised");
    assert_eq!(found(&node.client()).await, [], "the node that holds it will read it");
    break_rows(&world, "UPDATE instances SET lease_owner = 'gone'").await;
    assert_eq!(found(&node.client()).await, [(FindingKind::NobodyWorks, "unread".to_owned())]);
}

#[tokio::test]
async fn a_task_in_nobodys_hands_is_found() {
    let world = World::new().await;
    let node = world.node_with(code()).await;
    node.client().start(SUM, &vec![1]).id(id("sum")).await.expect("started");
    let key = node.client().status(&id("sum")).await.expect("a status").expect("it exists").key;
    let store = Arc::clone(&world.store);
    let (clock, wake) = (Arc::new(world.clock.clone()), Wake::default());
    let other = countersign_engine::runtime::Node::new(store, code(), clock, wake, Default::default());
    other.start().await.expect("it starts");
    other.turn(key).await.expect("it schedules a task");
    assert_eq!(found(&node.client()).await, []);
    break_rows(&world, "UPDATE tasks SET claimed_by = 'gone'").await;
    assert_eq!(found(&node.client()).await, [(FindingKind::NobodyWorks, "sum".to_owned())]);
}

#[tokio::test]
async fn a_blocked_instance_is_found_with_its_reason() {
    let world = World::new().await;
    let code = Registry::new().orchestration(SUM, |ctx, _: Vec<u32>| async move { ctx.call(UNKNOWN, &1).await });
    let node = world.node_with(code.expect("the names differ")).await;
    node.client().start(SUM, &vec![1]).id(id("sum")).await.expect("started");
    node.run_until_idle().await.expect("it does not loop");
    let found = findings(&node.client()).await;
    assert_eq!((found.len(), found[0].kind), (1, FindingKind::Blocked));
    let text = found[0].to_string();
    assert!(
        text.starts_with("sum: blocked (UnknownCode): no activity Unknown is registered, since 2026-01-01"),
        "{text}"
    );
    assert!(text.ends_with("Deploy a build that registers it; the instance then goes on by itself."), "{text}");
}

#[tokio::test]
async fn timers_and_schedules_that_did_not_fire_are_found() {
    let world = World::new().await;
    let node = world.node_with(code()).await;
    let client = node.client();
    client.start(SLEEPER, &1).id(id("sleeper")).await.expect("started");
    let hourly = Schedule::new(SUM, &vec![1], Recurrence::every(Duration::from_secs(3_600))).expect("a small input");
    client.create_schedule(&ScheduleId::parse("sums").expect("a valid id"), &hourly).await.expect("created");
    node.run_until_idle().await.expect("it runs");
    world.clock.advance(Duration::from_secs(3_600 + 300));
    assert_eq!(found(&client).await, [], "five minutes may be a busy moment");
    world.clock.advance(Duration::from_secs(1));
    let expected =
        [(FindingKind::OverdueTimer, "sleeper".to_owned()), (FindingKind::OverdueSchedule, "sums".to_owned())];
    assert_eq!(found(&client).await, expected);
}

#[tokio::test]
async fn a_lock_that_outlived_its_holder_is_found_and_a_wait_for_a_lock_is_healthy() {
    let world = World::new().await;
    let holders = code().orchestration(HOLDER, |ctx, (): ()| async move {
        let _guard = ctx.lock([COUNTER.id("a")?]).await?;
        ctx.external_event::<()>("go").await
    });
    let adding =
        holders.expect("the names differ").operation(ADD, |_: EntityContext<i64>, n: i64| async move { Ok(n) });
    let node = world.node_with(adding.expect("the names differ")).await;
    let client = node.client();
    for name in ["holder", "waiter"] {
        client.start(HOLDER, &()).id(id(name)).await.expect("started");
        node.run_until_idle().await.expect("it runs");
    }
    let diagnosis = client.doctor(&checkup()).await.expect("the store answers");
    assert_eq!((diagnosis.findings, diagnosis.inspected), (Vec::new(), 3));
    break_rows(&world, "DELETE FROM instances WHERE id = 'holder'").await;
    assert_eq!(found(&client).await, [(FindingKind::OrphanLock, "@counter@a".to_owned())]);
}

#[tokio::test]
async fn messages_that_nobody_will_read_are_counted() {
    let world = World::new().await;
    let node = world.node_with(code()).await;
    let client = node.client();
    client.start(COUNTDOWN, &2).id(id("c")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    client.terminate(&id("c"), "").await.expect("terminated");
    client.raise_event(&id("c"), "step", &1).await.expect("raised before it ended");
    node.run_until_idle().await.expect("it runs");
    let found = findings(&client).await;
    assert_eq!((found.len(), found[0].kind), (1, FindingKind::Undelivered));
    assert!(found[0].message.starts_with("1 messages to 1 instances"), "{}", found[0].message);
}

#[tokio::test]
async fn a_long_history_is_found_and_findings_of_a_kind_are_bounded() {
    let world = World::new().await;
    let node = world.node_with(code()).await;
    let client = node.client();
    for n in 0..3 {
        client.start(APPROVAL, &1).id(id(&format!("approval-{n}"))).await.expect("started");
    }
    node.run_until_idle().await.expect("it runs");
    world.clock.advance(Duration::from_secs(10));
    node.run_until_idle().await.expect("it runs");
    let strict = Checkup { long_history: 3, limit: 2, ..checkup() };
    let diagnosis = client.doctor(&strict).await.expect("the store answers");
    let kinds: Vec<_> = diagnosis.findings.iter().map(|finding| finding.kind).collect();
    assert_eq!((kinds, diagnosis.inspected), (vec![FindingKind::LongHistory; 2], 3));
    assert_eq!(client.doctor(&checkup()).await.expect("the store answers").findings, []);
}
