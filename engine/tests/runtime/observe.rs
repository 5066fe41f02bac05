//! What those see who watch a node: traces, log lines, metrics.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::ids::ScheduleId;
use countersign_engine::model::{Recurrence, Retention, Schedule};
use countersign_engine::observe::{METRICS, within_trace};
use countersign_engine::runtime::{Limits, Node, Wake};
use countersign_engine::testing::{CrashAt, CrashingStore, Stepper, crash_at_every_call};
use countersign_engine::{
    Activity, Client, EngineError, Entity, EntityContext, EventKind, Failure, Operation, Orchestration,
    OrchestrationContext, Registry, RetryPolicy, Traceparent,
};
use futures::future::Either;

use crate::support::{World, id, record};
use crate::watch::{Log, Metrics};

const PING: Activity<u32, String> = Activity::named("Ping");
const WAIT: Orchestration<u32, String> = Orchestration::named("Wait");
const SET: Operation<u32, u32, ()> = Entity::named("gauge").operation("set");
const PARENT: Orchestration<u32, String> = Orchestration::named("Parent");

const HEADER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn header() -> Traceparent {
    Traceparent::parse(HEADER).expect("a valid header")
}

/// Pings, with one try that fails, and waits for a word.
async fn wait(ctx: OrchestrationContext, n: u32) -> Result<String, Failure> {
    ctx.log(tracing::Level::INFO, "pings");
    let pong = ctx.call(PING, &n).retry(RetryPolicy::exponential(Duration::from_secs(1), 3)).await?;
    ctx.log(tracing::Level::WARN, "waits");
    match ctx.first_of(ctx.external_event::<u32>("go"), ctx.timer(Duration::from_secs(3_600))).await {
        Either::Left(word) => word.map(|_| pong),
        Either::Right(()) => Ok(pong),
    }
}

fn registry() -> Registry {
    let waiting = Registry::new().orchestration(WAIT, wait).expect("the names differ");
    let family = waiting.orchestration(PARENT, |ctx, n: u32| async move { ctx.child(WAIT, &n).await });
    family.and_then(pinging).expect("the names differ")
}

/// Gives its own traceparent; the first try of an even number fails.
fn pinging(registry: Registry) -> Result<Registry, countersign_engine::registry::RegistryError> {
    registry.activity(PING, |ctx, n: u32| async move {
        if ctx.attempt() == 1 && n.is_multiple_of(2) {
            return Err(Failure::new("Busy", "try again"));
        }
        Ok(ctx.traceparent().map(|traceparent| traceparent.to_string()).unwrap_or_default())
    })
}

async fn output(client: &Client, instance: &str) -> String {
    record(client, instance).await.output.expect("completed").decode().expect("a text")
}

#[tokio::test]
async fn turns_activities_and_children_continue_the_starters_trace() {
    let (world, log) = (World::new().await, Log::default());
    let _collecting = log.collect();
    let node = world.node_with(registry()).await;
    node.client().start(PARENT, &1).id(id("parent")).traceparent(header()).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    let turns = log.spans("engine.turn");
    let first = &turns[0];
    assert_eq!((first.field("instance.id"), first.field("trace.parent")), ("parent", "b7ad6b7169203331"));
    let child = turns.iter().find(|turn| turn.field("orchestration.name") == "Wait").expect("the child ran");
    assert_eq!(child.field("trace.parent"), first.field("span.id"));
    let activity = &log.spans("engine.activity")[0];
    assert_eq!(activity.field("trace.parent"), child.field("span.id"));
    assert_eq!((activity.field("activity.name"), activity.field("outcome")), ("Ping", "completed"));
    let own = format!("00-0af7651916cd43dd8448eb211c80319c-{}-01", activity.field("span.id"));
    assert_eq!(output(&node.client(), "parent").await, own);
    assert!(turns.iter().all(|turn| turn.field("trace.id") == "0af7651916cd43dd8448eb211c80319c"));
    let ids: std::collections::BTreeSet<_> = turns.iter().map(|turn| turn.field("span.id")).collect();
    assert_eq!(ids.len(), turns.len(), "each turn is a span of its own");
}

#[tokio::test]
async fn without_a_trace_none_is_made_up() {
    let (world, log) = (World::new().await, Log::default());
    let _collecting = log.collect();
    let node = world.node_with(registry()).await;
    node.client().start(WAIT, &1).id(id("a")).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(output(&node.client(), "a").await, "");
    assert!(log.spans("engine.turn").iter().all(|turn| turn.field("trace.id").is_empty()));
}

