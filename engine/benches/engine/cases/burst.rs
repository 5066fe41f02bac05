//! Burst: 100,000 chains are started as fast as that goes, while 100 instances run chains all along; what those notice of it,
//! and what it takes of memory.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use countersign_engine::InstanceId;

use super::{IN_FLIGHT, variant};
use crate::code::{CHAIN, CHAINS};
use crate::figures::{Figures, INSTANCES_PER_SECOND, PEAK_RSS};
use crate::options::Part;
use crate::session::Session;
use crate::{Error, counts, drive, machine};

const STARTS: u32 = 100_000;
/// How many starts wait for their commit at a time: as many as share one.
const CALLERS: usize = 256;
/// How long the chains are watched without the burst.
const WATCHED: Duration = Duration::from_secs(5);

pub(crate) async fn run(part: &Part) -> Result<(), Error> {
    let session = Session::open(part).await?;
    let running = running(&session).await?;
    // Everybody has run some chains and is in memory.
    drive::pause(Duration::from_secs(1)).await;
    session.beats.take();
    drive::pause(WATCHED).await;
    let without = session.beats.take();
    chains(Figures::of("burst", &variant(part, "the same without it")), without, WATCHED).tell()?;

    let figures = burst(part, &session).await?;
    session.beats.stop();
    for id in &running {
        drive::completed(&session.client(), id).await?;
    }
    session.close().await;
    Ok(figures.tell()?)
}

/// The instances that run chains, started.
async fn running(session: &Session) -> Result<Vec<InstanceId>, Error> {
    let mut running = Vec::new();
    for number in 0..u32::try_from(IN_FLIGHT)? {
        running.push(session.client().start(CHAINS, &number).await?);
    }
    Ok(running)
}

async fn burst(part: &Part, session: &Session) -> Result<Figures, Error> {
    let count = part.size.of(STARTS);
    let (ended, before, most) = (counts::ended(), machine::resident(), Most::default());
    machine::forget_peak();
    let began = Instant::now();
    let start = |n| {
        let client = session.client();
        most.see(session);
        async move { Ok(client.start(CHAIN, &n).await.map(drop)?) }
    };
    drive::side_by_side(count, CALLERS, start).await?;
    let acknowledged = began.elapsed();
    drive::until(|| {
        most.see(session);
        counts::ended() - ended >= u64::from(count)
    })
    .await;
    let (took, times) = (began.elapsed(), session.beats.take());
    #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
    let figures = chains(Figures::of("burst", &variant(part, "")), times, took)
        .with(INSTANCES_PER_SECOND, f64::from(count) / took.as_secs_f64())
        .with(PEAK_RSS, machine::peak() as f64)
        .with("starts per second", f64::from(count) / acknowledged.as_secs_f64())
        .with("MB occupied before", before as f64 / 1e6)
        .with("instances that waited for a turn, at the most", most.instances.load(Ordering::Relaxed) as f64)
        .with("starts held in memory, at the most", most.begun.load(Ordering::Relaxed) as f64)
        .with("answers not recorded, at the most", most.unrecorded.load(Ordering::Relaxed) as f64);
    Ok(figures)
}

/// The figures of the chains that ran all along, of which each took so many milliseconds.
#[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
fn chains(figures: Figures, mut times: Vec<f64>, during: Duration) -> Figures {
    let per_second = times.len() as f64 / during.as_secs_f64();
    figures.with_times(&mut times).with("chains per second of those that ran", per_second)
}

/// What waited in the engine's memory at the most.
#[derive(Default)]
struct Most {
    instances: AtomicUsize,
    begun: AtomicUsize,
    unrecorded: AtomicUsize,
}

impl Most {
    fn see(&self, session: &Session) {
        let backlog = session.backlog();
        self.instances.fetch_max(backlog.instances, Ordering::Relaxed);
        self.begun.fetch_max(backlog.begun, Ordering::Relaxed);
        self.unrecorded.fetch_max(backlog.unrecorded, Ordering::Relaxed);
    }
}
