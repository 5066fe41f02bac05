//! Schedules on a node: runs start at their moments, once, whatever happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use countersign_engine::ids::ScheduleId;
use countersign_engine::limits::MAX_NAME_CHARS;
use countersign_engine::model::{CatchUp, Overlap, Recurrence, Schedule, ScheduleRecord};
use countersign_engine::runtime::{Node, Wake};
use countersign_engine::testing::{CrashAt, CrashingStore, Fate, FatedStore, Stepper, crash_at_every_call};
use countersign_engine::{Client, Engine, EngineError, Failure, InstanceQuery, Limits, RuntimeStatus, StoreError};
use sea_orm::ConnectionTrait;

use crate::support::{COUNTDOWN, SUM, World, id, record, registry};

const HOUR: Duration = Duration::from_secs(3_600);

fn report() -> ScheduleId {
    ScheduleId::parse("report").expect("a valid id")
}

/// Sums every hour; the clock begins at 2026-01-01 00:00.
fn sums() -> Schedule {
    Schedule::new(SUM, &vec![1, 2], Recurrence::every(HOUR)).expect("a small input")
}

/// Begins every hour what goes on until it is told to end.
fn waits(overlap: Overlap) -> Schedule {
    Schedule::new(COUNTDOWN, &1, Recurrence::every(HOUR)).expect("a small input").overlap(overlap)
}

/// The instances' ids without the schedule's, the oldest first, with their states.
async fn runs(client: &Client) -> Vec<(String, RuntimeStatus)> {
    let page = client.query(&InstanceQuery { limit: 100, ..InstanceQuery::default() }).await.expect("a page");
    let hour = |id: &str| id.trim_start_matches("report@2026-01-01T").trim_end_matches(":00:00Z").to_owned();
    page.iter().rev().map(|instance| (hour(instance.id.as_str()), instance.status)).collect()
}

async fn started(client: &Client) -> Vec<String> {
    runs(client).await.into_iter().map(|(id, _)| id).collect()
}

async fn schedule(client: &Client) -> ScheduleRecord {
    client.schedule(&report()).await.expect("the store answers").expect("it exists")
}

/// Lets `hours` pass, one after the other.
async fn pass(world: &World, node: &Stepper, hours: u32) {
    for _ in 0..hours {
        world.clock.advance(HOUR);
        node.run_until_idle().await.expect("it runs");
    }
}

#[tokio::test]
async fn a_schedule_starts_a_run_at_each_of_its_moments() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.create_schedule(&report(), &sums()).await.expect("created");
    pass(&world, &node, 3).await;
    let ended = |hour: &str| (hour.to_owned(), RuntimeStatus::Completed);
    assert_eq!(runs(&client).await, [ended("01"), ended("02"), ended("03")]);
    let state = schedule(&client).await.state;
    assert_eq!((state.started, state.skipped), (3, 0));
    assert_eq!(state.next, Some(node.now() + HOUR));
    let last = state.recent.last().expect("it has run");
    assert_eq!((last.instance.as_str(), last.moment), ("report@2026-01-01T03:00:00Z", node.now()));
}

#[tokio::test]
async fn a_moment_at_which_the_last_run_goes_on_is_passed_over() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.create_schedule(&report(), &waits(Overlap::Skip)).await.expect("created");
    pass(&world, &node, 3).await;
    assert_eq!(started(&client).await, ["01"]);
    client.raise_event(&id("report@2026-01-01T01:00:00Z"), "step", &1).await.expect("raised");
    node.run_until_idle().await.expect("it runs");
    pass(&world, &node, 1).await;
    assert_eq!(started(&client).await, ["01", "04"]);
    assert_eq!(schedule(&client).await.state.skipped, 2);
}

#[tokio::test]
async fn a_queued_run_starts_when_the_one_before_ends() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.create_schedule(&report(), &waits(Overlap::QueueOne)).await.expect("created");
    pass(&world, &node, 3).await;
    assert_eq!(started(&client).await, ["01"]);
    client.raise_event(&id("report@2026-01-01T01:00:00Z"), "step", &1).await.expect("raised");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(started(&client).await, ["01", "02"], "the first that waited, without a moment of its own");
    assert_eq!(schedule(&client).await.state.skipped, 1);
}

