//! A PostgreSQL server that crashes and comes back while an engine works on it. The engine stays: its loops go on by
//! themselves, and nothing is lost or done twice.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_engine::client::Checkup;
use countersign_engine::registry::RegistryError;
use countersign_engine::store::Postgres;
use countersign_engine::testing::check_all;
use countersign_engine::{
    Activity, Client, Engine, EventKind, Failure, InstanceId, Orchestration, OrchestrationContext, Registry,
};
use futures::future::join;
use tokio::sync::watch;

/// Waits for the gate.
const HOLD: Activity<u32, u32> = Activity::named("Hold");
const QUICK: Activity<u32, u32> = Activity::named("Quick");
const JOB: Orchestration<u32, u32> = Orchestration::named("Job");
const CHILD: Orchestration<u32, u32> = Orchestration::named("Child");

const JOBS: u32 = 30;
/// The quick activities of a job, one after the other.
const CHAIN: u32 = 10;
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that nobody else uses, and that goes away with this process.
#[derive(Clone)]
struct OwnServer(String);

impl OwnServer {
    async fn start() -> Self {
        Self(script("own", std::process::id().to_string()).await)
    }

    /// Stops it whatever it is doing.
    async fn crash(&self) {
        script("crash", self.0.clone()).await;
    }

    /// Starts it again and waits until it has recovered.
    async fn come_back(&self) {
        script("again", self.0.clone()).await;
    }
}

/// Runs the script that knows where PostgreSQL is, beside the tasks of the engine. Panics with what it says.
async fn script(command: &'static str, about: String) -> String {
    let run = move || {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../.config/build/postgres");
        Command::new(script).args([command, &about]).output()
    };
    let answer = tokio::task::spawn_blocking(run).await.expect("it does not panic").expect("the script runs");
    let said = String::from_utf8_lossy(&answer.stderr);
    assert!(answer.status.success(), "PostgreSQL of the test's own, {command}: {said}");
    String::from_utf8_lossy(&answer.stdout).trim().to_owned()
}

/// What the activities do, and how often they did it: by their calls.
#[derive(Clone)]
struct Ledger {
    gate: watch::Sender<bool>,
    begun: watch::Sender<BTreeMap<&'static str, u32>>,
    ended: Arc<Mutex<BTreeMap<String, u32>>>,
}

impl Ledger {
    fn new() -> Self {
        Self { gate: watch::Sender::new(false), begun: watch::Sender::default(), ended: Arc::default() }
    }

    fn begin(&self, activity: &'static str) {
        self.begun.send_modify(|begun| *begun.entry(activity).or_default() += 1);
    }

    fn end(&self, key: &str) {
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner).entry(key.to_owned()).or_default() += 1;
    }

    /// Waits until so many runs of an activity have begun.
    async fn has_begun(&self, activity: &'static str, runs: u32) {
        let mut begun = self.begun.subscribe();
        let enough = begun.wait_for(|begun| begun.get(activity).is_some_and(|count| *count >= runs));
        tokio::time::timeout(PATIENCE, enough).await.expect("they begin").expect("the ledger is there");
    }
}

fn registry(ledger: &Ledger) -> Result<Registry, RegistryError> {
    let (held, quick) = (ledger.clone(), ledger.clone());
    Registry::new()
        .activity(HOLD, move |ctx, n: u32| {
            let ledger = held.clone();
            async move {
                ledger.begin(HOLD.name());
                let mut gate = ledger.gate.subscribe();
                let _ = gate.wait_for(|open| *open).await;
                ledger.end(ctx.idempotency_key());
                Ok(n)
            }
        })?
        .activity(QUICK, move |ctx, n: u32| {
            let ledger = quick.clone();
            async move {
                ledger.begin(QUICK.name());
                ledger.end(ctx.idempotency_key());
                Ok(2 * n)
            }
        })?
        .orchestration(JOB, job)?
        .orchestration(CHILD, |ctx, n: u32| async move { ctx.call(QUICK, &n).await })
}

