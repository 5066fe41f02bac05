//! What is blocked: left alone whatever comes, tried again by the next node and by a re-drive, ended when told so.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use countersign_engine::model::{Blocked, BlockedKind};
use countersign_engine::runtime::Wake;
use countersign_engine::testing::{Fate, FatedStore, Stepper};
use countersign_engine::{
    Client, Entity, EntityContext, Failure, Limits, Operation, Orchestration, OrchestrationContext, Registry,
    RuntimeStatus, StoreError,
};

use crate::support::{DOUBLE, FLAKY, World, id, record};
use crate::watch::Metrics;

const COLLECT: Orchestration<u32, Vec<u32>> = Orchestration::named("Collect");
const FAMILY: Orchestration<u32, u32> = Orchestration::named("TimedFamily");
const TALLY: Entity<i64> = Entity::named("Tally");
const ADD: Operation<i64, i64, i64> = TALLY.operation("Add");
/// The same entity to code that takes its state for a text.
const TALLY_TEXT: Entity<String> = Entity::named("Tally");
const ADD_TEXT: Operation<String, i64, String> = TALLY_TEXT.operation("Add");

const HOUR: Duration = Duration::from_secs(3_600);
/// So many steps are collected: the one that meets the obstacle, and ten.
const STEPS: u32 = 11;
const COLLECTED: &str = "[0,1,2,3,4,5,6,7,8,9,10]";

/// Gives the steps in the order in which they came, after a call that stands in the history.
async fn collect(ctx: OrchestrationContext, steps: u32) -> Result<Vec<u32>, Failure> {
    ctx.call(DOUBLE, &steps).await?;
    let mut collected = Vec::new();
    for _ in 0..steps {
        collected.push(ctx.external_event::<u32>("step").await?);
    }
    Ok(collected)
}

/// Begins with another call.
async fn collect_otherwise(ctx: OrchestrationContext, steps: u32) -> Result<Vec<u32>, Failure> {
    ctx.call(FLAKY, &steps).await?;
    collect(ctx, steps).await
}

/// Waits after the first step for what never comes.
async fn collect_for_ever(ctx: OrchestrationContext, steps: u32) -> Result<Vec<u32>, Failure> {
    ctx.call(DOUBLE, &steps).await?;
    ctx.external_event::<u32>("step").await?;
    std::future::pending().await
}

/// Waits for an hour and for a child that collects one step.
async fn family(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    let waited = async {
        ctx.timer(HOUR).await;
        Ok::<_, Failure>(n)
    };
    let (waited, collected) = futures::join!(waited, ctx.child(COLLECT, &1).id(id("child")));
    Ok(waited? + collected?.iter().sum::<u32>())
}

fn activities() -> Registry {
    Registry::new().activity(DOUBLE, |_, n: u32| async move { Ok(n * 2) }).expect("the names differ")
}

fn working() -> Registry {
    activities().orchestration(COLLECT, collect).expect("the names differ")
}

/// The obstacles that a node can meet without dying.
#[derive(Clone, Copy, Debug)]
enum Way {
    UnknownCode,
    OtherCode,
    ForeignWait,
    TooLong,
}

const WAYS: [Way; 4] = [Way::UnknownCode, Way::OtherCode, Way::ForeignWait, Way::TooLong];

impl Way {
    fn registry(self) -> Registry {
        let known = match self {
            Self::UnknownCode => Ok(activities()),
            Self::OtherCode => activities().orchestration(COLLECT, collect_otherwise),
            Self::ForeignWait => activities().orchestration(COLLECT, collect_for_ever),
            Self::TooLong => Ok(working()),
        };
        known.expect("the names differ")
    }

    /// A turn reads less than what waits in the end.
    fn limits(self) -> Limits {
        let limits = Limits { messages_per_turn: 3, ..Limits::default() };
        match self {
            // The history has five events before the first step.
            Self::TooLong => Limits { history_events: 6, ..limits },
            _ => limits,
        }
    }

    fn kind(self) -> BlockedKind {
        match self {
            Self::UnknownCode => BlockedKind::UnknownCode,
            Self::OtherCode | Self::ForeignWait => BlockedKind::NonDeterminism,
            Self::TooLong => BlockedKind::LimitExceeded,
        }
    }
}