#[tokio::test]
async fn a_queued_run_starts_after_a_restart_too() {
    let world = World::new().await;
    let node = world.node().await;
    node.client().create_schedule(&report(), &waits(Overlap::QueueOne)).await.expect("created");
    pass(&world, &node, 2).await;
    node.client().terminate(&id("report@2026-01-01T01:00:00Z"), "").await.expect("terminated");
    // Another process lets it end, and this one dies before it looks at its schedules.
    let key = node.client().status(&id("report@2026-01-01T01:00:00Z")).await.expect("a status").expect("it exists").key;
    let other = countersign_engine::runtime::Node::new(
        Arc::clone(&world.store),
        registry().expect("the names differ"),
        Arc::new(world.clock.clone()),
        countersign_engine::runtime::Wake::default(),
        countersign_engine::Limits::default(),
    );
    other.start().await.expect("it starts");
    other.turn(key).await.expect("it ends");
    let last = world.node().await;
    last.run_until_idle().await.expect("it runs");
    assert_eq!(started(&last.client()).await, ["01", "02"]);
}

#[tokio::test]
async fn runs_may_go_on_beside_each_other() {
    let world = World::new().await;
    let node = world.node().await;
    node.client().create_schedule(&report(), &waits(Overlap::Allow)).await.expect("created");
    pass(&world, &node, 3).await;
    assert_eq!(started(&node.client()).await, ["01", "02", "03"]);
}

#[tokio::test]
async fn a_run_may_take_the_place_of_the_one_before() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.create_schedule(&report(), &waits(Overlap::Terminate)).await.expect("created");
    pass(&world, &node, 2).await;
    let expected = [("01".to_owned(), RuntimeStatus::Terminated), ("02".to_owned(), RuntimeStatus::Running)];
    assert_eq!(runs(&client).await, expected);
}

#[tokio::test]
async fn what_was_missed_while_no_node_ran_is_caught_up_as_the_schedule_says() {
    let all = CatchUp::All { within: 2 * HOUR };
    for (catch_up, expected) in [(all, vec!["03", "04", "05"]), (CatchUp::Last, vec!["05"]), (CatchUp::None, vec![])] {
        let world = World::new().await;
        let node = world.node().await;
        let schedule = sums().overlap(Overlap::Allow).catch_up(catch_up);
        node.client().create_schedule(&report(), &schedule).await.expect("created");
        world.clock.advance(5 * HOUR);
        if catch_up == CatchUp::None {
            world.clock.advance(HOUR / 2);
        }
        let next = world.node().await;
        next.run_until_idle().await.expect("it runs");
        assert_eq!(started(&next.client()).await, expected, "{catch_up:?}");
    }
}

#[tokio::test]
async fn a_paused_schedule_starts_nothing_and_goes_on_with_its_next_moment() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.create_schedule(&report(), &sums()).await.expect("created");
    client.pause_schedule(&report(), "holidays").await.expect("paused");
    pass(&world, &node, 3).await;
    let paused = schedule(&client).await.state;
    assert_eq!(paused.paused.map(|pause| pause.reason), Some("holidays".to_owned()));
    assert_eq!(started(&client).await, [""; 0]);
    client.resume_schedule(&report()).await.expect("resumed");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(started(&client).await, [""; 0], "what passed meanwhile is not caught up");
    pass(&world, &node, 1).await;
    assert_eq!(started(&client).await, ["04"]);
}

#[tokio::test]
async fn a_run_by_hand_starts_at_once_and_counts_as_a_run() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.create_schedule(&report(), &waits(Overlap::Skip)).await.expect("created");
    world.clock.advance(HOUR / 2);
    let run = client.trigger_schedule(&report()).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&client, run.as_str()).await.status, RuntimeStatus::Running);
    world.clock.advance(HOUR / 2);
    node.run_until_idle().await.expect("it runs");
    assert_eq!(schedule(&client).await.state.skipped, 1, "the run by hand goes on");
}

#[tokio::test]
async fn an_updated_schedule_follows_its_new_moments_and_a_deleted_one_none() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.create_schedule(&report(), &sums()).await.expect("created");
    pass(&world, &node, 1).await;
    let daily = Schedule { recurrence: Recurrence::cron("0 3 * * *", "UTC"), ..sums() };
    client.update_schedule(&report(), &daily).await.expect("updated");
    pass(&world, &node, 3).await;
    assert_eq!(started(&client).await, ["01", "03"]);
    client.delete_schedule(&report()).await.expect("deleted");
    pass(&world, &node, 48).await;
    assert_eq!(started(&client).await, ["01", "03"]);
    assert_eq!(client.schedules(None, 10).await.expect("a page").len(), 0);
    let again = client.pause_schedule(&report(), "").await;
    assert!(matches!(again, Err(EngineError::Store(StoreError::ScheduleNotFound(_)))), "{again:?}");
}

