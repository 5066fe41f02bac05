//! Activities that run for an execution which is over are asked to stop, whatever came in its place; those of the next
//! execution are not.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::{
    Activity, CancelReason, Client, Clock, Engine, Failure, IfExists, Orchestration, OrchestrationContext, Registry,
    RuntimeStatus,
};
use futures::future::Either;
use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::support::{World, id, record};

const WORK: Activity<u32, u32> = Activity::named("Work");
const JOB: Orchestration<u32, u32> = Orchestration::named("Job");
const FOREVER: Duration = Duration::from_secs(365 * 24 * 3_600);

/// A node whose activity waits until it is asked to stop, and what it says, with its input: that it began, and why it
/// was stopped.
struct Bench {
    client: Client,
    world: World,
    began: UnboundedReceiver<u32>,
    stopped: UnboundedReceiver<(u32, CancelReason)>,
    _engine: Engine,
}

/// Lets go of its activity at the event `next`, and then goes on with its value as another execution, or ends if that
/// is 0.
async fn job(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    match ctx.first_of(ctx.external_event::<u32>("next"), ctx.call(WORK, &n)).await {
        Either::Right(result) => result,
        Either::Left(next) => match next? {
            0 => Ok(n),
            next => ctx.continue_as_new(&next).await,
        },
    }
}

impl Bench {
    /// A node on which the instance `job` has begun the activity of its first execution.
    async fn begun() -> Self {
        let world = World::new().await;
        let ((begin, began), (stop, stopped)) = (mpsc::unbounded_channel(), mpsc::unbounded_channel());
        let known = Registry::new().orchestration(JOB, job).expect("the names differ");
        let known = known.activity(WORK, move |ctx, n: u32| {
            let (begin, stop) = (begin.clone(), stop.clone());
            async move {
                let _ = begin.send(n);
                let _ = stop.send((n, ctx.cancelled().await));
                Ok(99)
            }
        });
        let builder = Engine::builder(world.store.clone(), known.expect("the names differ"));
        let engine = builder.clock(Arc::new(world.clock.clone())).start().await.expect("it starts");
        let mut bench = Self { client: engine.client(), world, began, stopped, _engine: engine };
        bench.client.start(JOB, &1).id(id("job")).await.expect("started");
        bench.begins(1).await;
        bench
    }

    async fn begins(&mut self, input: u32) {
        assert_eq!(self.began.recv().await, Some(input));
    }

    async fn is_told(&mut self, input: u32) {
        assert_eq!(self.stopped.recv().await, Some((input, CancelReason::InstanceEnded)));
    }

    /// The execution of that input runs, its activity is not disturbed, and is told when its own time has come.
    async fn goes_on_with(&mut self, input: u32) {
        self.begins(input).await;
        assert!(self.stopped.try_recv().is_err(), "nobody ended the execution of {input}");
        assert_eq!(self.client.list_tasks(&id("job")).await.expect("listed").len(), 1);
        self.client.terminate(&id("job"), "enough").await.expect("terminated");
        self.is_told(input).await;
        let ended = self.client.wait_for_completion(&id("job"), FOREVER).await.expect("it ends");
        assert_eq!(ended.status, RuntimeStatus::Terminated);
    }

    async fn raise(&self, next: u32) {
        self.client.raise_event(&id("job"), "next", &next).await.expect("raised");
    }

    /// Ends the instance while its activity runs.
    async fn end(&mut self) {
        self.raise(0).await;
        let ended = self.client.wait_for_completion(&id("job"), FOREVER).await.expect("it ends");
        assert_eq!(ended.output.expect("completed").as_str(), "1");
    }
}

#[tokio::test]
async fn an_instance_that_continues_as_new_stops_what_ran() {
    let mut bench = Bench::begun().await;
    bench.raise(2).await;
    bench.is_told(1).await;
    bench.goes_on_with(2).await;
    assert_eq!(record(&bench.client, "job").await.ordinal, 2);
}

#[tokio::test]
async fn an_instance_that_is_replaced_while_it_runs_stops_what_ran() {
    let mut bench = Bench::begun().await;
    let start = bench.client.start(JOB, &2).id(id("job")).if_exists(IfExists::TerminateAndReplace);
    start.await.expect("replaced");
    bench.is_told(1).await;
    bench.goes_on_with(2).await;
}

#[tokio::test]
async fn an_instance_that_is_replaced_by_one_of_later_stops_what_ran_at_once() {
    let mut bench = Bench::begun().await;
    let later = bench.world.clock.now() + Duration::from_secs(3_600);
    let start = bench.client.start(JOB, &2).id(id("job")).at(later).if_exists(IfExists::TerminateAndReplace);
    start.await.expect("replaced");
    bench.is_told(1).await;
    assert_eq!(record(&bench.client, "job").await.status, RuntimeStatus::Pending);
    bench.world.clock.advance_to(later);
    bench.goes_on_with(2).await;
}

#[tokio::test]
async fn an_instance_that_ends_and_is_restarted_stops_what_ran() {
    let mut bench = Bench::begun().await;
    bench.end().await;
    bench.client.restart(&id("job")).input(&2).await.expect("it has ended");
    bench.is_told(1).await;
    bench.goes_on_with(2).await;
}

#[tokio::test]
async fn an_instance_that_ends_and_is_purged_stops_what_ran() {
    let mut bench = Bench::begun().await;
    bench.end().await;
    assert_eq!(bench.client.purge(&id("job")).await.expect("it has ended"), 1);
    bench.is_told(1).await;
    assert!(bench.client.status(&id("job")).await.expect("the store answers").is_none());
    // The id is free, and what begins under it is somebody else.
    bench.client.start(JOB, &2).id(id("job")).await.expect("started");
    bench.goes_on_with(2).await;
}