/// Counts the calls to a store by their names, and the messages and events that they read.
#[derive(Default)]
struct Calls {
    counts: Mutex<BTreeMap<&'static str, usize>>,
    rows: AtomicUsize,
}

impl Calls {
    fn of(&self, call: &str) -> usize {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).get(call).copied().unwrap_or(0)
    }

    /// Calls that read a history or a state, or write for a turn.
    fn work(&self) -> usize {
        let calls = ["load", "load_entity", "commit", "block", "survived", "mark_turn", "set_aside"];
        calls.iter().map(|call| self.of(call)).sum()
    }

    fn rows(&self) -> usize {
        self.rows.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Fate for Calls {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner).entry(call).or_default() += 1;
        Ok(())
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }

    fn read(&self, _call: &'static str, rows: usize) {
        self.rows.fetch_add(rows, Ordering::SeqCst);
    }
}

/// A node whose calls to the store are counted.
struct Scene {
    world: World,
    node: Stepper,
    store: Arc<FatedStore<Calls>>,
}

impl Scene {
    async fn on(world: World, known: Registry, limits: Limits) -> Self {
        let store = Arc::new(FatedStore::under(Arc::clone(&world.store), Calls::default()));
        let (clock, wake) = (world.clock.clone(), Wake::default());
        let node = Stepper::start_as(store.clone(), known, clock, wake, limits).await.expect("the node starts");
        Self { world, node, store }
    }

    /// The instance `a` was begun by a build that works and has met the obstacle of this one at its first step.
    async fn blocked(known: Registry, limits: Limits) -> Self {
        let world = World::new().await;
        let node = world.node_with(working()).await;
        node.client().start(COLLECT, &STEPS).id(id("a")).await.expect("started");
        node.run_until_idle().await.expect("it runs");
        node.stop().await.expect("it stops");
        let scene = Self::on(world, known, limits).await;
        scene.step(0).await;
        scene
    }

    async fn blocked_by(way: Way) -> Self {
        Self::blocked(way.registry(), way.limits()).await
    }

    /// The node stops, and another one starts.
    async fn restarted(self, known: Registry, limits: Limits) -> Self {
        self.node.stop().await.expect("it stops");
        let scene = Self::on(self.world, known, limits).await;
        scene.run().await;
        scene
    }

    fn client(&self) -> Client {
        self.node.client()
    }

    fn calls(&self) -> &Calls {
        self.store.fate()
    }

    async fn run(&self) {
        self.node.run_until_idle().await.expect("it comes to rest");
    }

    async fn step(&self, step: u32) {
        self.client().raise_event(&id("a"), "step", &step).await.expect("it takes messages");
        self.run().await;
    }

    async fn obstacle(&self, instance: &str) -> Blocked {
        record(&self.client(), instance).await.blocked.expect("it is blocked")
    }

    async fn output(&self, instance: &str) -> String {
        record(&self.client(), instance).await.output.expect("completed").as_str().to_owned()
    }
}

#[tokio::test]
async fn ten_events_to_a_blocked_instance_cost_no_replay_and_no_write() {
    for way in WAYS {
        let scene = Scene::blocked_by(way).await;
        let obstacle = scene.obstacle("a").await;
        assert_eq!(obstacle.kind, way.kind(), "{way:?}");
        let (work, rows) = (scene.calls().work(), scene.calls().rows());
        for step in 1..STEPS {
            scene.world.clock.advance(HOUR);
            scene.step(step).await;
        }
        assert_eq!(scene.calls().work(), work, "{way:?}");
        assert_eq!(scene.calls().rows() - rows, 11, "{way:?}: what waits is looked at once");
        assert_eq!(scene.obstacle("a").await, obstacle, "{way:?}");
    }
}

#[tokio::test]
async fn a_fixed_build_reads_all_that_came_meanwhile_in_its_order() {
    for way in WAYS {
        let scene = Scene::blocked_by(way).await;
        for step in 1..STEPS {
            scene.step(step).await;
        }
        let scene = scene.restarted(working(), Limits::default()).await;
        assert_eq!(scene.output("a").await, COLLECTED, "{way:?}");
        scene.node.check().await.expect("checked");
    }
}

