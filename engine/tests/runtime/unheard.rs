//! A store call that takes effect although its caller is told that nobody knows: what it led to is not lost, and no restart
//! of the node is needed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use countersign_engine::ids::ScheduleId;
use countersign_engine::model::{CatchUp, Overlap, Recurrence, Schedule};
use countersign_engine::runtime::{EngineBuilder, Wake};
use countersign_engine::testing::{Fate, FatedStore, ManualClock, Stepper};
use countersign_engine::{
    Activity, Client, Clock, Engine, EngineError, Entity, EntityContext, Failure, Limits, Operation, Orchestration,
    Registry, RuntimeStatus, StoreError,
};

use crate::support::{SUM, World, id};

/// What a test waits for at the most.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a client waits for at the most: longer, so that it is its waking that ends the wait.
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// The calls that lead to work of others.
const COMMITS: &[&str] = &["commit", "start", "tell", "commit_transaction", "complete_task", "fire_timers"];

const STEP: Activity<u32, u32> = Activity::named("Step");
const CHILD: Orchestration<u32, u32> = Orchestration::named("Child");
const PARENT: Orchestration<u32, u32> = Orchestration::named("Parent");
const CALLER: Orchestration<u32, u32> = Orchestration::named("Caller");
const LISTENER: Orchestration<(), u32> = Orchestration::named("Listener");
const COUNTER: Entity<u32> = Entity::named("Counter");
const ADD: Operation<u32, u32, u32> = COUNTER.operation("Add");
/// Answers, tells another entity now and later, and starts an orchestration.
const RELAY: Operation<u32, u32, u32> = COUNTER.operation("Relay");

/// The `nth` of these calls (from 1) takes effect unheard.
struct Unheard {
    calls: &'static [&'static str],
    nth: usize,
    seen: AtomicUsize,
}

impl Unheard {
    fn new(calls: &'static [&'static str], nth: usize) -> Self {
        Self { calls, nth, seen: AtomicUsize::new(0) }
    }

    fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }

    fn has_happened(&self) -> bool {
        self.seen() >= self.nth
    }
}

#[async_trait]
impl Fate for Unheard {
    async fn before(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }

    async fn after(&self, call: &'static str) -> Result<(), StoreError> {
        if self.calls.contains(&call) && self.seen.fetch_add(1, Ordering::SeqCst) + 1 == self.nth {
            return Err(StoreError::Unknown("the line broke".to_owned()));
        }
        Ok(())
    }
}

fn registry() -> Registry {
    Registry::new()
        .activity(STEP, |_, n: u32| async move { Ok(n + 1) })
        .and_then(|registry| {
            registry.orchestration(CHILD, |ctx, n: u32| async move {
                ctx.timer(Duration::from_millis(5)).await;
                Ok(n + 1)
            })
        })
        .and_then(|registry| {
            // Its first turn has a task, a timer and a child, all of which the first commit leads to.
            registry.orchestration(PARENT, |ctx, n: u32| async move {
                let timer = async {
                    ctx.timer(Duration::from_millis(5)).await;
                    Ok::<_, Failure>(n)
                };
                let (step, child, n) = futures::join!(ctx.call(STEP, &n), ctx.child(CHILD, &n), timer);
                Ok(step? + child? + n?)
            })
        })
        .and_then(|registry| {
            registry.orchestration(CALLER, |ctx, n: u32| async move { ctx.call_entity(RELAY, "relay", &n).await })
        })
        .and_then(|registry| {
            registry.orchestration(LISTENER, |ctx, ()| async move { ctx.external_event::<u32>("go").await })
        })
        .and_then(|registry| {
            registry.operation(ADD, |counter: EntityContext<u32>, n: u32| async move {
                Ok(counter.update(|sum| {
                    *sum += n;
                    *sum
                }))
            })
        })
        .and_then(|registry| {
            registry.operation(RELAY, |relay: EntityContext<u32>, n: u32| async move {
                relay.signal(ADD, "sum", &n)?;
                relay.signal_at(relay.now() + Duration::from_millis(5), ADD, "sum", &n)?;
                relay.start_as(id("begun"), CHILD, &n)?;
                Ok(n)
            })
        })
        .expect("the names differ")
}

