//! That the work of a node grows in proportion to what it has to do, up to 10,000 activities or children of one
//! instance: counted in calls of the store, in commits and in rows that are read, not in time. How the code of so many
//! calls is polled is counted in the tests of replay.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use countersign_engine::runtime::{Node, Wake};
use countersign_engine::store::{Sqlite, StoreError};
use countersign_engine::testing::{Fate, FatedStore, ManualClock, check_instance};
use countersign_engine::{
    Client, Failure, InstanceId, Limits, Orchestration, OrchestrationContext, Registry, Strictness,
};
use futures::future::join_all;

use crate::support::{DOUBLE, id, record};

const ACTIVITIES: Orchestration<u32, u32> = Orchestration::named("Activities");
const CHILDREN: Orchestration<u32, u32> = Orchestration::named("Children");
const CHILD: Orchestration<u32, u32> = Orchestration::named("Child");
const QUICK_CHILDREN: Orchestration<u32, u32> = Orchestration::named("QuickChildren");
const QUICK_CHILD: Orchestration<u32, u32> = Orchestration::named("QuickChild");
const PATIENT: Orchestration<u32, u32> = Orchestration::named("Patient");

/// What a history says of calls of activities and of children: that each was made, and its answer.
const OF_ACTIVITIES: [&str; 2] = ["TaskScheduled", "TaskCompleted"];
const OF_CHILDREN: [&str; 2] = ["SubOrchestrationInstanceCreated", "SubOrchestrationInstanceCompleted"];

/// Counts the calls of a store, those among them that commit a result, and the rows that they read.
#[derive(Default)]
struct Count {
    calls: AtomicU64,
    commits: AtomicU64,
    rows: AtomicU64,
}

#[async_trait]
impl Fate for Count {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        let commits = matches!(call, "commit" | "start" | "tell" | "complete_task" | "commit_transaction");
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.commits.fetch_add(u64::from(commits), Ordering::Relaxed);
        Ok(())
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }

    fn read(&self, _call: &'static str, rows: usize) {
        self.rows.fetch_add(rows as u64, Ordering::Relaxed);
    }
}

/// What a node has done.
#[derive(Clone, Copy, Debug)]
struct Work {
    calls: u64,
    commits: u64,
    rows: u64,
}

async fn activities(ctx: OrchestrationContext, width: u32) -> Result<u32, Failure> {
    join_all((0..width).map(|n| ctx.call(DOUBLE, &n))).await.into_iter().sum()
}

async fn children(ctx: OrchestrationContext, width: u32) -> Result<u32, Failure> {
    ctx.fan_out(0..width, |n| ctx.child(CHILD, &n)).await.into_iter().sum()
}

async fn quick_children(ctx: OrchestrationContext, width: u32) -> Result<u32, Failure> {
    join_all((0..width).map(|n| ctx.child(QUICK_CHILD, &n))).await.into_iter().sum()
}

/// Waits for an activity, so that all children are in memory at once, or would be.
async fn child(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    ctx.call(DOUBLE, &n).await
}

async fn patient(ctx: OrchestrationContext, events: u32) -> Result<u32, Failure> {
    let mut sum = 0;
    for _ in 0..events {
        sum += ctx.external_event::<u32>("go").await?;
    }
    Ok(sum)
}

fn registry() -> Registry {
    let known = Registry::new().activity(DOUBLE, |_, n: u32| async move { Ok(n * 2) }).expect("the names differ");
    let known = known.orchestration(ACTIVITIES, activities).expect("the names differ");
    let known = known.orchestration(CHILDREN, children).expect("the names differ");
    let known = known.orchestration(CHILD, child).expect("the names differ");
    let known = known.orchestration(QUICK_CHILDREN, quick_children).expect("the names differ");
    let known = known.orchestration(QUICK_CHILD, |_, n: u32| async move { Ok(2 * n) }).expect("the names differ");
    known.orchestration(PATIENT, patient).expect("the names differ")
}

