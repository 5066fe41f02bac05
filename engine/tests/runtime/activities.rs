//! What a running activity may say and is told: time, heartbeats, cancellation.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use countersign_engine::registry::RegistryError;
use countersign_engine::testing::{Fate, FatedStore};
use countersign_engine::{
    Activity, ActivityContext, CancelReason, Client, Engine, Failure, InstanceRecord, Limits, Orchestration,
    OrchestrationContext, Payload, Registry, RetryPolicy, RuntimeStatus, StoreError,
};
use futures::future::join_all;
use tokio::sync::{Notify, mpsc};

use crate::support::{World, id, record};

const WORK: Activity<u32, u32> = Activity::named("Work");
const JOB: Orchestration<u32, u32> = Orchestration::named("Job");
const SECOND: Duration = Duration::from_secs(1);
const FOREVER: Duration = Duration::from_secs(365 * 24 * 3_600);

/// What the activities of a test report.
#[derive(Debug, PartialEq)]
enum Said {
    Began { attempt: u32, key: String, before: Option<String> },
    Beaten,
    Stopped(CancelReason),
}

/// Counts the writes of heartbeats.
struct Writes(Arc<AtomicUsize>);

#[async_trait]
impl Fate for Writes {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        self.0.fetch_add(usize::from(call == "heartbeat"), Ordering::SeqCst);
        Ok(())
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A node whose activity does what a test says, and what that activity reports.
struct Bench {
    engine: Engine,
    client: Client,
    world: World,
    said: mpsc::UnboundedReceiver<Said>,
    writes: Arc<AtomicUsize>,
}

/// What an activity's code has at hand.
#[derive(Clone)]
struct Hand {
    ctx: ActivityContext,
    say: mpsc::UnboundedSender<Said>,
    go: Arc<Notify>,
}

impl Hand {
    /// Waits until it is asked to stop, reports why, and gives a result that comes too late.
    async fn wait_to_be_stopped(self) -> Result<u32, Failure> {
        let reason = self.ctx.cancelled().await;
        assert_eq!((self.ctx.is_cancelled(), self.ctx.cancel_reason()), (true, Some(reason)));
        let _ = self.say.send(Said::Stopped(reason));
        Ok(99)
    }
}

impl Bench {
    /// A node that runs `JOB` as `job` and `WORK` as `work`, which reports its begin and is given the number of its try.
    async fn with<J, JF, W, WF>(limits: Limits, go: Arc<Notify>, job: J, work: W) -> Self
    where
        J: Fn(OrchestrationContext, u32) -> JF + Send + Sync + 'static,
        JF: Future<Output = Result<u32, Failure>> + Send + 'static,
        W: Fn(Hand) -> WF + Send + Sync + 'static,
        WF: Future<Output = Result<u32, Failure>> + Send + 'static,
    {
        let world = World::new().await;
        let (say, said) = mpsc::unbounded_channel();
        let work = Arc::new(work);
        let registry = || -> Result<Registry, RegistryError> {
            Registry::new().orchestration(JOB, job)?.activity(WORK, move |ctx, _: u32| {
                let (say, go, work) = (say.clone(), go.clone(), work.clone());
                async move {
                    let (attempt, key) = (ctx.attempt(), ctx.idempotency_key().to_owned());
                    let _ = say.send(Said::Began { attempt, key, before: ctx.last_heartbeat()? });
                    work(Hand { ctx, say, go }).await
                }
            })
        };
        let writes = Arc::<AtomicUsize>::default();
        let store = Arc::new(FatedStore::under(world.store.clone(), Writes(writes.clone())));
        let builder = Engine::builder(store, registry().expect("the names differ")).limits(limits);
        let engine = builder.clock(Arc::new(world.clock.clone())).start().await.expect("it starts");
        let client = engine.client();
        client.start(JOB, &1).id(id("job")).await.expect("started");
        Self { engine, client, world, said, writes }
    }

    async fn new<J, JF, W, WF>(job: J, work: W) -> Self
    where
        J: Fn(OrchestrationContext, u32) -> JF + Send + Sync + 'static,
        JF: Future<Output = Result<u32, Failure>> + Send + 'static,
        W: Fn(Hand) -> WF + Send + Sync + 'static,
        WF: Future<Output = Result<u32, Failure>> + Send + 'static,
    {
        Self::with(Limits::default(), Arc::default(), job, work).await
    }