#[tokio::test]
async fn a_moment_that_comes_again_after_an_update_starts_nothing_twice() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.create_schedule(&report(), &sums()).await.expect("created");
    pass(&world, &node, 1).await;
    client.delete_schedule(&report()).await.expect("deleted");
    let zoned = Schedule { recurrence: Recurrence::cron("0 2 * * *", "UTC"), ..sums() };
    client.create_schedule(&report(), &zoned).await.expect("created anew");
    client.start(SUM, &vec![9]).id(id("report@2026-01-01T02:00:00Z")).await.expect("the id is free");
    pass(&world, &node, 1).await;
    assert_eq!(started(&client).await, ["01", "02"]);
    assert_eq!(record(&client, "report@2026-01-01T02:00:00Z").await.output.expect("completed").as_str(), "18");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_when_it_is_created() {
    let world = World::new().await;
    let client = world.node().await.client();
    for recurrence in [Recurrence::cron("61 * * * *", "UTC"), Recurrence::cron("0 8 * * *", "Nowhere/Land")] {
        let refused = client.create_schedule(&report(), &Schedule { recurrence, ..sums() }).await;
        assert!(matches!(refused, Err(EngineError::InvalidSchedule(_))), "{refused:?}");
    }
    client.create_schedule(&report(), &sums()).await.expect("created");
    let again = client.create_schedule(&report(), &sums()).await;
    assert!(matches!(again, Err(EngineError::Store(StoreError::ScheduleExists(_)))), "{again:?}");
}

#[tokio::test]
async fn a_schedule_of_code_that_cannot_have_its_name_is_refused() {
    let world = World::new().await;
    let client = world.node().await.client();
    client.create_schedule(&report(), &sums()).await.expect("created");
    let other = ScheduleId::parse("other").expect("a valid id");
    let long: Arc<str> = "x".repeat(MAX_NAME_CHARS + 1).into();
    let schedules = [
        Schedule { orchestration: "".into(), ..sums() },
        Schedule { orchestration: Arc::clone(&long), ..sums() },
        Schedule { version: long, ..sums() },
    ];
    for schedule in schedules {
        let created = client.create_schedule(&other, &schedule).await;
        let updated = client.update_schedule(&report(), &schedule).await;
        for refused in [created, updated] {
            let expected =
                matches!(&refused, Err(EngineError::Payload(failure)) if failure.kind == Failure::INVALID_NAME);
            assert!(expected, "{refused:?}");
        }
    }
}

#[tokio::test]
async fn a_schedule_that_cannot_be_read_holds_up_no_other_one_and_rests() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.create_schedule(&report(), &sums()).await.expect("created");
    for damaged in ["due", "queued"] {
        let damaged = ScheduleId::parse(damaged).expect("a valid id");
        client.create_schedule(&damaged, &waits(Overlap::QueueOne)).await.expect("created");
    }
    let tx = world.store.begin("damage").await.expect("the writer is free");
    let damage = "UPDATE schedules SET schedule = '{', queued = (id = 'queued') WHERE id IN ('due', 'queued')";
    tx.connection().execute_unprepared(damage).await.expect("valid SQL");
    world.store.commit_transaction(tx).await.expect("the transaction is short");
    pass(&world, &node, 3).await;
    assert_eq!(started(&client).await, ["01", "02", "03"]);
    // They are due for ever, and nobody tries that for ever.
    let (clock, wake) = (Arc::new(world.clock.clone()), Wake::default());
    let names = registry().expect("the names differ");
    let other = Node::new(Arc::clone(&world.store), names, clock, wake, Limits::default());
    let again = other.fire_schedules().await.expect("the store works").expect("they are tried again");
    assert!(again > node.now() + Duration::from_secs(10) && again < node.now() + HOUR, "{again}");
}

/// Counts the transactions that are begun.
#[derive(Default)]
struct Begun(AtomicUsize);