/// A node driven by hand, without the look at each turn that a `Stepper` takes: at this size that would be most of the
/// work.
struct Bench {
    store: Arc<FatedStore<Count>>,
    client: Client,
    node: Node,
}

/// So many bytes for each call of an instance: enough for what that keeps of it, and, if it calls children, for about half of
/// those that wait. So both sizes go beyond it.
const ROOM: usize = 3_000;

impl Bench {
    /// With room for an instance that makes so many calls.
    async fn new(calls: u32) -> Self {
        let store = Sqlite::in_memory().await.expect("a database in memory");
        let store = Arc::new(FatedStore::under(store, Count::default()));
        let cached_bytes = ROOM * usize::try_from(calls).expect("a small number");
        let limits = Limits { cached_bytes, strictness: Strictness::Strict, ..Limits::default() };
        let (clock, wake) = (Arc::new(ManualClock::default()), Wake::default());
        let client = Client::new(store.clone(), clock.clone(), wake.clone());
        let node = Node::new(store.clone(), registry(), clock, wake, limits);
        node.start().await.expect("it starts");
        Self { store, client, node }
    }

    /// Does everything that is ready.
    async fn run(&self) {
        let wake = self.node.wake();
        while !wake.is_idle() {
            while let Some(key) = wake.next_instance() {
                self.node.turn(key).await.expect("it runs");
                wake.turn_ended(key);
            }
            while let Some(task) = wake.next_task() {
                let answer = self.node.run_task(&task).await.expect("it runs").expect("somebody waits for it");
                self.node.complete_task(&task, &answer).await.expect("it is recorded");
                wake.task_ended(task.id);
            }
        }
    }

    fn work(&self) -> Work {
        let count = self.store.fate();
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Work { calls: read(&count.calls), commits: read(&count.commits), rows: read(&count.rows) }
    }

    /// That the instance `a` has ended with `output` and that its history leads there.
    async fn assert_output(&self, output: u32) {
        let record = record(&self.client, "a").await;
        assert_eq!(record.output.as_ref().expect("completed").as_str(), output.to_string());
        check_instance(&*self.store, &registry(), &record).await.expect("the store answers");
    }

    /// How many events of each of these kinds the history of the instance `a` has, and how many of any other.
    async fn events<const N: usize>(&self, kinds: [&str; N]) -> ([usize; N], usize) {
        let history = self.client.history(&id("a"), None).await.expect("a history");
        let counts = kinds.map(|kind| history.iter().filter(|event| event.kind.name() == kind).count());
        (counts, history.len() - counts.iter().sum::<usize>())
    }
}

/// The work of `width` calls of one instance. Its history has each call and its answer once, beside the beginnings of
/// turns and the two ends of the execution.
async fn fan_out(orchestration: Orchestration<u32, u32>, width: u32, kinds: [&str; 2]) -> Work {
    let bench = Bench::new(width).await;
    bench.client.start(orchestration, &width).id(id("a")).await.expect("started");
    bench.run().await;
    let work = bench.work();
    bench.assert_output(width * (width - 1)).await;
    let [asked, answered] = kinds;
    let kinds = [asked, answered, "ExecutionStarted", "ExecutionCompleted"];
    let ([asked, answered, began, ended], turns) = bench.events(kinds).await;
    assert_eq!((asked, answered, began, ended), (width as usize, width as usize, 1, 1));
    // The first turn, and those that read a thousand answers each.
    assert!(turns as u64 <= u64::from(width) / 1_000 + 3, "{turns} turns for {width} answers");
    work
}

async fn events_while_suspended(events: u32) -> Work {
    let bench = Bench::new(events).await;
    let patient: InstanceId = id("a");
    bench.client.start(PATIENT, &events).id(patient.clone()).await.expect("started");
    bench.run().await;
    bench.client.suspend(&patient, "").await.expect("suspended");
    for _ in 0..events {
        bench.client.raise_event(&patient, "go", &1).await.expect("raised");
        bench.run().await;
    }
    bench.client.resume(&patient, "").await.expect("resumed");
    bench.run().await;
    let work = bench.work();
    bench.assert_output(events).await;
    work
}

