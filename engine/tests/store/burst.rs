//! A burst of starts: what waits for its turn must not fill the memory, nor hold up what is on its way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use countersign_engine::registry::RegistryError;
use countersign_engine::runtime::Backlog;
use countersign_engine::testing::{Fate, FatedStore, ScratchStore};
use countersign_engine::{
    Activity, Client, Engine, Failure, InstanceFilter, InstanceId, InstanceQuery, Limits, Orchestration,
    OrchestrationContext, Registry, RuntimeStatus, StoreError,
};
use futures::stream::{self, StreamExt};

/// The variable that says how many are started.
const VARIABLE: &str = "COUNTERSIGN_TEST_BURST";
/// What a debug build does in a quarter of a minute.
const USUAL: u32 = 20_000;
/// How many wait for their starts to be acknowledged at a time: as many as share a commit.
const CALLERS: usize = 256;
/// Longer than all of it takes.
const PATIENCE: Duration = Duration::from_secs(600);

/// Waits for a word, then does so many things one after the other.
const RUNNER: Orchestration<u32, ()> = Orchestration::named("Runner");
/// Ends at once, but for one of four, which does a thing before.
const BRIEF: Orchestration<u32, ()> = Orchestration::named("Brief");
const WORK: Activity<u32, ()> = Activity::named("Work");

/// How many there are of something, and how many there were at the most.
#[derive(Debug, Default)]
struct Peak {
    present: AtomicUsize,
    most: AtomicUsize,
}

impl Peak {
    fn enter(&self) {
        self.see(self.present.fetch_add(1, Ordering::SeqCst) + 1);
    }

    fn leave(&self) {
        self.present.fetch_sub(1, Ordering::SeqCst);
    }

    fn see(&self, count: usize) {
        self.most.fetch_max(count, Ordering::SeqCst);
    }

    fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

/// Counts the turns that are being committed.
#[derive(Default)]
struct Commits(Peak);

#[async_trait]
impl Fate for Commits {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        if call == "commit" {
            self.0.enter();
        }
        Ok(())
    }

    async fn after(&self, call: &'static str) -> Result<(), StoreError> {
        if call == "commit" {
            self.0.leave();
        }
        Ok(())
    }
}

fn registry(working: Arc<Peak>) -> Result<Registry, RegistryError> {
    let work = move |_, _: u32| {
        let working = Arc::clone(&working);
        async move {
            working.enter();
            tokio::task::yield_now().await;
            working.leave();
            Ok(())
        }
    };
    Registry::new().orchestration(RUNNER, run)?.orchestration(BRIEF, end)?.activity(WORK, work)
}

async fn run(ctx: OrchestrationContext, steps: u32) -> Result<(), Failure> {
    ctx.external_event::<()>("go").await?;
    for step in 0..steps {
        ctx.call(WORK, &step).await?;
    }
    Ok(())
}

async fn end(ctx: OrchestrationContext, n: u32) -> Result<(), Failure> {
    if n.is_multiple_of(4) { ctx.call(WORK, &n).await } else { Ok(()) }
}

fn burst() -> u32 {
    let said = std::env::var(VARIABLE).ok();
    said.map_or(USUAL, |number| number.parse().unwrap_or_else(|_| panic!("{VARIABLE} is {number}, no number")))
}

/// Those of the burst.
fn brief(statuses: Vec<RuntimeStatus>) -> InstanceFilter {
    InstanceFilter { name: Some("Brief".to_owned()), statuses, ..InstanceFilter::default() }
}

async fn completed(client: &Client) -> u64 {
    let counted = client.count_by_status_of(&brief(vec![RuntimeStatus::Completed])).await;
    counted.expect("the store answers").iter().map(|(_, count)| count).sum()
}

/// Waits for one that has not ended, the newest first, until there is none.
async fn all_ended(client: &Client) {
    let filter = brief(vec![RuntimeStatus::Pending, RuntimeStatus::Running]);
    let query = InstanceQuery { filter, limit: 1, ..InstanceQuery::default() };
    while let Some(last) = client.query(&query).await.expect("the store answers").pop() {
        client.wait_for_completion(&last.id, PATIENCE).await.expect("it ends");
    }
}

/// Has the instance go on, and says how many of the burst had ended when it had.
async fn ended_before(client: &Client, runner: &InstanceId) -> u64 {
    client.raise_event(runner, "go", &()).await.expect("it waits for this");
    let ended = client.wait_for_completion(runner, PATIENCE).await.expect("it ends");
    assert_eq!(ended.status, RuntimeStatus::Completed, "{ended:?}");
    completed(client).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_of_starts_fills_no_memory_and_holds_up_nothing_that_runs() {
    let (burst, working, limits) = (burst(), Arc::new(Peak::default()), Limits::default());
    let scratch = ScratchStore::on_sqlite().await;
    let store = Arc::new(FatedStore::under(Arc::clone(&scratch.store), Commits::default()));
    let known = registry(Arc::clone(&working)).expect("the names differ");
    let engine = Engine::builder(store.clone(), known).limits(limits.clone()).start().await.expect("it starts");
    let client = engine.client();
    let runner = client.start(RUNNER, &20).await.expect("started");

    let (begun, unrecorded) = (Peak::default(), Peak::default());
    let start = |n: u32| {
        let (client, engine, begun, unrecorded) = (&client, &engine, &begun, &unrecorded);
        async move {
            client.start(BRIEF, &n).await.expect("started");
            let backlog = engine.backlog();
            begun.see(backlog.begun);
            unrecorded.see(backlog.unrecorded);
        }
    };
    stream::iter(0..burst / 10).map(&start).buffer_unordered(CALLERS).collect::<()>().await;
    let others = stream::iter(burst / 10..burst).map(&start).buffer_unordered(CALLERS).collect::<()>();
    let (ended, ()) = futures::join!(ended_before(&client, &runner), others);

    assert!(ended < u64::from(burst), "the runner came in after the whole burst");
    all_ended(&client).await;
    assert_eq!(completed(&client).await, u64::from(burst));
    assert!(begun.most() <= Backlog::MAX_BEGUN, "{} starts in memory", begun.most());
    // Those that run when the bound is met have their answers to give yet.
    let unrecorded = unrecorded.most();
    assert!(unrecorded <= Backlog::MAX_UNRECORDED + limits.activities, "{unrecorded} answers in memory");
    assert!(working.most() <= limits.activities, "{} activities at a time", working.most());
    let turns = store.fate().0.most();
    assert!((1..=limits.turns).contains(&turns), "{turns} turns at a time");
    engine.shutdown().await;
}