#[tokio::test]
async fn a_start_continues_the_trace_around_it_even_inside_a_transaction() {
    let world = World::new().await;
    let node = world.node_with(registry()).await;
    let client = node.client();
    let inner = client.clone();
    let starting = client.transaction("order", move |tx| {
        Box::pin(async move {
            inner.within(tx).start(WAIT, &1).id(id("a")).await?;
            Ok::<_, EngineError>(())
        })
    });
    within_trace(Some(header()), starting).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let history = client.history(&id("a"), None).await.expect("a history");
    let started = history.iter().find_map(|event| match &event.kind {
        EventKind::ExecutionStarted(started) => Some(started.traceparent),
        _ => None,
    });
    assert_eq!(started, Some(Some(header())));
}

#[tokio::test]
async fn a_task_of_a_dead_node_stays_in_its_trace() {
    let world = World::new().await;
    let unable = Registry::new().orchestration(WAIT, wait).expect("the names differ");
    let node = world.node_with(unable).await;
    node.client().start(WAIT, &1).id(id("a")).traceparent(header()).await.expect("started");
    node.run_until_idle().await.expect("it does not loop");
    let able = world.node_with(registry()).await;
    able.run_to_the_end().await.expect("it runs");
    let own = Traceparent::parse(&output(&able.client(), "a").await).expect("a traceparent");
    assert_eq!(own.trace_id(), header().trace_id());
}

#[tokio::test]
async fn a_tracer_decides_the_places_of_spans() {
    let world = World::new().await;
    let wake = Wake::default();
    let client = Client::new(Arc::clone(&world.store), Arc::new(world.clock.clone()), wake.clone());
    let chosen = Traceparent::parse("00-11111111111111111111111111111111-2222222222222222-01").expect("a valid header");
    let node = Node::new(Arc::clone(&world.store), registry(), Arc::new(world.clock.clone()), wake, Limits::default());
    let node = node.traced_by(Some(Arc::new(move |_, continued| continued.map(|_| chosen))));
    node.start().await.expect("it starts");
    client.start(WAIT, &1).id(id("a")).traceparent(header()).await.expect("started");
    let key = node.wake().next_instance().expect("one is ready");
    node.turn(key).await.expect("it runs");
    let task = node.wake().next_task().expect("one is scheduled");
    assert_eq!(task.traceparent, Some(chosen));
}

#[tokio::test]
async fn a_log_line_is_written_once_however_often_its_turn_is_replayed() {
    let (world, log) = (World::new().await, Log::default());
    let _collecting = log.collect();
    let node = world.node_with(registry()).await;
    node.client().start(WAIT, &2).id(id("a")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    world.clock.advance(Duration::from_secs(2));
    for _ in 0..3 {
        // Each node begins without a memory of the instance.
        let next = world.node_with(registry()).await;
        next.run_until_idle().await.expect("it runs");
    }
    let last = world.node_with(registry()).await;
    last.client().raise_event(&id("a"), "go", &1).await.expect("raised");
    last.run_until_idle().await.expect("it runs");
    assert!(record(&last.client(), "a").await.status.is_finished());
    assert_eq!(log.lines(), [("a".to_owned(), "pings".to_owned()), ("a".to_owned(), "waits".to_owned())]);
}

#[tokio::test]
async fn a_turn_that_is_not_committed_logs_nothing() {
    let crashes = crash_at_every_call(CrashAt::Before, async |at| {
        let (world, log) = (World::new().await, Log::default());
        let _collecting = log.collect();
        let crashing = Arc::new(CrashingStore::new(Arc::clone(&world.store), at));
        if let Ok(node) = Stepper::start(crashing.clone(), registry(), world.clock.clone()).await {
            let _ = node.client().start(WAIT, &1).id(id("a")).await;
            let _ = node.run_until_idle().await;
        }
        let node = world.node_with(registry()).await;
        let _ = node.client().start(WAIT, &1).id(id("a")).await;
        node.run_until_idle().await.expect("the second node lives");
        let texts: Vec<_> = log.lines().into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["pings", "waits"], "{at:?}");
        crashing.has_crashed()
    });
    let calls = crashes.await;
    assert!(calls >= 10, "the scenario makes only {calls} calls");
}

#[test]
fn the_readme_tells_of_every_metric() {
    let readme = include_str!("../../README.md");
    for metric in METRICS {
        let row = format!("| `{}` | {} |", metric.name, format!("{:?}", metric.kind).to_lowercase());
        assert!(readme.contains(&row), "README lacks {row}");
    }
}