async fn job(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    let (held, ()) = join(ctx.call(HOLD, &n), ctx.timer(Duration::from_millis(500))).await;
    let mut sum = held? + ctx.external_event::<u32>("go").await?;
    for step in 0..CHAIN {
        sum += ctx.call(QUICK, &step).await?;
    }
    Ok(sum + ctx.child(CHILD, &n).await?)
}

/// The value of the event for the job `n`.
fn event(n: u32) -> u32 {
    1_000 * n
}

fn output(n: u32) -> u32 {
    n + event(n) + CHAIN * (CHAIN - 1) + 2 * n
}

fn jobs() -> Vec<InstanceId> {
    (0..JOBS).map(|n| InstanceId::parse(&format!("job-{n}")).expect("a valid id")).collect()
}

/// Every action of the instance has one answer.
async fn assert_answered_once(client: &Client, job: &InstanceId) {
    let history = client.history(job, None).await.expect("a history");
    let (mut asked, mut answered) = (Vec::new(), Vec::new());
    for event in &history {
        match &event.kind {
            EventKind::TaskScheduled(task) => asked.push(task.event_id),
            EventKind::TimerCreated { event_id, .. } => asked.push(*event_id),
            EventKind::SubOrchestrationInstanceCreated(child) => asked.push(child.event_id),
            EventKind::TaskCompleted { task_scheduled_id, .. }
            | EventKind::SubOrchestrationInstanceCompleted { task_scheduled_id, .. } => {
                answered.push(*task_scheduled_id);
            }
            EventKind::TimerFired { timer_id, .. } => answered.push(*timer_id),
            _ => {}
        }
    }
    answered.sort_unstable();
    assert_eq!(answered, asked, "{job}");
    // The held activity, the timer, the chain and the child.
    assert_eq!(answered.len(), CHAIN as usize + 3, "{job}");
    let raised = history.iter().filter(|event| matches!(event.kind, EventKind::EventRaised(_)));
    assert_eq!(raised.count(), 1, "{job}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_goes_on_by_itself_after_each_crash_of_its_server() {
    let server = OwnServer::start().await;
    let store = Postgres::open(&server.0).await.expect("nobody serves the database");
    let ledger = Ledger::new();
    let known = || registry(&ledger).expect("the names differ");
    let engine = Engine::builder(store.clone(), known()).start().await.expect("it starts");
    let (client, jobs) = (engine.client(), jobs());
    for (n, job) in (0..).zip(&jobs) {
        client.start(JOB, &n).id(job.clone()).await.expect("started");
    }
    ledger.has_begun(HOLD.name(), JOBS).await;

    server.crash().await;
    // Their results come while nobody can take them.
    ledger.gate.send_replace(true);
    server.come_back().await;
    for (n, job) in (0..).zip(&jobs) {
        client.raise_event(job, "go", &event(n)).await.expect("the server is there again");
    }
    // In the middle of the chains, where every moment is one between a call and its commit.
    ledger.has_begun(QUICK.name(), JOBS).await;
    server.crash().await;
    server.come_back().await;

    for (n, record) in (0..).zip(client.wait_for_all(&jobs, PATIENCE).await.expect("all of them end")) {
        assert_eq!(record.output.expect("completed").decode::<u32>().expect("a number"), output(n), "{}", record.id);
    }
    for job in &jobs {
        assert_answered_once(&client, job).await;
    }
    let ended = ledger.ended.lock().unwrap_or_else(PoisonError::into_inner).len();
    assert_eq!(ended, (JOBS * (CHAIN + 2)) as usize, "each call ran, under a key of its own");
    let findings = client.doctor(&Checkup::default()).await.expect("the server is there").findings;
    assert_eq!(findings, []);
    check_all(&*store, &known()).await.expect("the server is there");
    engine.shutdown().await;
    store.close().await;
}
