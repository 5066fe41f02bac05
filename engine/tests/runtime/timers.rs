//! When things happen: the tries of a retried call, and durable timers of any length.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use countersign_engine::testing::{Fate, FatedStore, Stepper};
use countersign_engine::{
    Activity, Clock, Engine, Failure, Orchestration, OrchestrationContext, Registry, RetryPolicy, RuntimeStatus,
    StoreError, Timestamp,
};
use futures::future::{Either, join_all};

use crate::support::{World, id, record};

const WORK: Activity<u32, u32> = Activity::named("Work");
const JOB: Orchestration<u32, u32> = Orchestration::named("Job");
/// Waits for so many seconds and gives the moment at which it woke.
const NAP: Orchestration<u64, Timestamp> = Orchestration::named("Nap");
/// Waits for an event, or for as long as there is time; gives the moment at which it woke, if nobody woke it.
const SLEEP: Orchestration<Duration, Option<Timestamp>> = Orchestration::named("Sleep");
/// Waits for a moment.
const UNTIL: Orchestration<Timestamp, Timestamp> = Orchestration::named("Until");

const YEAR: Duration = Duration::from_secs(31_556_952);
const MICRO: Duration = Duration::from_micros(1);
const END_OF_TIME: Timestamp = Timestamp::from_micros(i64::MAX);

async fn sleep(ctx: OrchestrationContext, duration: Duration) -> Result<Option<Timestamp>, Failure> {
    match ctx.first_of(ctx.external_event::<()>("go"), ctx.timer(duration)).await {
        Either::Left(woken) => woken.map(|()| None),
        Either::Right(()) => Ok(Some(ctx.now())),
    }
}

fn sleepers() -> Registry {
    let naps = Registry::new().orchestration(NAP, |ctx, seconds: u64| async move {
        ctx.timer(Duration::from_secs(seconds)).await;
        Ok(ctx.now())
    });
    let moments = naps.expect("the names differ").orchestration(UNTIL, |ctx, moment: Timestamp| async move {
        ctx.timer_at(moment).await;
        Ok(ctx.now())
    });
    moments.expect("the names differ").orchestration(SLEEP, sleep).expect("the names differ")
}

async fn has_ended(node: &Stepper, name: &str) -> bool {
    node.run_until_idle().await.expect("it runs");
    record(&node.client(), name).await.status == RuntimeStatus::Completed
}

async fn woke_at(node: &Stepper, name: &str) -> Option<Timestamp> {
    let output = record(&node.client(), name).await.output.expect("completed");
    output.decode::<Option<Timestamp>>().expect("a moment")
}

#[tokio::test]
async fn tries_are_made_at_the_moments_that_the_policy_says() {
    let world = World::new().await;
    let (start, clock) = (world.clock.now(), world.clock.clone());
    let tries = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&tries);
    let known = Registry::new().activity(WORK, move |_, _: u32| {
        seen.lock().unwrap_or_else(PoisonError::into_inner).push(clock.now());
        async move { Err::<u32, _>(Failure::new("Busy", "later")) }
    });
    let known = known.expect("the names differ").orchestration(JOB, |ctx, n: u32| async move {
        let policy = RetryPolicy::exponential(Duration::from_secs(1), 7);
        let policy = policy.backoff_coefficient(1.5).max_interval(Duration::from_secs(4));
        ctx.call(WORK, &n).retry(policy).await
    });
    let node = world.node_with(known.expect("the names differ")).await;
    node.client().start(JOB, &1).id(id("job")).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    let tries = tries.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let after: Vec<_> = tries.iter().map(|at| at.since(start).as_micros()).collect();
    assert_eq!(after, [0, 1_000_000, 2_500_000, 4_750_000, 8_125_000, 12_125_000, 16_125_000]);
    let failed = record(&node.client(), "job").await;
    assert_eq!((failed.status, failed.completed_at), (RuntimeStatus::Failed, tries.last().copied()));
}

#[tokio::test]
async fn a_timer_of_many_years_fires_at_its_moment_and_not_before() {
    let world = World::new().await;
    let due = world.clock.now() + 1_000 * YEAR;
    let node = world.node_with(sleepers()).await;
    node.client().start(NAP, &(1_000 * YEAR).as_secs()).id(id("nap")).await.expect("started");
    assert!(!has_ended(&node, "nap").await);
    for years in [1, 10, 900] {
        world.clock.advance(years * YEAR);
        assert!(!has_ended(&world.node_with(sleepers()).await, "nap").await, "{years} years are not enough");
    }
    let node = world.node_with(sleepers()).await;
    world.clock.advance_to(due - MICRO);
    assert!(!has_ended(&node, "nap").await, "a microsecond early");
    world.clock.advance(MICRO);
    assert!(has_ended(&node, "nap").await);
    assert_eq!(woke_at(&node, "nap").await, Some(due));
    node.check().await.expect("checked");
}