#[async_trait]
impl Fate for Begun {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        self.0.fetch_add(usize::from(call == "begin"), Ordering::SeqCst);
        Ok(())
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_look_at_a_run_that_still_waits_writes_nothing() {
    let world = World::new().await;
    let store = Arc::new(FatedStore::under(Arc::clone(&world.store), Begun::default()));
    let names = registry().expect("the names differ");
    let node = Stepper::start(store.clone(), names, world.clock.clone()).await.expect("the node starts");
    let client = node.client();
    client.create_schedule(&report(), &waits(Overlap::QueueOne)).await.expect("created");
    pass(&world, &node, 2).await;
    assert!(schedule(&client).await.state.queued.is_some());
    let before = store.fate().0.load(Ordering::SeqCst);
    // Each change of any schedule makes the node look at all those with a run that waits.
    let other = ScheduleId::parse("other").expect("a valid id");
    client.create_schedule(&other, &sums()).await.expect("created");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(store.fate().0.load(Ordering::SeqCst), before + 1, "the one that creates the other schedule");
}

#[tokio::test]
async fn a_schedule_joins_the_callers_transaction() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    let inner = client.clone();
    let undone: Result<(), EngineError> = client
        .transaction("office", move |tx| {
            Box::pin(async move {
                inner.within(tx).create_schedule(&report(), &sums()).await?;
                inner.within(tx).trigger_schedule(&report()).await?;
                Err(EngineError::TimedOut)
            })
        })
        .await;
    assert!(matches!(undone, Err(EngineError::TimedOut)));
    pass(&world, &node, 2).await;
    assert_eq!(started(&client).await, [""; 0]);
}

#[tokio::test]
async fn a_running_node_is_woken_by_a_new_schedule_and_by_its_moments() {
    let world = World::new().await;
    let engine = Engine::builder(Arc::clone(&world.store), registry().expect("the names differ"))
        .clock(Arc::new(world.clock.clone()))
        .start()
        .await
        .expect("it starts");
    let client = engine.client();
    client.create_schedule(&report(), &sums()).await.expect("created");
    for hour in 1..=3 {
        world.clock.advance(HOUR);
        let run = id(&format!("report@2026-01-01T0{hour}:00:00Z"));
        // Time stands still for the engine, so only real progress ends the wait.
        while !client.status(&run).await.expect("the store answers").is_some_and(|run| run.status.is_finished()) {
            tokio::task::yield_now().await;
        }
    }
    engine.shutdown().await;
}

/// Two moments, an overlap and a run by hand, on a node that dies at some store call, and then on one that lives.
async fn survives(at: CrashAt) -> bool {
    let world = World::new().await;
    let crashing = Arc::new(CrashingStore::new(Arc::clone(&world.store), at));
    if let Ok(node) = Stepper::start(crashing.clone(), registry().expect("the names differ"), world.clock.clone()).await
    {
        let _ = two_moments(&world, &node).await;
    }
    let node = world.node().await;
    match two_moments(&world, &node).await {
        Ok(()) | Err(EngineError::Store(StoreError::Finished { .. })) => {}
        Err(error) => panic!("{at:?}: {error}"),
    }
    world.clock.advance_to(schedule(&node.client()).await.created_at + 2 * HOUR);
    node.run_until_idle().await.expect("the second node lives");
    let first = "report@2026-01-01T01:00:00Z";
    match node.client().terminate(&id(first), "").await {
        Ok(()) | Err(EngineError::Store(StoreError::Finished { .. })) => {}
        Err(error) => panic!("{at:?}: {error}"),
    }
    node.run_until_idle().await.expect("the second node lives");
    let found = runs(&node.client()).await;
    let expected = [("01".to_owned(), RuntimeStatus::Terminated), ("02".to_owned(), RuntimeStatus::Running)];
    assert_eq!(found, expected, "{at:?}");
    let state = schedule(&node.client()).await.state;
    assert_eq!((state.started, state.skipped, state.queued), (2, 0, None), "{at:?}");
    node.check().await.expect("checked");
    crashing.has_crashed()
}

/// The run of the first moment goes on at the second one, whose run waits until a client ends it.
async fn two_moments(world: &World, node: &Stepper) -> Result<(), EngineError> {
    let created = node.client().create_schedule(&report(), &waits(Overlap::QueueOne)).await;
    if !matches!(created, Err(EngineError::Store(StoreError::ScheduleExists(_)))) {
        created?;
    }
    let found = node.client().schedule(&report()).await?;
    let begin = found.ok_or(EngineError::TimedOut)?.created_at;
    for hours in 1..=2 {
        world.clock.advance_to(begin + hours * HOUR);
        node.run_until_idle().await?;
    }
    node.client().terminate(&id("report@2026-01-01T01:00:00Z"), "").await?;
    Ok(node.run_until_idle().await?)
}

#[tokio::test]
async fn a_schedule_survives_a_crash_at_every_call() {
    for crash in [CrashAt::Before, CrashAt::After] {
        let calls = crash_at_every_call(crash, survives).await;
        assert!(calls >= 20, "the scenario makes only {calls} calls");
    }
}