#[tokio::test]
async fn a_scenario_moves_every_metric() {
    let metrics = Metrics::default();
    let _recording = metrics::set_default_local_recorder(&metrics);
    let world = World::new().await;
    let node = world.node_with(registry()).await;
    a_retry_a_timer_and_a_dropped_message(&world, &node).await;
    assert_eq!(metrics.sum("engine.activities Ping failed"), 1.0);
    assert_eq!(metrics.sum("engine.activity.retries Ping"), 1.0);
    assert_eq!(metrics.sum("engine.messages.dropped"), 1.0);
    assert_eq!(metrics.sum("engine.instances.ended Wait Completed"), 1.0);
    assert_eq!(metrics.values("engine.timer.lateness"), [1.0, 3_600.0], "the retry's and the deadline's");
    assert_eq!(metrics.sum("engine.commits committed"), metrics.sum("engine.turns Wait"));
    assert_eq!(metrics.values("engine.ready.instances").last(), Some(&0.0));
    a_replay_with_another_input(&world, &node).await;
    assert_eq!(metrics.sum("engine.inputs.changed"), 1.0);
    assert_eq!(metrics.sum("engine.replays Wait"), 1.0);
    a_blocked_instance_and_its_recovery(&world).await;
    assert_eq!(metrics.sum("engine.instances.blocked UnknownCode"), 1.0);
    assert_eq!(metrics.sum("engine.tasks.recovered"), 1.0);
    a_schedule_that_skips(&world).await;
    assert_eq!(metrics.values("engine.schedule.lateness"), [5.0, 0.0]);
    assert_eq!(metrics.sum("engine.schedule.moments skipped"), 1.0);
    an_operation_that_fails_and_one_that_does_not(&world).await;
    assert_eq!(metrics.sum("engine.operations gauge failed"), 1.0);
    assert_eq!(metrics.sum("engine.operations gauge completed"), 1.0);
    let gone = Retention::for_ever().completed(Duration::ZERO);
    assert!(node.client().expire(&gone).await.expect("the store answers") > 0);
    an_instance_without_room(&world).await;
    assert_eq!(metrics.sum("engine.cache.evictions"), 1.0);
    for metric in METRICS {
        assert!(metrics.has(metric.name), "{} did not move", metric.name);
    }
}

async fn an_operation_that_fails_and_one_that_does_not(world: &World) {
    let set = |gauge: EntityContext<u32>, value: u32| async move {
        gauge.set(value);
        if value > 9 { Err(Failure::new("TooMuch", "it ends at 9")) } else { Ok(()) }
    };
    let node = world.node_with(Registry::new().operation(SET, set).expect("one name")).await;
    for value in [1, 10] {
        node.client().signal_entity(SET, "a", &value).await.expect("signalled");
    }
    node.run_until_idle().await.expect("it runs");
}

async fn a_retry_a_timer_and_a_dropped_message(world: &World, node: &Stepper) {
    let client = node.client();
    client.start(WAIT, &2).id(id("a")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    world.clock.advance(Duration::from_secs(2));
    node.run_until_idle().await.expect("it runs");
    client.raise_event(&id("a"), "go", &1).await.expect("raised");
    world.clock.advance(Duration::from_secs(2 * 3_600));
    node.run_until_idle().await.expect("it runs");
}

async fn a_replay_with_another_input(world: &World, node: &Stepper) {
    node.client().start(WAIT, &1).id(id("b")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let changed = Registry::new().orchestration(WAIT, |ctx, n: u32| wait(ctx, n + 2)).expect("the names differ");
    let next = world.node_with(changed).await;
    next.client().raise_event(&id("b"), "go", &1).await.expect("raised");
    next.run_until_idle().await.expect("it runs");
}

async fn a_blocked_instance_and_its_recovery(world: &World) {
    let unable = world.node_with(Registry::new().orchestration(WAIT, wait).expect("the names differ")).await;
    unable.client().start(WAIT, &1).id(id("c")).await.expect("started");
    unable.run_until_idle().await.expect("it does not loop");
    let able = world.node_with(registry()).await;
    able.run_until_idle().await.expect("it runs");
}

async fn a_schedule_that_skips(world: &World) {
    let node = world.node_with(registry()).await;
    let hourly = Recurrence::every(Duration::from_secs(3_600));
    let schedule = Schedule::new(WAIT, &1, hourly).expect("a small input");
    let report = ScheduleId::parse("report").expect("a valid id");
    node.client().create_schedule(&report, &schedule).await.expect("created");
    let first = node.client().schedule(&report).await.expect("the store answers").and_then(|it| it.state.next);
    let first = first.expect("it has a moment");
    for moment in [first + Duration::from_secs(5), first + Duration::from_secs(3_600)] {
        // The run waits for an hour after its start, so it goes on at the second moment.
        world.clock.advance_to(moment);
        node.run_until_idle().await.expect("it runs");
    }
    node.client().delete_schedule(&report).await.expect("deleted");
}

async fn an_instance_without_room(world: &World) {
    let (clock, wake) = (Arc::new(world.clock.clone()), Wake::default());
    let limits = Limits { cached_bytes: 0, ..Limits::default() };
    let client = Client::new(Arc::clone(&world.store), clock.clone(), wake.clone());
    let node = Node::new(Arc::clone(&world.store), registry(), clock, wake, limits);
    node.start().await.expect("it starts");
    client.start(WAIT, &1).id(id("d")).await.expect("started");
    let key = node.wake().next_instance().expect("one is ready");
    node.turn(key).await.expect("it runs");
}