#[tokio::test]
async fn a_restart_tries_again_and_the_same_obstacle_is_no_news() {
    let metrics = Metrics::default();
    let _recording = metrics::set_default_local_recorder(&metrics);
    for way in WAYS {
        let scene = Scene::blocked_by(way).await;
        let counted = || metrics.sum(&format!("engine.instances.blocked {}", way.kind().as_str()));
        let (obstacle, count) = (scene.obstacle("a").await, counted());
        scene.world.clock.advance(HOUR);
        let scene = scene.restarted(way.registry(), way.limits()).await;
        assert_eq!(scene.calls().of("load"), 1, "{way:?}: it is tried again");
        assert_eq!((scene.obstacle("a").await, counted()), (obstacle, count), "{way:?}");
    }
}

#[tokio::test]
async fn another_obstacle_is_news() {
    let scene = Scene::blocked_by(Way::OtherCode).await;
    let before = scene.obstacle("a").await;
    scene.world.clock.advance(HOUR);
    let unable = Way::UnknownCode;
    let scene = scene.restarted(unable.registry(), unable.limits()).await;
    let now = scene.obstacle("a").await;
    assert_eq!((now.kind, now.since), (BlockedKind::UnknownCode, before.since + HOUR));
}

/// Code that works as soon as it is cured.
fn curable(cured: &Arc<AtomicBool>) -> Registry {
    let cured = Arc::clone(cured);
    let code = move |ctx: OrchestrationContext, steps: u32| {
        let cured = cured.load(Ordering::SeqCst);
        async move { if cured { collect(ctx, steps).await } else { collect_otherwise(ctx, steps).await } }
    };
    activities().orchestration(COLLECT, code).expect("the names differ")
}

#[tokio::test]
async fn a_redrive_tries_again_at_once() {
    let cured = Arc::default();
    let scene = Scene::blocked(curable(&cured), Limits::default()).await;
    for step in 1..STEPS {
        scene.step(step).await;
    }
    scene.client().redrive(&id("a")).await.expect("it is blocked");
    scene.run().await;
    assert_eq!(scene.calls().of("block"), 2, "the obstacle was met again");
    cured.store(true, Ordering::SeqCst);
    scene.run().await;
    assert_eq!(scene.obstacle("a").await.kind, BlockedKind::NonDeterminism, "nobody asked for another try");
    scene.client().redrive(&id("a")).await.expect("it is blocked");
    scene.run().await;
    assert_eq!(scene.output("a").await, COLLECTED);
}

#[tokio::test]
async fn a_redrive_by_another_process_is_seen_with_the_next_message() {
    let cured = Arc::default();
    let scene = Scene::blocked(curable(&cured), Limits::default()).await;
    cured.store(true, Ordering::SeqCst);
    for step in 1..STEPS - 1 {
        scene.step(step).await;
    }
    let clock = Arc::new(scene.world.clock.clone());
    let other = Client::new(Arc::clone(&scene.world.store), clock, Wake::default());
    other.redrive(&id("a")).await.expect("it is blocked");
    scene.step(STEPS - 1).await;
    assert_eq!(scene.output("a").await, COLLECTED);
}

#[tokio::test]
async fn what_is_blocked_ends_when_it_is_told_so() {
    for way in WAYS {
        let scene = Scene::blocked_by(way).await;
        for step in 1..8 {
            scene.step(step).await;
        }
        scene.client().terminate(&id("a"), "enough").await.expect("told");
        scene.run().await;
        let ended = record(&scene.client(), "a").await;
        assert_eq!((ended.status, ended.blocked), (RuntimeStatus::Terminated, None), "{way:?}");
    }
}

#[tokio::test]
async fn a_node_that_starts_ends_what_is_blocked_and_was_told_so() {
    for way in WAYS {
        let scene = Scene::blocked_by(way).await;
        for step in 1..8 {
            scene.step(step).await;
        }
        scene.client().terminate(&id("a"), "enough").await.expect("told");
        let scene = scene.restarted(way.registry(), way.limits()).await;
        let ended = record(&scene.client(), "a").await;
        assert_eq!((ended.status, ended.blocked), (RuntimeStatus::Terminated, None), "{way:?}");
    }
}

