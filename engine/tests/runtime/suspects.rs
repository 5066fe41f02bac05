//! Who is suspected of the death of a node and for how long, and what runs beside a suspect.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use countersign_engine::registry::RegistryError;
use countersign_engine::testing::{Fate, FatedStore, ManualClock, Stepper};
use countersign_engine::{
    Activity, Client, Clock, Engine, Entity, EntityContext, EntityRecord, Failure, Limits, Operation, Orchestration,
    OrchestrationContext, Registry, StoreError, Timestamp,
};
use tokio::sync::{Mutex, mpsc};

use crate::support::{World, id, record};

const WORK: Activity<u32, u32> = Activity::named("Work");
const JOB: Orchestration<u32, u32> = Orchestration::named("Job");
const LATER: Orchestration<(), u32> = Orchestration::named("Later");
const HOLD: Orchestration<(), ()> = Orchestration::named("Hold");
const COUNTER: Entity<i64> = Entity::named("Counter");
const ADD: Operation<i64, i64, i64> = COUNTER.operation("Add");
const HOUR: Duration = Duration::from_secs(3_600);

/// What a test sees of a node.
enum Seen {
    /// It has the lease on an instance.
    Claimed,
    /// An operation of the entity with this key, or an activity, began at that moment.
    Began(String, Timestamp),
}

/// What the code of a node does: its work, or, with somebody to tell, it tells that it began and hangs.
#[derive(Clone, Default)]
struct Code(Option<(mpsc::UnboundedSender<Seen>, ManualClock)>);

impl Code {
    async fn begin(self, name: String) {
        if let Some((say, clock)) = self.0 {
            let _ = say.send(Seen::Began(name, clock.now()));
            std::future::pending::<()>().await;
        }
    }

    fn registry(&self) -> Result<Registry, RegistryError> {
        let (operations, activities) = (self.clone(), self.clone());
        Registry::new()
            .operation(ADD, move |counter: EntityContext<i64>, amount: i64| {
                let (code, key) = (operations.clone(), counter.key().to_owned());
                async move {
                    code.begin(key).await;
                    Ok(counter.update(|n| {
                        *n += amount;
                        *n
                    }))
                }
            })?
            .activity(WORK, move |_, n: u32| {
                let code = activities.clone();
                async move {
                    code.begin("work".to_owned()).await;
                    Ok(n)
                }
            })?
            .orchestration(JOB, |ctx, n: u32| async move { ctx.call(WORK, &n).await })?
            .orchestration(LATER, |ctx, ()| async move { ctx.external_event::<u32>("early").await })?
            .orchestration(HOLD, hold)
    }
}

/// Holds the lock of the entity `locked` until it is told to go on.
async fn hold(ctx: OrchestrationContext, (): ()) -> Result<(), Failure> {
    let _guard = ctx.lock([COUNTER.id("locked")?]).await?;
    ctx.external_event::<()>("go").await
}

/// Shows a test the claims of a node, which wait while the test holds `claims`.
struct Claims {
    say: mpsc::UnboundedSender<Seen>,
    claims: Arc<Mutex<()>>,
}

#[async_trait]
impl Fate for Claims {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        if call == "claim" {
            drop(self.claims.lock().await);
        }
        Ok(())
    }

    async fn after(&self, call: &'static str) -> Result<(), StoreError> {
        if call == "claim" {
            let _ = self.say.send(Seen::Claimed);
        }
        Ok(())
    }
}

/// A node whose code hangs. It dies when dropped.
struct Hanging {
    engine: Engine,
    clock: ManualClock,
    seen: mpsc::UnboundedReceiver<Seen>,
}

impl Hanging {
    async fn start(world: &World) -> Self {
        Self::with(world, Arc::default()).await
    }

    async fn with(world: &World, claims: Arc<Mutex<()>>) -> Self {
        let (say, seen) = mpsc::unbounded_channel();
        let clock = world.clock.clone();
        let code = Code(Some((say.clone(), clock.clone())));
        let store = Arc::new(FatedStore::under(Arc::clone(&world.store), Claims { say, claims }));
        let builder = Engine::builder(store, code.registry().expect("the names differ"));
        let engine = builder.clock(Arc::new(clock.clone())).start().await.expect("it starts");
        Self { engine, clock, seen }
    }

    fn client(&self) -> Client {
        self.engine.client()
    }

    async fn signal(&self, key: &str) {
        self.client().signal_entity(ADD, key, &1).await.expect("signalled");
    }

    /// Waits until at least so many instances are claimed and so much has begun since the last look.
    async fn until(&mut self, claims: usize, begins: usize) {
        let (mut claimed, mut begun) = (0, 0);
        while claimed < claims || begun < begins {
            match self.seen.recv().await.expect("the node lives") {
                Seen::Claimed => claimed += 1,
                Seen::Began(..) => begun += 1,
            }
        }
    }

    /// Whether nothing happens while the store answers a few questions.
    async fn rests(&mut self) -> bool {
        for _ in 0..20 {
            let _ = self.client().status(&id("nobody")).await.expect("the store answers");
        }
        self.seen.try_recv().is_err()
    }

    /// What begins next, and when. Time passes meanwhile.
    async fn next(&mut self) -> (String, Timestamp) {
        loop {
            match self.seen.try_recv() {
                Ok(Seen::Began(name, moment)) => return (name, moment),
                Ok(Seen::Claimed) => {}
                Err(_) => {
                    self.clock.advance(Duration::from_millis(100));
                    tokio::task::yield_now().await;
                }
            }
        }
    }
}

