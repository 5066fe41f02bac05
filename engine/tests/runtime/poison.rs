//! Work that kills its node again and again is set aside; what died beside it goes on.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use countersign_engine::model::BlockedKind;
use countersign_engine::registry::RegistryError;
use countersign_engine::store::Sqlite;
use countersign_engine::testing::{CrashAt, CrashingStore, Fate, FatedStore, Stepper, crash_at_every_call};
use countersign_engine::{
    Activity, Client, Engine, EngineError, Entity, EntityContext, Failure, InstanceRecord, Limits, Operation,
    Orchestration, Registry, RuntimeStatus, StoreError,
};

use crate::support::{World, id, record};

const WORK: Activity<u32, u32> = Activity::named("Work");
const JOB: Orchestration<u32, u32> = Orchestration::named("Job");
/// In the place of a store's call: a node dies as soon as an activity has run on it.
const ACTIVITY: &str = "an activity";
/// What the activity cannot work on.
const BROKEN: u32 = 13;
const COUNTER: Entity<i64> = Entity::named("Counter");
const ADD: Operation<i64, i64, i64> = COUNTER.operation("Add");

/// How often the turns and activities of the first instance began, and activities of any.
#[derive(Default)]
struct Begun {
    turns: AtomicUsize,
    activities: AtomicUsize,
    all_activities: AtomicUsize,
}

fn registry(begun: &Arc<Begun>) -> Result<Registry, RegistryError> {
    let (turns, activities) = (Arc::clone(begun), Arc::clone(begun));
    Registry::new()
        .orchestration(JOB, move |ctx, n| {
            turns.turns.fetch_add(usize::from(n == 1), Ordering::SeqCst);
            async move { ctx.call(WORK, &n).await }
        })?
        .activity(WORK, move |_, n: u32| {
            activities.activities.fetch_add(usize::from(n == 1), Ordering::SeqCst);
            activities.all_activities.fetch_add(1, Ordering::SeqCst);
            async move { if n == BROKEN { Err(Failure::new("Broken", "it is broken")) } else { Ok(n * 2) } }
        })?
        .operation(ADD, |counter: EntityContext<i64>, amount: i64| async move {
            counter.update(|n| *n += amount);
            Ok(counter.get())
        })
}

/// A node that dies when it makes this call for the first time, or once an [`ACTIVITY`] has run.
struct DiesAt {
    call: &'static str,
    dead: AtomicBool,
    begun: Arc<Begun>,
    activities_before: usize,
}

impl DiesAt {
    fn new(call: &'static str, begun: &Arc<Begun>) -> Self {
        let activities_before = begun.all_activities.load(Ordering::SeqCst);
        Self { call, dead: AtomicBool::new(false), begun: Arc::clone(begun), activities_before }
    }

    fn is_killed_by(&self, call: &'static str) -> bool {
        let has_run = || self.begun.all_activities.load(Ordering::SeqCst) > self.activities_before;
        call == self.call || (self.call == ACTIVITY && has_run())
    }
}

#[async_trait]
impl Fate for DiesAt {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        let is_killed = self.is_killed_by(call);
        if self.dead.fetch_or(is_killed, Ordering::SeqCst) || is_killed {
            return Err(StoreError::Unknown("the node has died".to_owned()));
        }
        Ok(())
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A world in which instances run, and a count of how often the first one of them was begun.
struct Scene {
    world: World,
    begun: Arc<Begun>,
}

impl Scene {
    /// Starts so many instances, the first of which is number 1.
    async fn new(instances: u32) -> Self {
        let scene = Self { world: World::new().await, begun: Arc::default() };
        let node = scene.node().await;
        for n in 1..=instances {
            node.client().start(JOB, &n).id(id(&n.to_string())).await.expect("started");
        }
        scene
    }

    async fn node(&self) -> Stepper {
        self.world.node_with(registry(&self.begun).expect("the names differ")).await
    }

    /// Runs a node that dies when it makes `call`; whether it died.
    async fn dies(&self, call: &'static str) -> bool {
        let store = Arc::new(FatedStore::under(Arc::clone(&self.world.store), DiesAt::new(call, &self.begun)));
        let registry = registry(&self.begun).expect("the names differ");
        match Stepper::start(store, registry, self.world.clock.clone()).await {
            Ok(node) => node.run_until_idle().await.is_err(),
            Err(_) => true,
        }
    }