/// A family whose parent's code the node does not know, and has found out.
async fn with_blocked_parent() -> Scene {
    let world = World::new().await;
    let node = world.node_with(whole_family()).await;
    node.client().start(FAMILY, &1).id(id("parent")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    node.stop().await.expect("it stops");
    let scene = Scene::on(world, working(), Limits::default()).await;
    scene.client().raise_event(&id("parent"), "anything", &1).await.expect("it takes messages");
    scene.run().await;
    assert_eq!(scene.obstacle("parent").await.kind, BlockedKind::UnknownCode);
    scene
}

fn whole_family() -> Registry {
    working().orchestration(FAMILY, family).expect("the names differ")
}

#[tokio::test]
async fn the_result_of_a_child_and_a_timer_wait_for_a_blocked_instance_too() {
    let scene = with_blocked_parent().await;
    let obstacle = scene.obstacle("parent").await;
    scene.client().raise_event(&id("child"), "step", &7).await.expect("it runs");
    scene.run().await;
    assert_eq!(scene.output("child").await, "[7]");
    scene.world.clock.advance(HOUR);
    scene.run().await;
    assert_eq!(scene.obstacle("parent").await, obstacle);
    let calls = scene.calls();
    let work = (calls.of("load"), calls.of("block"), calls.of("commit"));
    assert_eq!(work, (2, 1, 1), "the parent's one try, and the child's only turn here");
    let scene = scene.restarted(whole_family(), Limits::default()).await;
    assert_eq!(scene.output("parent").await, "8");
    scene.node.check().await.expect("checked");
}

#[tokio::test]
async fn a_blocked_parent_ends_with_its_children() {
    let scene = with_blocked_parent().await;
    scene.client().terminate_recursively(&id("parent"), "enough").await.expect("told");
    scene.run().await;
    for name in ["parent", "child"] {
        let ended = record(&scene.client(), name).await;
        assert_eq!((ended.status, ended.blocked), (RuntimeStatus::Terminated, None), "{name}");
    }
}

#[tokio::test]
async fn an_activity_without_code_is_set_aside_since_the_first_time() {
    let metrics = Metrics::default();
    let _recording = metrics::set_default_local_recorder(&metrics);
    let unable = || Registry::new().orchestration(COLLECT, collect).expect("the names differ");
    let scene = Scene::on(World::new().await, unable(), Limits::default()).await;
    scene.client().start(COLLECT, &1).id(id("a")).await.expect("started");
    scene.run().await;
    let obstacle = scene.obstacle("a").await;
    scene.world.clock.advance(HOUR);
    let scene = scene.restarted(unable(), Limits::default()).await;
    assert_eq!(scene.calls().of("set_aside"), 1, "it came back");
    assert_eq!(scene.obstacle("a").await, obstacle);
    assert_eq!(metrics.sum("engine.instances.blocked UnknownCode"), 1.0);
}

fn tallying() -> Registry {
    let known = Registry::new().operation(ADD, |tally: EntityContext<i64>, amount: i64| async move {
        tally.update(|n| *n += amount);
        Ok(tally.get())
    });
    known.expect("one name")
}

async fn entity_obstacle(client: &Client) -> Blocked {
    let tally = TALLY.id("a").expect("a valid key");
    let entity = client.find_entity(&tally).await.expect("the store answers").expect("it is there");
    entity.blocked.expect("it is blocked")
}

#[tokio::test]
async fn ten_signals_to_a_blocked_entity_cost_no_read_and_no_write_and_none_is_lost() {
    let unreadable = Registry::new().operation(ADD_TEXT, |_, _| async { Ok(String::new()) }).expect("one name");
    for known in [Registry::new(), unreadable] {
        let world = World::new().await;
        let node = world.node_with(tallying()).await;
        node.client().signal_entity(ADD, "a", &5).await.expect("signalled");
        node.run_until_idle().await.expect("it runs");
        node.stop().await.expect("it stops");
        let scene = Scene::on(world, known, Limits::default()).await;
        let client = scene.client();
        client.signal_entity(ADD, "a", &0).await.expect("signalled");
        scene.run().await;
        let (obstacle, work, rows) = (entity_obstacle(&client).await, scene.calls().work(), scene.calls().rows());
        for amount in 1..=10 {
            scene.world.clock.advance(HOUR);
            client.signal_entity(ADD, "a", &amount).await.expect("it takes messages");
            scene.run().await;
        }
        assert_eq!((scene.calls().work(), scene.calls().rows()), (work, rows));
        assert_eq!(entity_obstacle(&client).await, obstacle);
        let scene = scene.restarted(tallying(), Limits::default()).await;
        assert_eq!(scene.client().read_entity(TALLY, "a").await.expect("the store answers"), Some(60));
    }
}