    async fn said(&mut self) -> Said {
        self.said.recv().await.expect("the activity still has something to say")
    }

    /// The try that begins next: its number, the call's key, and what was said before it.
    async fn begun(&mut self) -> (u32, String, Option<String>) {
        match self.said().await {
            Said::Began { attempt, key, before } => (attempt, key, before),
            other => panic!("no try began: {other:?}"),
        }
    }

    fn pass(&self, duration: Duration) {
        self.world.clock.advance(duration);
    }

    /// Waits until clients see these last words.
    async fn seen(&self, details: &str) {
        loop {
            let tasks = self.client.list_tasks(&id("job")).await.expect("listed");
            if tasks[0].heartbeat.as_ref().map(Payload::as_str) == Some(details) {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    async fn end(&self) -> InstanceRecord {
        self.client.wait_for_completion(&id("job"), FOREVER).await.expect("it ends")
    }

    async fn failure(&self) -> Failure {
        self.end().await.failure.expect("it failed")
    }
}

#[tokio::test]
async fn a_try_that_takes_too_long_fails_and_is_told() {
    let mut bench =
        Bench::new(|ctx, n| async move { ctx.call(WORK, &n).timeout(10 * SECOND).await }, Hand::wait_to_be_stopped)
            .await;
    bench.begun().await;
    bench.pass(10 * SECOND);
    assert_eq!(bench.said().await, Said::Stopped(CancelReason::TimedOut));
    let failure = bench.failure().await;
    assert_eq!((failure.kind.as_str(), failure.non_retriable), (Failure::TIMEOUT, false));
    assert!(failure.message.contains("Work") && failure.message.contains("10s"), "{}", failure.message);
}

#[tokio::test]
async fn a_try_that_ends_in_time_is_left_alone() {
    let go = Arc::new(Notify::new());
    let job = |ctx: OrchestrationContext, n| async move { ctx.call(WORK, &n).timeout(10 * SECOND).await };
    let work = |hand: Hand| async move {
        hand.go.notified().await;
        Ok(u32::from(hand.ctx.is_cancelled()))
    };
    let mut bench = Bench::with(Limits::default(), go.clone(), job, work).await;
    bench.begun().await;
    bench.pass(9 * SECOND);
    go.notify_one();
    assert_eq!(bench.end().await.output.expect("completed").as_str(), "0");
}

#[tokio::test]
async fn a_timeout_is_retried_with_the_same_key() {
    let job = |ctx: OrchestrationContext, n| async move {
        let policy = RetryPolicy::fixed(Duration::ZERO, 3);
        ctx.call(WORK, &n).timeout(10 * SECOND).retry(policy).await
    };
    let work =
        |hand: Hand| async move { if hand.ctx.attempt() == 1 { hand.wait_to_be_stopped().await } else { Ok(7) } };
    let mut bench = Bench::new(job, work).await;
    let (attempt, key, _) = bench.begun().await;
    assert_eq!(attempt, 1);
    bench.pass(10 * SECOND);
    assert_eq!(bench.said().await, Said::Stopped(CancelReason::TimedOut));
    assert_eq!(bench.begun().await, (2, key, None));
    assert_eq!(bench.end().await.output.expect("completed").as_str(), "7");
}

#[tokio::test]
async fn a_panic_is_retried() {
    let job = |ctx: OrchestrationContext, n| async move {
        ctx.call(WORK, &n).retry(RetryPolicy::fixed(Duration::ZERO, 2)).await
    };
    let work = |hand: Hand| async move {
        assert_ne!(hand.ctx.attempt(), 1, "out of paper");
        Ok(7)
    };
    let bench = Bench::new(job, work).await;
    assert_eq!(bench.end().await.output.expect("completed").as_str(), "7");
}

#[tokio::test]
async fn silence_is_a_failure_and_the_next_try_hears_the_last_words() {
    let job = |ctx: OrchestrationContext, n| async move {
        let policy = RetryPolicy::fixed(Duration::ZERO, 2);
        ctx.call(WORK, &n).heartbeat_timeout(10 * SECOND).retry(policy).await
    };
    let work = |hand: Hand| async move {
        hand.ctx.heartbeat("half")?;
        hand.ctx.heartbeat("nearly")?;
        if hand.ctx.attempt() == 1 { hand.wait_to_be_stopped().await } else { Err(Failure::new("Busy", "later")) }
    };
    let mut bench = Bench::new(job, work).await;
    assert_eq!(bench.begun().await.2, None);
    bench.pass(10 * SECOND);
    assert_eq!(bench.said().await, Said::Stopped(CancelReason::HeartbeatMissed));
    let (attempt, _, before) = bench.begun().await;
    assert_eq!((attempt, before.as_deref()), (2, Some("nearly")));
    let failure = bench.failure().await;
    assert_eq!((failure.kind.as_str(), failure.last_heartbeat.expect("it beat").as_str()), ("Busy", "\"nearly\""));
}

#[tokio::test]
async fn a_heartbeat_keeps_a_try_alive_and_is_seen_by_clients() {
    let go = Arc::new(Notify::new());
    let job = |ctx: OrchestrationContext, n| async move { ctx.call(WORK, &n).heartbeat_timeout(10 * SECOND).await };
    let work = |hand: Hand| async move {
        for step in 0..4_u32 {
            hand.go.notified().await;
            hand.ctx.heartbeat(&step)?;
        }
        hand.wait_to_be_stopped().await
    };
    let mut bench = Bench::with(Limits::default(), go.clone(), job, work).await;
    bench.begun().await;
    for step in ["0", "1", "2", "3"] {
        bench.pass(9 * SECOND);
        go.notify_one();
        bench.seen(step).await;
    }
    let task = bench.client.list_tasks(&id("job")).await.expect("listed").remove(0);
    assert_eq!((&*task.name, task.heartbeat_at), ("Work", Some(countersign_engine::Clock::now(&bench.world.clock))));
    bench.pass(10 * SECOND);
    assert_eq!(bench.said().await, Said::Stopped(CancelReason::HeartbeatMissed));
}

#[tokio::test]
async fn however_often_it_beats_little_is_written() {
    let go = Arc::new(Notify::new());
    let work = |hand: Hand| async move {
        hand.ctx.heartbeat(&0)?;
        hand.go.notified().await;
        for step in 1..100 {
            hand.ctx.heartbeat(&step)?;
            tokio::task::yield_now().await;
        }
        let _ = hand.say.send(Said::Beaten);
        hand.wait_to_be_stopped().await
    };
    let job = |ctx: OrchestrationContext, n| async move { ctx.call(WORK, &n).await };
    let mut bench = Bench::with(Limits::default(), go.clone(), job, work).await;
    bench.begun().await;
    bench.seen("0").await;
    go.notify_one();
    assert_eq!(bench.said().await, Said::Beaten);
    bench.pass(Limits::default().heartbeat_interval);
    bench.seen("99").await;
    assert_eq!(bench.writes.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn details_that_are_too_large_are_refused() {
    let work = |hand: Hand| async move { hand.ctx.heartbeat(&"x".repeat(40_000)).map(|()| 0) };
    let bench = Bench::new(|ctx, n| async move { ctx.call(WORK, &n).await }, work).await;
    assert_eq!(bench.failure().await.kind, Failure::INVALID_PAYLOAD);
}

#[tokio::test]
async fn the_end_of_the_instance_reaches_what_runs_and_what_waits() {
    let job = |ctx: OrchestrationContext, n| async move {
        let calls = (0..3).map(|_| ctx.call(WORK, &n));
        join_all(calls).await.into_iter().sum()
    };
    let limits = Limits { activities: 1, ..Limits::default() };
    let mut bench = Bench::with(limits, Arc::default(), job, Hand::wait_to_be_stopped).await;
    bench.begun().await;
    bench.client.terminate(&id("job"), "enough").await.expect("terminated");
    assert_eq!(bench.said().await, Said::Stopped(CancelReason::InstanceEnded));
    assert_eq!(bench.end().await.status, RuntimeStatus::Terminated);
    let Bench { engine, mut said, .. } = bench;
    engine.shutdown().await;
    assert_eq!(said.recv().await, None, "what waited never began");
}

#[tokio::test]
async fn a_dropped_call_reaches_its_activity_and_its_result_is_dropped() {
    let job = |ctx: OrchestrationContext, n: u32| async move {
        let call = ctx.call(WORK, &n).cancel_on_drop();
        ctx.first_of(ctx.external_event::<u32>("stop"), call).await;
        ctx.external_event::<u32>("end").await
    };
    let mut bench = Bench::new(job, Hand::wait_to_be_stopped).await;
    bench.begun().await;
    bench.client.raise_event(&id("job"), "stop", &0).await.expect("raised");
    assert_eq!(bench.said().await, Said::Stopped(CancelReason::NotAwaited));
    assert!(bench.client.list_tasks(&id("job")).await.expect("listed").is_empty());
    bench.client.raise_event(&id("job"), "end", &5).await.expect("raised");
    assert_eq!(bench.end().await.output.expect("completed").as_str(), "5");
}

#[tokio::test]
async fn the_overall_timeout_ends_a_call_with_all_its_tries() {
    let job = |ctx: OrchestrationContext, n| async move {
        let policy = RetryPolicy::fixed(Duration::ZERO, 100);
        ctx.call(WORK, &n).timeout(10 * SECOND).overall_timeout(25 * SECOND).retry(policy).await
    };
    let mut bench = Bench::new(job, Hand::wait_to_be_stopped).await;
    for attempt in 1..=2 {
        assert_eq!(bench.begun().await.0, attempt);
        bench.pass(10 * SECOND);
        assert_eq!(bench.said().await, Said::Stopped(CancelReason::TimedOut));
    }
    assert_eq!(bench.begun().await.0, 3);
    bench.pass(5 * SECOND);
    assert_eq!(bench.said().await, Said::Stopped(CancelReason::InstanceEnded));
    let failure = bench.failure().await;
    assert_eq!(
        (failure.kind.as_str(), failure.cause.expect("a try failed before").kind.as_str()),
        ("Timeout", "Timeout")
    );
}

#[tokio::test]
async fn a_stopping_node_asks_after_the_grace_time_and_takes_a_result_that_comes_at_once() {
    let mut bench = Bench::new(|ctx, n| async move { ctx.call(WORK, &n).await }, Hand::wait_to_be_stopped).await;
    bench.begun().await;
    let Bench { engine, client, world, mut said, .. } = bench;
    let stopping = tokio::spawn(engine.shutdown());
    let told = async {
        loop {
            // The grace time begins somewhere in the shutdown, so time passes until it is over.
            world.clock.advance(SECOND);
            tokio::select! {
                biased;
                said = said.recv() => return said,
                () = tokio::task::yield_now() => {}
            }
        }
    };
    assert_eq!(told.await, Some(Said::Stopped(CancelReason::NodeStopping)));
    stopping.await.expect("it stops");
    let node = world
        .node_with(Registry::new().orchestration(JOB, |ctx, n| async move { ctx.call(WORK, &n).await }).expect("one"))
        .await;
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&client, "job").await.output.expect("completed").as_str(), "99");
}

#[tokio::test]
async fn what_does_not_stop_is_dropped_and_gives_its_place_away() {
    let limits = Limits { activities: 1, ..Limits::default() };
    let job = |ctx: OrchestrationContext, n| async move {
        let _ = ctx.call(WORK, &n).timeout(SECOND).await;
        ctx.call(WORK, &n).await
    };
    let first = Arc::new(AtomicBool::new(true));
    let work = move |_: Hand| {
        let stubborn = first.swap(false, Ordering::SeqCst);
        async move { if stubborn { std::future::pending().await } else { Ok(3) } }
    };
    let mut bench = Bench::with(limits, Arc::default(), job, work).await;
    bench.begun().await;
    bench.pass(SECOND);
    while bench.client.history(&id("job"), None).await.expect("history").len() < 5 {
        tokio::task::yield_now().await;
    }
    bench.pass(Limits::default().wind_up);
    bench.begun().await;
    assert_eq!(bench.end().await.output.expect("completed").as_str(), "3");
}
