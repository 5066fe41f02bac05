//! How a workload is driven: so many at a time, or so many per second.

use std::future::Future;
use std::time::{Duration, Instant};

use countersign_engine::{Client, InstanceId, Orchestration, RuntimeStatus};
use futures::stream::{self, StreamExt, TryStreamExt};
use serde::Serialize;

use crate::Error;

/// Longer than any instance of a workload takes.
pub(crate) const PATIENCE: Duration = Duration::from_mins(30);

/// Runs `job` for 0 to `count`, at most `at_a_time` of them at once. Gives how long each took, in milliseconds.
pub(crate) async fn side_by_side<F, W>(count: u32, at_a_time: usize, job: F) -> Result<Vec<f64>, Error>
where
    F: Fn(u32) -> W,
    W: Future<Output = Result<(), Error>> + Send + 'static,
{
    let timed = |number| {
        let work = job(number);
        async move {
            let running = tokio::spawn(async move {
                let began = Instant::now();
                work.await.map(|()| milliseconds(began.elapsed()))
            });
            running.await?
        }
    };
    stream::iter(0..count).map(timed).buffer_unordered(at_a_time).try_collect().await
}

/// Begins `job` for 0 to `count` at the rate given, however long each takes. Gives how long each took from the moment at
/// which it was to begin, in milliseconds.
pub(crate) async fn paced<F, W>(count: u32, per_second: u32, job: F) -> Result<Vec<f64>, Error>
where
    F: Fn(u32) -> W,
    W: Future<Output = Result<(), Error>> + Send + 'static,
{
    let start = tokio::time::Instant::now();
    let mut running = Vec::new();
    for number in 0..count {
        let due = start + Duration::from_secs(1) * number / per_second;
        tokio::time::sleep_until(due).await;
        let work = job(number);
        running.push(tokio::spawn(async move { work.await.map(|()| milliseconds(due.elapsed())) }));
    }
    let mut times = Vec::new();
    for job in running {
        times.push(job.await??);
    }
    Ok(times)
}

/// Starts an instance and waits for its end, which must be a success.
pub(crate) async fn complete<I, O>(client: Client, orchestration: Orchestration<I, O>, input: I) -> Result<(), Error>
where
    I: Serialize + Send + Sync + 'static,
    O: Send + Sync + 'static,
{
    let id = client.start(orchestration, &input).await?;
    completed(&client, &id).await
}

/// Waits for the end of an instance, which must be a success.
pub(crate) async fn completed(client: &Client, id: &InstanceId) -> Result<(), Error> {
    let record = client.wait_for_completion(id, PATIENCE).await?;
    if record.status == RuntimeStatus::Completed {
        return Ok(());
    }
    Err(format!("{id} ended as {}: {:?}", record.status.as_str(), record.failure).into())
}

/// Waits until `is_so`, and looks every few milliseconds.
pub(crate) async fn until(is_so: impl Fn() -> bool) {
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    while !is_so() {
        ticks.tick().await;
    }
}

/// Does nothing for a while.
pub(crate) async fn pause(duration: Duration) {
    tokio::time::sleep_until(tokio::time::Instant::now() + duration).await;
}

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
