//! The workloads as the engine's own benchmarks have them.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt, TryStreamExt};

use crate::Error;
use crate::peer::{APPROVAL, CHAIN, DECISION, FAN_OUT, Peer, said};
use crate::ratios::{Case, FAILED};

const IN_FLIGHT: usize = 100;
/// Fewer than the engine's own, because they take so much longer; what is compared is the rate.
const CHAINS: usize = 500;
const CALLS: usize = 1_000;
const APPROVALS: usize = 500;
const ALONE: usize = 50;
/// Longer than an instance takes to begin.
const PATIENCE: Duration = Duration::from_secs(60);
/// A clock tick of `/proc`.
const TICK: Duration = Duration::from_millis(10);

/// Runs a workload on a database in `folder`.
pub async fn run(workload: &str, quick: bool, folder: &Path) -> Result<Case, Error> {
    let peer = Peer::start(folder).await?;
    let size = |count: usize| if quick { count / 10 } else { count };
    let values = match workload {
        "w1" => chains(&peer, size(CHAINS), IN_FLIGHT).await?,
        "w2" => fan_out(&peer, size(CALLS)).await?,
        "w3" => approvals(&peer, size(APPROVALS)).await?,
        "w4" => chains(&peer, size(ALONE), 1).await?,
        other => return Err(format!("{other}?").into()),
    };
    peer.stop().await;
    Ok(Case::of(workload, values))
}

async fn chains(peer: &Peer, count: usize, at_a_time: usize) -> Result<BTreeMap<String, f64>, Error> {
    let chain = |n: usize| Peer::complete(Arc::clone(&peer.client), format!("chain-{n}"), CHAIN, n.to_string());
    measured(count, at_a_time, chain).await
}

async fn fan_out(peer: &Peer, calls: usize) -> Result<BTreeMap<String, f64>, Error> {
    let one = |_| Peer::complete(Arc::clone(&peer.client), "fan-out".to_owned(), FAN_OUT, calls.to_string());
    let mut values = measured(1, 1, one).await?;
    values.insert("activities_per_second".to_owned(), values["instances_per_second"] * calls as f64);
    Ok(values)
}

async fn approvals(peer: &Peer, count: usize) -> Result<BTreeMap<String, f64>, Error> {
    let start = |n: usize| {
        let client = Arc::clone(&peer.client);
        async move {
            client.start_orchestration(format!("approval-{n}"), APPROVAL, "").await.map_err(said)?;
            Ok(true)
        }
    };
    measured(count, IN_FLIGHT, start).await?;
    // It drops an event that nobody waits for yet.
    for n in 0..count {
        let (id, began) = (format!("approval-{n}"), Instant::now());
        while peer.client.read_execution_history(&id, 1).await.is_ok_and(|history| history.len() < 3) {
            if began.elapsed() > PATIENCE {
                return Err(format!("{id} does not come to wait").into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let raise = |n: usize| {
        let client = Arc::clone(&peer.client);
        async move {
            let id = format!("approval-{n}");
            client.raise_event(&id, DECISION, "true").await.map_err(said)?;
            Peer::completed(&client, &id).await
        }
    };
    measured(count, IN_FLIGHT, raise).await
}

/// Runs `job`, which tells whether it was a success, for 0 to `count`, at most `at_a_time` of them at once.
async fn measured<F, W>(count: usize, at_a_time: usize, job: F) -> Result<BTreeMap<String, f64>, Error>
where
    F: Fn(usize) -> W,
    W: Future<Output = Result<bool, Error>> + Send + 'static,
{
    let timed = |number| {
        let work = job(number);
        async move {
            let running = tokio::spawn(async move {
                let began = Instant::now();
                work.await.map(|success| (success, began.elapsed().as_secs_f64() * 1_000.0))
            });
            running.await?
        }
    };
    let (began, cpu_before) = (Instant::now(), cpu());
    let ends: Vec<(bool, f64)> = stream::iter(0..count).map(timed).buffer_unordered(at_a_time).try_collect().await?;
    let took = began.elapsed().as_secs_f64();
    let failed = ends.iter().filter(|(success, _)| !success).count();
    let mut times: Vec<f64> = ends.into_iter().map(|(_, time)| time).collect();
    times.sort_by(f64::total_cmp);
    let percentile = |percent: f64| times[(percent / 100.0 * (times.len() - 1) as f64).round() as usize];
    let values = [
        ("instances_per_second", count as f64 / took),
        (FAILED, failed as f64),
        ("p50_ms", percentile(50.0)),
        ("p99_ms", percentile(99.0)),
        ("cpu_ms_per_instance", (cpu() - cpu_before).as_secs_f64() * 1_000.0 / count as f64),
    ];
    Ok(values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// The processor time that this process has used.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<u32>().ok()).unwrap_or(0);
    TICK * (ticks(11) + ticks(12))
}