fn assert_tenfold(what: &str, few: Work, many: Work) {
    println!("{what}: {few:?}, then {many:?}");
    // What is there once, such as the room for ten, counts for less among many.
    assert!(many.calls <= 10 * few.calls + 500, "{what}: {few:?}, then {many:?}");
    assert!(many.commits <= 10 * few.commits + 10, "{what}: {few:?}, then {many:?}");
    assert!(many.rows <= 10 * few.rows + 500, "{what}: {few:?}, then {many:?}");
}

/// That `work` for `width` calls is at most so much for each of them, and a little.
fn assert_each(width: u32, each: Work, work: Work) {
    let most = |each: u64| each * u64::from(width) + 100;
    assert!(work.calls <= most(each.calls), "{work:?} for {width}");
    assert!(work.commits <= most(each.commits), "{work:?} for {width}");
    assert!(work.rows <= most(each.rows), "{work:?} for {width}");
}

#[tokio::test]
async fn ten_times_the_activities_take_ten_times_the_work() {
    let few = fan_out(ACTIVITIES, 1_000, OF_ACTIVITIES).await;
    let many = fan_out(ACTIVITIES, 10_000, OF_ACTIVITIES).await;
    assert_tenfold("activities", few, many);
    // A turn reads a thousand answers, which are in memory.
    assert_each(10_000, Work { calls: 0, commits: 0, rows: 0 }, many);
}

#[tokio::test]
async fn no_activity_begins_while_a_thousand_answers_are_not_recorded() {
    let bench = Bench::new(1_500).await;
    bench.client.start(ACTIVITIES, &1_500).id(id("a")).await.expect("started");
    let wake = bench.node.wake();
    let turn = async || {
        let key = wake.next_instance().expect("it is ready");
        bench.node.turn(key).await.expect("it runs");
        wake.turn_ended(key);
    };
    let run_all = async || {
        let mut ran = 0;
        while let Some(task) = wake.next_task() {
            let answer = bench.node.run_task(&task).await.expect("it runs").expect("somebody waits for it");
            bench.node.complete_task(&task, &answer).await.expect("it is handed over");
            wake.task_ended(task.id);
            ran += 1;
        }
        ran
    };
    turn().await;
    assert_eq!(run_all().await, 1_000);
    turn().await;
    assert_eq!(run_all().await, 500);
    bench.run().await;
    bench.assert_output(1_500 * 1_499).await;
}

#[tokio::test]
async fn ten_times_the_children_take_ten_times_the_work() {
    let few = fan_out(QUICK_CHILDREN, 1_000, OF_CHILDREN).await;
    let many = fan_out(QUICK_CHILDREN, 10_000, OF_CHILDREN).await;
    println!("children: {few:?}, then {many:?}");
    // All of the few are in hand with all that they need to begin: a commit each, and the result, which is a row.
    assert_each(1_000, Work { calls: 1, commits: 1, rows: 1 }, few);
    // Most of the many are not: the look at its start, the claim, the history and the commit; its start is a row too.
    assert_each(10_000, Work { calls: 4, commits: 1, rows: 2 }, many);
}

#[tokio::test]
async fn ten_times_the_children_that_wait_beyond_the_room_take_ten_times_the_work() {
    let few = fan_out(CHILDREN, 100, OF_CHILDREN).await;
    let many = fan_out(CHILDREN, 1_000, OF_CHILDREN).await;
    assert_tenfold("waiting children", few, many);
}

#[tokio::test]
async fn ten_times_the_events_during_a_suspension_take_ten_times_the_work() {
    assert_tenfold("events", events_while_suspended(30).await, events_while_suspended(300).await);
}
