//! That the work of a node grows in proportion to what it has to do: counted in calls of the store and in rows that they
//! read, not in time. How the code of 10,000 calls is polled is counted in the tests of replay.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use countersign_engine::runtime::Wake;
use countersign_engine::store::{Sqlite, StoreError};
use countersign_engine::testing::{Fate, FatedStore, ManualClock, Stepper};
use countersign_engine::{Failure, InstanceId, Limits, Orchestration, OrchestrationContext, Registry};
use futures::future::join_all;

use crate::support::{DOUBLE, id, record};

const ACTIVITIES: Orchestration<u32, u32> = Orchestration::named("Activities");
const CHILDREN: Orchestration<u32, u32> = Orchestration::named("Children");
const CHILD: Orchestration<u32, u32> = Orchestration::named("Child");
const PATIENT: Orchestration<u32, u32> = Orchestration::named("Patient");

/// Counts the calls of a store and the rows that they read.
#[derive(Default)]
struct Count {
    calls: AtomicU64,
    rows: AtomicU64,
}

#[async_trait]
impl Fate for Count {
    async fn before(&self, _call: &'static str) -> Result<(), StoreError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }

    fn read(&self, _call: &'static str, rows: usize) {
        self.rows.fetch_add(rows as u64, Ordering::Relaxed);
    }
}

async fn activities(ctx: OrchestrationContext, width: u32) -> Result<u32, Failure> {
    join_all((0..width).map(|n| ctx.call(DOUBLE, &n))).await.into_iter().sum()
}

async fn children(ctx: OrchestrationContext, width: u32) -> Result<u32, Failure> {
    ctx.fan_out(0..width, |n| ctx.child(CHILD, &n)).await.into_iter().sum()
}

/// Waits for an activity, so that all children are in memory at once, or would be.
async fn child(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    ctx.call(DOUBLE, &n).await
}

async fn patient(ctx: OrchestrationContext, events: u32) -> Result<u32, Failure> {
    let mut sum = 0;
    for _ in 0..events {
        sum += ctx.external_event::<u32>("go").await?;
    }
    Ok(sum)
}

fn registry() -> Registry {
    let known = Registry::new().activity(DOUBLE, |_, n: u32| async move { Ok(n * 2) }).expect("the names differ");
    let known = known.orchestration(ACTIVITIES, activities).expect("the names differ");
    let known = known.orchestration(CHILDREN, children).expect("the names differ");
    let known = known.orchestration(CHILD, child).expect("the names differ");
    known.orchestration(PATIENT, patient).expect("the names differ")
}

struct Bench {
    store: Arc<FatedStore<Count>>,
    node: Stepper,
}

impl Bench {
    async fn new() -> Self {
        let store = Sqlite::in_memory().await.expect("a database in memory");
        let store = Arc::new(FatedStore::under(store, Count::default()));
        // Room for few, so that both sizes go beyond it.
        let limits = Limits { cached_instances: 10, ..Limits::default() };
        let (clock, wake) = (ManualClock::default(), Wake::default());
        let node = Stepper::start_as(store.clone(), registry(), clock, wake, limits).await.expect("it starts");
        Self { store, node }
    }

    fn work(&self) -> (u64, u64) {
        let count = self.store.fate();
        (count.calls.load(Ordering::Relaxed), count.rows.load(Ordering::Relaxed))
    }
}

async fn fan_out(orchestration: Orchestration<u32, u32>, width: u32) -> (u64, u64) {
    let bench = Bench::new().await;
    bench.node.client().start(orchestration, &width).id(id("a")).await.expect("started");
    bench.node.run_until_idle().await.expect("it runs");
    let output = record(&bench.node.client(), "a").await.output.expect("completed");
    assert_eq!(output.as_str(), (width * (width - 1)).to_string());
    bench.work()
}

async fn events_while_suspended(events: u32) -> (u64, u64) {
    let bench = Bench::new().await;
    let (client, patient): (_, InstanceId) = (bench.node.client(), id("a"));
    client.start(PATIENT, &events).id(patient.clone()).await.expect("started");
    bench.node.run_until_idle().await.expect("it runs");
    client.suspend(&patient, "").await.expect("suspended");
    for _ in 0..events {
        client.raise_event(&patient, "go", &1).await.expect("raised");
        bench.node.run_until_idle().await.expect("it runs");
    }
    client.resume(&patient, "").await.expect("resumed");
    bench.node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&client, "a").await.output.expect("completed").as_str(), events.to_string());
    bench.work()
}

fn assert_tenfold(what: &str, few: (u64, u64), many: (u64, u64)) {
    println!("{what}: {few:?}, then {many:?} calls and rows");
    // What is there once, such as the room for ten, counts for less among many.
    assert!(many.0 <= 10 * few.0 + 500, "{what}: {few:?} calls and rows, then {many:?}");
    assert!(many.1 <= 10 * few.1 + 500, "{what}: {few:?} calls and rows, then {many:?}");
}

#[tokio::test]
async fn ten_times_the_activities_take_ten_times_the_work() {
    assert_tenfold("activities", fan_out(ACTIVITIES, 300).await, fan_out(ACTIVITIES, 3_000).await);
}

#[tokio::test]
async fn ten_times_the_children_take_ten_times_the_work() {
    assert_tenfold("children", fan_out(CHILDREN, 100).await, fan_out(CHILDREN, 1_000).await);
}

#[tokio::test]
async fn ten_times_the_events_during_a_suspension_take_ten_times_the_work() {
    assert_tenfold("events", events_while_suspended(30).await, events_while_suspended(300).await);
}