/// A world in which turns of these entities ran in two nodes when they died.
async fn suspects(keys: &[&str]) -> World {
    let world = World::new().await;
    let mut node = Hanging::start(&world).await;
    for key in keys {
        node.signal(key).await;
    }
    node.until(0, keys.len()).await;
    drop(node);
    Hanging::start(&world).await.until(0, keys.len()).await;
    world
}

/// A node whose code does its work.
async fn working(world: &World) -> Stepper {
    world.node_with(Code::default().registry().expect("the names differ")).await
}

async fn entity(client: &Client, key: &str) -> EntityRecord {
    let id = COUNTER.id(key).expect("a valid key");
    client.find_entity(&id).await.expect("the store answers").expect("it exists")
}

#[tokio::test]
async fn who_waits_for_the_right_to_run_is_not_blamed_for_the_death() {
    let keys = ["1", "2", "3", "4", "5", "6"];
    let world = suspects(&keys).await;
    for _ in 2..Limits::default().recoveries {
        // The node has the leases on all of them, and runs one.
        Hanging::start(&world).await.until(keys.len(), 1).await;
    }
    let node = working(&world).await;
    node.run_until_idle().await.expect("it lives");
    let client = node.client();
    let mut blocked = 0;
    for key in keys {
        if entity(&client, key).await.blocked.is_some() {
            blocked += 1;
        } else {
            assert_eq!(client.read_entity(COUNTER, key).await.expect("the store answers"), Some(1));
        }
    }
    assert!(blocked <= 1, "{blocked} are set aside, and no more than one ran in each of the last nodes");
}

#[tokio::test]
async fn nothing_begins_beside_a_suspect_until_it_has_run_alone_for_long() {
    let world = suspects(&["suspect"]).await;
    let mut node = Hanging::start(&world).await;
    node.until(1, 1).await;
    let shares = world.clock.now() + Limits::default().alone;
    node.signal("other").await;
    node.client().start(JOB, &1).id(id("job")).await.expect("started");
    // The entity's lease. An instance that begins where it was started takes its lease with its first commit.
    node.until(1, 0).await;
    assert!(node.rests().await, "only the suspect runs");
    let mut names = Vec::new();
    for _ in 0..2 {
        let (name, moment) = node.next().await;
        assert!(moment >= shares, "{name}");
        names.push(name);
    }
    names.sort();
    assert_eq!(names, ["other", "work"]);
}

#[tokio::test]
async fn a_suspect_begins_after_a_while_beside_what_does_not_end() {
    let world = World::new().await;
    let mut node = Hanging::start(&world).await;
    node.signal("suspect").await;
    node.until(0, 1).await;
    drop(node);
    let mut node = Hanging::start(&world).await;
    node.until(0, 1).await;
    node.client().start(JOB, &1).id(id("job")).await.expect("started");
    node.until(0, 1).await;
    drop(node);
    let claims = Arc::new(Mutex::new(()));
    let held = claims.lock().await;
    let mut node = Hanging::with(&world, Arc::clone(&claims)).await;
    // The activity, which was there at one death only.
    node.until(0, 1).await;
    drop(held);
    node.until(1, 0).await;
    let begins = world.clock.now() + Limits::default().alone;
    assert!(node.rests().await, "the suspect waits for the activity");
    let (name, moment) = node.next().await;
    assert_eq!(name, "suspect");
    assert!(moment >= begins);
}

/// A scheduled instance that got an event early, and an entity that is locked and has a message.
async fn waiting() -> World {
    let world = World::new().await;
    let node = working(&world).await;
    let client = node.client();
    client.start(LATER, &()).id(id("later")).at(node.now() + HOUR).await.expect("started");
    client.raise_event(&id("later"), "early", &7).await.expect("it takes events");
    client.start(HOLD, &()).id(id("holder")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    client.signal_entity(ADD, "locked", &5).await.expect("signalled");
    node.run_until_idle().await.expect("it waits");
    world
}

/// What waits in [`waiting`] is not blocked and goes on.
async fn assert_goes_on(world: &World) {
    let node = working(world).await;
    let client = node.client();
    node.run_until_idle().await.expect("it waits");
    assert_eq!(record(&client, "later").await.blocked, None);
    assert_eq!(entity(&client, "locked").await.blocked, None);
    assert_eq!(client.read_entity(COUNTER, "locked").await.expect("the store answers"), None, "it is locked");
    client.raise_event(&id("holder"), "go", &()).await.expect("raised");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(client.read_entity(COUNTER, "locked").await.expect("the store answers"), Some(5));
    assert_eq!(record(&client, "later").await.output.expect("completed").as_str(), "7");
    node.check().await.expect("checked");
}

#[tokio::test]
async fn what_waits_is_not_suspected_after_restarts_in_order() {
    let world = waiting().await;
    for _ in 0..=Limits::default().recoveries {
        let node = working(&world).await;
        node.run_until_idle().await.expect("it waits");
        node.stop().await.expect("the store answers");
    }
    assert_goes_on(&world).await;
}

#[tokio::test]
async fn what_waits_is_not_suspected_when_its_nodes_die() {
    let world = waiting().await;
    for _ in 0..=Limits::default().recoveries {
        working(&world).await.run_until_idle().await.expect("it waits");
    }
    assert_goes_on(&world).await;
}