#[tokio::test]
async fn the_longest_timer_of_all_lasts_until_the_end_of_time() {
    let world = World::new().await;
    let node = world.node_with(sleepers()).await;
    node.client().start(SLEEP, &Duration::MAX).id(id("a")).await.expect("started");
    assert!(!has_ended(&node, "a").await);
    assert_eq!(node.next_timer().await.expect("the store answers"), Some(END_OF_TIME));
    world.clock.advance(100_000 * YEAR);
    assert!(!has_ended(&world.node_with(sleepers()).await, "a").await);
    world.clock.advance_to(END_OF_TIME - MICRO);
    let node = world.node_with(sleepers()).await;
    assert!(!has_ended(&node, "a").await, "a microsecond early");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(woke_at(&node, "a").await, Some(END_OF_TIME));
}

#[tokio::test]
async fn a_timer_that_nobody_waits_for_any_more_is_gone_however_far_it_was() {
    let world = World::new().await;
    let node = world.node_with(sleepers()).await;
    let client = node.client();
    for (name, duration) in [("a", 500 * YEAR), ("b", Duration::MAX)] {
        client.start(SLEEP, &duration).id(id(name)).await.expect("started");
        assert!(!has_ended(&node, name).await);
        assert!(node.next_timer().await.expect("the store answers").is_some());
        client.raise_event(&id(name), "go", &()).await.expect("raised");
        assert!(has_ended(&node, name).await);
        assert_eq!(woke_at(&node, name).await, None);
        assert_eq!(node.next_timer().await.expect("the store answers"), None, "of {name}");
    }
    node.check().await.expect("checked");
}

#[tokio::test]
async fn a_moment_that_is_past_is_now() {
    let world = World::new().await;
    let node = world.node_with(sleepers()).await;
    let now = node.now();
    for (name, moment) in [("a", Timestamp::from_micros(i64::MIN)), ("b", now - MICRO), ("c", now)] {
        node.client().start(UNTIL, &moment).id(id(name)).await.expect("started");
        node.run_to_the_end().await.expect("it runs");
        assert_eq!((woke_at(&node, name).await, node.now()), (Some(now), now), "{name}");
    }
}

#[tokio::test]
async fn on_the_machines_clock_a_far_timer_holds_up_no_near_one() {
    let world = World::new().await;
    let engine = Engine::builder(world.store.clone(), sleepers()).start().await.expect("it starts");
    let client = engine.client();
    for (name, duration) in [("end of time", Duration::MAX), ("far", 500 * YEAR), ("near", Duration::from_millis(2))] {
        client.start(SLEEP, &duration).id(id(name)).await.expect("started");
    }
    let near = client.wait_for_completion(&id("near"), Duration::from_secs(60)).await.expect("it ends");
    let end = near.completed_at.expect("it has ended");
    assert!(end >= near.created_at + Duration::from_millis(2), "it woke early: {near:?}");
    for name in ["end of time", "far"] {
        client.raise_event(&id(name), "go", &()).await.expect("raised");
        let woken = client.wait_for_completion(&id(name), Duration::from_secs(60)).await.expect("it ends");
        assert_eq!(woken.output.expect("completed").as_str(), "null");
    }
    engine.shutdown().await;
}

/// Counts the looks for timers that are due.
#[derive(Default)]
struct Looks(AtomicUsize);

#[async_trait]
impl Fate for Looks {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        self.0.fetch_add(usize::from(call == "fire_timers"), Ordering::SeqCst);
        Ok(())
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_looks_for_timers_until_one_is_due_and_then_hundreds_fire_at_once() {
    let world = World::new().await;
    let store = Arc::new(FatedStore::under(Arc::clone(&world.store), Looks::default()));
    let builder = Engine::builder(store.clone(), sleepers()).clock(Arc::new(world.clock.clone()));
    let engine = builder.start().await.expect("it starts");
    let client = &engine.client();
    let naps: Vec<_> = (0..600).map(|n| id(&format!("nap-{n}"))).collect();
    let starts = naps.iter().map(|nap| async move { client.start(NAP, &60).id(nap.clone()).await });
    for started in join_all(starts).await {
        started.expect("started");
    }
    let wait = async || {
        let counted = client.count_by_status().await.expect("the store answers");
        counted.iter().any(|(status, _)| *status == RuntimeStatus::Pending)
    };
    while wait().await {
        tokio::task::yield_now().await;
    }
    let looks = || store.fate().0.load(Ordering::SeqCst);
    assert!(looks() <= 1, "{} looks although nothing was due", looks());
    world.clock.advance(Duration::from_secs(60));
    let ended = client.wait_for_all(&naps, Duration::from_secs(60)).await.expect("they end");
    assert!(ended.iter().all(|nap| nap.status == RuntimeStatus::Completed));
    // At the start, for the first five hundred and for the others; the last word of a timer may come late.
    assert!(looks() <= 5, "{} looks for one moment", looks());
    engine.shutdown().await;
}