fn builder_on(store: &Arc<FatedStore<Unheard>>) -> EngineBuilder {
    let limits = Limits { store_pause: Duration::from_millis(1), ..Limits::default() };
    Engine::builder(store.clone(), registry()).limits(limits)
}

/// That a call went unheard is fine: it took effect.
fn taken_or_unheard<T>(result: Result<T, EngineError>) {
    match result {
        Ok(_) | Err(EngineError::Store(StoreError::Unknown(_))) => {}
        Err(error) => panic!("{error}"),
    }
}

/// Runs a scenario again and again, each time with the next of its commits unheard, until none is left.
async fn ends_whichever_commit_is_unheard(scenario: impl AsyncFn(EngineBuilder)) {
    let mut nth = 1;
    loop {
        let world = World::new().await;
        let store = Arc::new(FatedStore::under(Arc::clone(&world.store), Unheard::new(COMMITS, nth)));
        let ended = tokio::time::timeout(PATIENCE, scenario(builder_on(&store))).await;
        assert!(ended.is_ok(), "after commit {nth}, which was unheard, something sleeps");
        if !store.fate().has_happened() {
            assert!(nth > 5, "the scenario makes only {} commits", nth - 1);
            return;
        }
        nth += 1;
    }
}

async fn completes_although_unheard(call: &'static [&'static str]) {
    let world = World::new().await;
    let store = Arc::new(FatedStore::under(Arc::clone(&world.store), Unheard::new(call, 1)));
    wait_for_a_parent(builder_on(&store)).await;
    assert!(store.fate().has_happened(), "{call:?} was never called");
}

async fn wait_for_a_parent(builder: EngineBuilder) {
    let engine = builder.start().await.expect("it starts");
    let client = engine.client();
    taken_or_unheard(client.start(PARENT, &1).id(id("parent")).await);
    let done = client.wait_for_completion(&id("parent"), DAY).await.expect("it completes");
    assert_eq!(done.output.expect("completed").as_str(), "5");
    engine.shutdown().await;
}

async fn call_an_entity(builder: EngineBuilder) {
    let engine = builder.start().await.expect("it starts");
    let client = engine.client();
    taken_or_unheard(client.start(CALLER, &1).id(id("caller")).await);
    for (instance, output) in [("caller", "1"), ("begun", "2")] {
        let done = client.wait_for_completion(&id(instance), DAY).await.expect("it completes");
        assert_eq!(done.output.expect("completed").as_str(), output, "{instance}");
    }
    // The entity was told twice; nobody waits for an entity, so only progress ends this.
    while client.read_entity(COUNTER, "sum").await.expect("the store answers") != Some(2) {
        tokio::task::yield_now().await;
    }
    engine.shutdown().await;
}

/// Two moments, of which the second one's run may have to wait for the end of the first one's.
async fn follow_a_schedule(builder: EngineBuilder) {
    let clock = ManualClock::default();
    let engine = builder.clock(Arc::new(clock.clone())).start().await.expect("it starts");
    let client = engine.client();
    let report = ScheduleId::parse("report").expect("a valid id");
    let seconds = Schedule::new(CHILD, &1, Recurrence::every(Duration::from_secs(1))).expect("a small input");
    let queueing = seconds.overlap(Overlap::QueueOne).catch_up(CatchUp::All { within: DAY });
    let twice = queueing.end_at(clock.now() + Duration::from_millis(2_500));
    taken_or_unheard(client.create_schedule(&report, &twice).await);
    for run in ["report@2026-01-01T00:00:01Z", "report@2026-01-01T00:00:02Z"] {
        while !has_completed(&client, run).await {
            clock.advance(Duration::from_millis(100));
            tokio::task::yield_now().await;
        }
    }
    let state = client.schedule(&report).await.expect("the store answers").expect("it exists").state;
    assert_eq!((state.started, state.skipped, state.queued), (2, 0, None));
    engine.shutdown().await;
}

