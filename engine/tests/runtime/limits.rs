//! The bounds of the engine: each has a clear error, and what is stopped by one can go on or be ended.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::ids::ScheduleId;
use countersign_engine::limits::{MAX_NAME_CHARS, MAX_PAYLOAD_BYTES};
use countersign_engine::model::{BlockedKind, Recurrence, Schedule};
use countersign_engine::runtime::Wake;
use countersign_engine::testing::Stepper;
use countersign_engine::{
    Activity, EngineError, Entity, EntityContext, Failure, Limits, Operation, Orchestration, OrchestrationContext,
    Payload, Registry, RuntimeStatus,
};
use futures::future::join_all;

use crate::support::{DOUBLE, World, id, record};
use crate::watch::Log;

const WIDE: Orchestration<u32, u32> = Orchestration::named("Wide");
const LONG: Orchestration<u32, u32> = Orchestration::named("Long");

async fn wide(ctx: OrchestrationContext, width: u32) -> Result<u32, Failure> {
    let doubled = join_all((0..width).map(|n| ctx.call(DOUBLE, &n))).await;
    doubled.into_iter().sum()
}

async fn long(ctx: OrchestrationContext, events: u32) -> Result<u32, Failure> {
    for _ in 0..events {
        ctx.external_event::<u32>("go").await?;
    }
    Ok(events)
}

fn registry() -> Registry {
    let known = Registry::new().activity(DOUBLE, |_, n: u32| async move { Ok(n * 2) }).expect("the names differ");
    let known = known.orchestration(WIDE, wide).expect("the names differ");
    known.orchestration(LONG, long).expect("the names differ")
}

async fn node(world: &World, limits: Limits) -> Stepper {
    let (store, clock) = (Arc::clone(&world.store), world.clock.clone());
    Stepper::start_as(store, registry(), clock, Wake::default(), limits).await.expect("it starts")
}

async fn blocked(node: &Stepper, name: &str) -> String {
    let blocked = record(&node.client(), name).await.blocked.expect("it is blocked");
    assert_eq!(blocked.kind, BlockedKind::LimitExceeded);
    blocked.message
}

#[tokio::test]
async fn too_many_open_actions_block_the_instance_until_a_node_allows_them() {
    let world = World::new().await;
    let small = node(&world, Limits { open_actions: 5, ..Limits::default() }).await;
    small.client().start(WIDE, &5).id(id("five")).await.expect("started");
    small.client().start(WIDE, &6).id(id("six")).await.expect("started");
    small.run_until_idle().await.expect("it does not loop");
    assert_eq!(record(&small.client(), "five").await.status, RuntimeStatus::Completed);
    assert!(blocked(&small, "six").await.contains("6 open actions, the limit is 5"));
    let large = node(&world, Limits::default()).await;
    large.run_until_idle().await.expect("it runs");
    assert_eq!(record(&large.client(), "six").await.output.expect("completed").as_str(), "30");
}

#[tokio::test]
async fn too_many_events_in_one_turn_block_the_instance() {
    let world = World::new().await;
    let small = node(&world, Limits { events_per_turn: 10, ..Limits::default() }).await;
    small.client().start(WIDE, &20).id(id("a")).await.expect("started");
    small.run_until_idle().await.expect("it does not loop");
    assert!(blocked(&small, "a").await.contains("the turn records 22 events, the limit is 10"));
}

#[tokio::test]
async fn too_long_a_history_blocks_the_instance_which_can_still_be_ended() {
    let world = World::new().await;
    let small = node(&world, Limits { history_events: 20, long_history: 5, ..Limits::default() }).await;
    for name in ["ended", "goes on"] {
        small.client().start(LONG, &13).id(id(name)).await.expect("started");
        for _ in 0..12 {
            small.client().raise_event(&id(name), "go", &1).await.expect("raised");
            small.run_until_idle().await.expect("it does not loop");
        }
        assert!(blocked(&small, name).await.contains("the limit is 20: the code should continue as new before"));
        assert!(small.client().history(&id(name), None).await.expect("a history").len() <= 20);
    }
    small.client().terminate(&id("ended"), "").await.expect("told");
    small.run_until_idle().await.expect("it runs");
    assert_eq!(record(&small.client(), "ended").await.status, RuntimeStatus::Terminated);
    let large = node(&world, Limits::default()).await;
    large.client().raise_event(&id("goes on"), "go", &1).await.expect("raised");
    large.run_until_idle().await.expect("it runs");
    assert_eq!(record(&large.client(), "goes on").await.output.expect("completed").as_str(), "13");
}