    /// Lets nodes die at `call` until one survives; how many died.
    async fn die_out(&self, call: &'static str) -> u32 {
        let mut deaths = 0;
        while self.dies(call).await {
            deaths += 1;
            assert!(deaths < 100, "it never ends");
        }
        deaths
    }
}

fn obstacle(record: &InstanceRecord) -> Option<BlockedKind> {
    record.blocked.as_ref().map(|blocked| blocked.kind)
}

#[tokio::test]
async fn an_activity_that_kills_its_node_is_set_aside_and_can_be_driven_again() {
    let scene = Scene::new(1).await;
    let limit = Limits::default().recoveries;
    assert_eq!(scene.die_out(ACTIVITY).await, limit);
    assert_eq!(scene.begun.activities.load(Ordering::SeqCst), limit as usize);
    let node = scene.node().await;
    let client = node.client();
    node.run_until_idle().await.expect("it does not loop");
    let blocked = record(&client, "1").await;
    assert_eq!((blocked.status, obstacle(&blocked)), (RuntimeStatus::Running, Some(BlockedKind::Poison)));
    let message = blocked.blocked.expect("it is blocked").message;
    assert!(message.contains("Work") && message.contains('5'), "{message}");
    client.redrive(&id("1")).await.expect("it is blocked");
    node.run_until_idle().await.expect("it runs");
    let done = record(&client, "1").await;
    assert_eq!((done.output.expect("completed").as_str(), done.blocked), ("2", None));
    node.check().await.expect("checked");
}

#[tokio::test]
async fn a_turn_that_kills_its_node_is_set_aside_and_can_be_driven_again() {
    let scene = Scene::new(1).await;
    let limit = Limits::default().recoveries;
    assert_eq!(scene.die_out("commit").await, limit);
    assert_eq!(scene.begun.turns.load(Ordering::SeqCst), limit as usize);
    let node = scene.node().await;
    let client = node.client();
    node.run_until_idle().await.expect("it does not loop");
    assert_eq!(obstacle(&record(&client, "1").await), Some(BlockedKind::Poison));
    client.raise_event(&id("1"), "anything", &1).await.expect("it takes messages");
    node.run_until_idle().await.expect("it does not loop");
    assert_eq!(scene.begun.turns.load(Ordering::SeqCst), limit as usize, "a message is no reason to try again");
    client.redrive(&id("1")).await.expect("it is blocked");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&client, "1").await.output.expect("completed").as_str(), "2");
    node.check().await.expect("checked");
}

#[tokio::test]
async fn an_operation_that_kills_its_node_is_set_aside_and_can_be_driven_again() {
    let scene = Scene::new(0).await;
    let counter = COUNTER.id("a").expect("a valid key");
    scene.node().await.client().signal_entity(ADD, "a", &5).await.expect("signalled");
    assert_eq!(scene.die_out("commit").await, Limits::default().recoveries);
    let node = scene.node().await;
    let client = node.client();
    client.signal_entity(ADD, "a", &6).await.expect("it takes messages");
    node.run_until_idle().await.expect("it does not loop");
    let entity = client.find_entity(&counter).await.expect("the store answers").expect("it is there");
    let kind = entity.blocked.map(|blocked| blocked.kind);
    assert_eq!((kind, entity.state), (Some(BlockedKind::Poison), None), "a message is no reason to try again");
    client.redrive_entity(&counter).await.expect("it is blocked");
    node.run_until_idle().await.expect("it runs");
    let entity = client.find_entity(&counter).await.expect("the store answers").expect("it is there");
    assert_eq!(entity.blocked, None);
    assert_eq!(client.read_entity(COUNTER, "a").await.expect("the store answers"), Some(11));
    let refused = client.redrive_entity(&counter).await;
    assert!(matches!(refused, Err(EngineError::Store(StoreError::NotBlocked(_)))), "{refused:?}");
    node.check().await.expect("checked");
}

#[tokio::test]
async fn what_is_driven_again_and_kills_again_is_set_aside_again() {
    let scene = Scene::new(1).await;
    scene.die_out(ACTIVITY).await;
    let client = scene.node().await.client();
    client.redrive(&id("1")).await.expect("it is blocked");
    assert_eq!(scene.die_out(ACTIVITY).await, Limits::default().recoveries - 2);
    assert_eq!(obstacle(&record(&client, "1").await), Some(BlockedKind::Poison));
}

#[tokio::test]
async fn a_redrive_outlives_the_node_that_took_it_up() {
    let scene = Scene::new(1).await;
    scene.die_out(ACTIVITY).await;
    let client = scene.node().await.client();
    client.redrive(&id("1")).await.expect("it is blocked");
    assert!(scene.dies("mark_task").await);
    assert_eq!(obstacle(&record(&client, "1").await), None);
    let node = scene.node().await;
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&client, "1").await.output.expect("completed").as_str(), "2");
    node.check().await.expect("checked");
}