async fn has_completed(client: &Client, run: &str) -> bool {
    let found = client.status(&id(run)).await.expect("the store answers");
    found.is_some_and(|run| run.status == RuntimeStatus::Completed)
}

#[tokio::test]
async fn an_unheard_turn_leads_to_its_tasks_timers_and_children() {
    completes_although_unheard(&["commit"]).await;
}

/// Only what was recovered before is recorded before the turn that reads it.
#[tokio::test]
async fn an_unheard_result_of_an_activity_that_was_recovered_reaches_its_instance() {
    let world = World::new().await;
    let dies = Arc::new(FatedStore::under(Arc::clone(&world.store), Unheard::new(&["commit"], 1)));
    let node = Stepper::start(dies, registry(), world.clock.clone()).await.expect("it starts");
    node.client().start(PARENT, &1).id(id("parent")).await.expect("started");
    node.run_until_idle().await.expect_err("it dies with the activity in its hands");
    drop(node);
    let store = Arc::new(FatedStore::under(Arc::clone(&world.store), Unheard::new(&["complete_task"], 1)));
    let engine = builder_on(&store).start().await.expect("it starts");
    let done = engine.client().wait_for_completion(&id("parent"), DAY).await.expect("it completes");
    assert_eq!(done.output.expect("completed").as_str(), "5");
    engine.shutdown().await;
    assert!(store.fate().has_happened(), "the result was never recorded by itself");
}

#[tokio::test]
async fn timers_that_fired_unheard_reach_their_instances() {
    completes_although_unheard(&["fire_timers"]).await;
}

#[tokio::test]
async fn an_unheard_start_runs() {
    completes_although_unheard(&["start"]).await;
}

#[tokio::test]
async fn an_unheard_message_is_read() {
    let world = World::new().await;
    let store = Arc::new(FatedStore::under(Arc::clone(&world.store), Unheard::new(&["tell"], 1)));
    let engine = builder_on(&store).start().await.expect("it starts");
    let client = engine.client();
    client.start(LISTENER, &()).id(id("listener")).await.expect("started");
    let unheard = client.raise_event(&id("listener"), "go", &7).await;
    assert!(matches!(unheard, Err(EngineError::Store(StoreError::Unknown(_)))), "{unheard:?}");
    let done = client.wait_for_completion(&id("listener"), DAY).await.expect("it completes");
    assert_eq!(done.output.expect("completed").as_str(), "7");
    engine.shutdown().await;
}

#[tokio::test]
async fn whichever_commit_is_unheard_a_client_hears_of_the_end() {
    ends_whichever_commit_is_unheard(wait_for_a_parent).await;
}

#[tokio::test]
async fn whichever_commit_is_unheard_what_an_entity_sends_arrives() {
    ends_whichever_commit_is_unheard(call_an_entity).await;
}

#[tokio::test]
async fn whichever_commit_is_unheard_a_schedule_starts_each_of_its_runs_once() {
    ends_whichever_commit_is_unheard(follow_a_schedule).await;
}

#[tokio::test]
async fn an_end_that_nobody_told_of_is_found_when_the_time_of_the_wait_is_over() {
    let world = World::new().await;
    let node = world.node().await;
    node.client().start(SUM, &vec![1]).id(id("sum")).await.expect("started");
    // Not the wake-up of the node, as in another process.
    let store = Arc::new(FatedStore::under(Arc::clone(&world.store), Unheard::new(&["find"], usize::MAX)));
    let deaf = Client::new(store.clone(), Arc::new(world.clock.clone()), Wake::default());
    let end = async {
        while store.fate().seen() == 0 {
            tokio::task::yield_now().await;
        }
        node.run_until_idle().await.expect("it runs");
        world.clock.advance(PATIENCE);
    };
    let sum = id("sum");
    let (done, ()) = tokio::join!(deaf.wait_for_completion(&sum, PATIENCE), end);
    assert_eq!(done.expect("it has ended").status, RuntimeStatus::Completed);
}