#[tokio::test]
async fn a_history_that_grows_long_is_warned_of_before_it_is_too_long() {
    let (world, log) = (World::new().await, Log::default());
    let _collecting = log.collect();
    let node = node(&world, Limits { long_history: 10, ..Limits::default() }).await;
    node.client().start(LONG, &13).id(id("a")).await.expect("started");
    for _ in 0..12 {
        node.client().raise_event(&id("a"), "go", &1).await.expect("raised");
        node.run_until_idle().await.expect("it runs");
    }
    // The first turn records three events, each later one two: the warnings come where 10 and 20 are passed.
    let lines = log.lines();
    let lengths =
        [11, 21].map(|length| format!("the history has {length} events, at most 500000 may be: continue as new"));
    assert_eq!(lines, lengths.map(|line| ("a".to_owned(), line)));
}

#[test]
fn a_value_that_is_too_large_is_a_failure_where_it_is_given() {
    let fits = "x".repeat(MAX_PAYLOAD_BYTES - 2);
    assert!(Payload::encode(&fits).is_ok());
    let failure = Payload::encode(&format!("{fits}x")).expect_err("it is one byte too large");
    assert_eq!(failure.kind, Failure::INVALID_PAYLOAD);
    assert!(failure.message.contains(&MAX_PAYLOAD_BYTES.to_string()), "{failure}");
}

#[tokio::test]
async fn names_that_are_empty_or_too_long_are_refused_where_they_are_given() {
    let long_name: &'static str = "n".repeat(MAX_NAME_CHARS + 1).leak();
    for name in ["", long_name] {
        let activity = Registry::new().activity(Activity::<u32, u32>::named(name), |_, n| async move { Ok(n) });
        assert!(activity.is_err());
        let known = Registry::new();
        assert!(known.orchestration(Orchestration::<u32, u32>::named(name), |_, n| async move { Ok(n) }).is_err());
    }
    assert!(Registry::new().orchestration(WIDE.version(long_name), wide).is_err());
    let world = World::new().await;
    let node = node(&world, Limits::default()).await;
    let started = node.client().start(Orchestration::<u32, u32>::named(long_name), &1).await;
    assert!(matches!(&started, Err(EngineError::Payload(failure)) if failure.kind == Failure::INVALID_NAME));
    node.client().start(LONG, &1).id(id("a")).await.expect("started");
    let client = node.client();
    let moment = node.now();
    for name in ["", long_name] {
        let (raised, later) =
            (client.raise_event(&id("a"), name, &1).await, client.raise_event_at(&id("a"), name, &1, moment).await);
        for refused in [raised, later] {
            assert!(matches!(&refused, Err(EngineError::Payload(failure)) if failure.kind == Failure::INVALID_NAME));
        }
    }
}

const NAMES: Orchestration<u32, u32> = Orchestration::named("Names");
const STARTER: Entity<u32> = Entity::named("Starter");
const BEGIN: Operation<u32, (), ()> = STARTER.operation("Begin");

/// Uses a name or a version that holds the character zero, which PostgreSQL does not keep, in one of several ways.
async fn names(ctx: OrchestrationContext, way: u32) -> Result<u32, Failure> {
    match way {
        0 => ctx.continue_as_new(&1).version("a\0").await,
        1 => ctx.child(LONG.version("a\0"), &1).await,
        2 => ctx.start_detached(LONG.version("a\0"), &1).await.map(|_| 0),
        3 => ctx.call(Activity::<u32, u32>::named("a\0"), &1).await,
        _ => ctx.call_entity(BEGIN, "a", &()).await.map(|()| 0),
    }
}

fn is_refused(result: Result<(), EngineError>) -> bool {
    matches!(result, Err(EngineError::Payload(failure)) if failure.kind == Failure::INVALID_NAME)
}

#[tokio::test]
async fn names_and_versions_with_control_characters_are_refused_where_they_are_given() {
    let begin = |starter: EntityContext<u32>, (): ()| async move { starter.start(LONG.version("a\0"), &1).map(drop) };
    let known = registry().orchestration(NAMES, names).expect("the names differ");
    let known = known.operation(BEGIN, begin).expect("the names differ");
    assert!(Registry::new().orchestration(WIDE.version("a\n"), wide).is_err());
    let world = World::new().await;
    let node = world.node_with(known).await;
    let client = node.client();
    assert!(is_refused(client.start(LONG.version("a\0"), &1).await.map(drop)));
    client.start(LONG, &1).id(id("a")).await.expect("started");
    assert!(is_refused(client.raise_event(&id("a"), "a\u{7F}", &1).await));
    let every_second = Recurrence::every(Duration::from_secs(1));
    let schedule = Schedule::new(LONG.version("a\0"), &1, every_second).expect("a small input");
    let schedule_id = ScheduleId::parse("a").expect("a valid id");
    assert!(is_refused(client.create_schedule(&schedule_id, &schedule).await));
    for way in 0..5 {
        let name = format!("way-{way}");
        client.start(NAMES, &way).id(id(&name)).await.expect("started");
        node.run_until_idle().await.expect("it does not loop");
        let failure = record(&client, &name).await.failure.expect("it has failed");
        assert_eq!(failure.kind, Failure::INVALID_NAME, "{failure}");
    }
}