#[tokio::test]
async fn a_rewound_execution_that_kills_its_node_is_set_aside_and_can_be_terminated() {
    let scene = Scene::new(0).await;
    let node = scene.node().await;
    let client = node.client();
    client.start(JOB, &BROKEN).id(id("1")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    client.rewind(&id("1"), "repaired").await.expect("it has failed");
    assert_eq!(scene.die_out("commit").await, Limits::default().recoveries);
    assert_eq!(obstacle(&record(&client, "1").await), Some(BlockedKind::Poison));
    client.terminate(&id("1"), "enough").await.expect("it can end");
    let node = scene.node().await;
    node.run_until_idle().await.expect("it ends");
    let ended = record(&client, "1").await;
    assert_eq!((ended.status, ended.blocked), (RuntimeStatus::Terminated, None));
}

#[tokio::test]
async fn a_poisoned_instance_can_be_terminated() {
    for call in ["commit", ACTIVITY] {
        let scene = Scene::new(1).await;
        scene.die_out(call).await;
        let node = scene.node().await;
        let client = node.client();
        client.terminate(&id("1"), "enough").await.expect("it runs");
        node.run_until_idle().await.expect("it runs");
        let ended = record(&client, "1").await;
        assert_eq!((ended.status, ended.blocked), (RuntimeStatus::Terminated, None), "{call}");
    }
}

#[tokio::test]
async fn what_died_beside_the_poison_is_not_blamed() {
    for call in ["commit", ACTIVITY] {
        let scene = Scene::new(6).await;
        // The first instance is the oldest and then the suspect, so each of these nodes dies of its work.
        for _ in 0..Limits::default().recoveries {
            assert!(scene.dies(call).await);
        }
        let node = scene.node().await;
        node.run_until_idle().await.expect("it runs");
        let client = node.client();
        for n in 2..=6 {
            let innocent = record(&client, &n.to_string()).await;
            assert_eq!((innocent.status, obstacle(&innocent)), (RuntimeStatus::Completed, None), "{call}");
        }
        assert_eq!(obstacle(&record(&client, "1").await), Some(BlockedKind::Poison), "{call}");
        let begun = if call == "commit" { &scene.begun.turns } else { &scene.begun.activities };
        assert!(begun.load(Ordering::SeqCst) <= Limits::default().recoveries as usize, "{call}");
    }
}

/// Whether the node died before the scenario was over.
async fn redrive_survives(at: CrashAt) -> bool {
    let scene = Scene::new(1).await;
    scene.die_out(ACTIVITY).await;
    let crashing = Arc::new(CrashingStore::new(Arc::clone(&scene.world.store), at));
    let names = registry(&scene.begun).expect("the names differ");
    if let Ok(node) = Stepper::start(crashing.clone(), names, scene.world.clock.clone()).await
        && node.client().redrive(&id("1")).await.is_ok()
    {
        let _ = node.run_until_idle().await;
    }
    let node = scene.node().await;
    node.run_until_idle().await.expect("it lives");
    match node.client().redrive(&id("1")).await {
        Ok(()) | Err(EngineError::Store(StoreError::Finished { .. } | StoreError::NotBlocked(_))) => {}
        Err(error) => panic!("{error}"),
    }
    node.run_until_idle().await.expect("it lives");
    let done = record(&node.client(), "1").await;
    assert_eq!((done.output.expect("completed").as_str(), done.blocked), ("2", None), "{at:?}");
    crashing.has_crashed()
}

#[tokio::test]
async fn a_redrive_survives_every_crash() {
    for crash in [CrashAt::Before, CrashAt::After] {
        let calls = crash_at_every_call(crash, redrive_survives).await;
        assert!(calls >= 5, "the scenario makes only {calls} calls");
    }
}

/// What a process that dies does: `activity` or `turn`, whichever shall kill it.
async fn run_until_ended_or_blocked(folder: &Path, killer: String) {
    let store = Sqlite::open(folder).await.expect("the folder is free");
    let of_turn = killer == "turn";
    let registry = Registry::new()
        .orchestration(JOB, move |ctx, n: u32| {
            if of_turn {
                std::process::abort();
            }
            async move { ctx.call(WORK, &n).await }
        })
        .and_then(|registry| {
            registry.activity(WORK, |_, _| async {
                std::process::abort();
                #[expect(unreachable_code, reason = "it gives the activity its type")]
                Ok(0)
            })
        });
    let engine = Engine::builder(store, registry.expect("the names differ")).start().await.expect("it starts");
    let client: Client = engine.client();
    match client.start(JOB, &1).id(id("1")).await {
        Ok(_) | Err(EngineError::Store(StoreError::Exists(_))) => {}
        Err(error) => panic!("{error}"),
    }
    while record(&client, "1").await.blocked.is_none() {
        let _ = client.wait_for_completion(&id("1"), Duration::from_millis(20)).await;
    }
    engine.shutdown().await;
}

#[tokio::test]
#[ignore = "the process that the test below lets die"]
async fn the_process_that_dies() {
    if let (Some(folder), Ok(killer)) = (std::env::var_os("POISON_FOLDER"), std::env::var("POISON_KILLER")) {
        run_until_ended_or_blocked(Path::new(&folder), killer).await;
    }
}

#[test]
fn a_process_that_is_killed_by_its_work_is_restarted_a_few_times_only() {
    let limit = Limits::default().recoveries as usize;
    // Nothing is written before the commit of a first turn, so that the first of its deaths is not counted.
    for (killer, most) in [("activity", limit), ("turn", limit + 1)] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let lives = || {
            let mut process = Command::new(std::env::current_exe().expect("the test is a file"));
            process.args(["--exact", "poison::the_process_that_dies", "--ignored"]);
            process.env("POISON_FOLDER", folder.path()).env("POISON_KILLER", killer);
            process.output().expect("it can be started").status.success()
        };
        let deaths = (0..20).take_while(|_| !lives()).count();
        assert_eq!(deaths, most, "{killer}");
        assert!(lives(), "the next start leaves it alone");
    }
}
