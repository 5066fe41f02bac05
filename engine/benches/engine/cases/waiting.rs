//! W6: very many instances that wait with a deadline: memory, start-up, timers, and what an idle engine costs.
//!
//! The first 35,000 are started by the engine. The others are copies of one of them, made by SQL while no engine runs, as
//! starting a million would take longer than everything else.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use countersign_engine::{Clock, InstanceId, SystemClock};

use super::IN_FLIGHT;
use crate::code::{APPROVAL, CHAIN, FAR};
use crate::figures::{Figures, PEAK_RSS};
use crate::options::Part;
use crate::place::database_file;
use crate::session::Session;
use crate::{Error, counts, drive, machine, probe};

/// Those that the engine starts.
const STARTED: u32 = 35_000;
/// So many of them it keeps in memory, all of them.
const HELD: u32 = 5_000;
/// After so many of them its memory is full, as far as it fills it.
const SETTLED: u32 = 25_000;
/// Those whose deadline comes while other instances run.
const DUE: u32 = 2_000;
/// Over so long their deadlines are spread.
const DUE_WITHIN: Duration = Duration::from_secs(10);
/// How long an idle engine is watched.
const IDLE: Duration = Duration::from_secs(10);
/// The id that the copies' ids are made from.
const ORIGINAL: &str = "bench-000000000000";

/// Makes the waiting instances.
pub(crate) async fn make(part: &Part) -> Result<(), Error> {
    let session = Session::open(part).await?;
    let idle_without = idle(IDLE).await;
    start(&session, 0..1, FAR).await?;
    let (held, settled, started) = (part.size.of(HELD), part.size.of(SETTLED), part.size.of(STARTED));
    // What every start takes for the first time is no part of what an instance takes.
    start(&session, 1..held / 5, FAR).await?;
    let (before, estimated_before) = (machine::resident(), counts::held());
    start(&session, held / 5..held, FAR).await?;
    let each_held = growth(before, machine::resident(), u64::from(held - held / 5));
    let each_estimated = growth(estimated_before, counts::held(), u64::from(held - held / 5));
    start(&session, held..settled, FAR).await?;
    let before = machine::resident();
    start(&session, settled..started, FAR).await?;
    let each = growth(before, machine::resident(), u64::from(started - settled));
    let idle_with = idle(IDLE).await;
    session.close().await;
    let copies = i64::from(started)..i64::try_from(part.size.waiting)?;
    let file = database_file(&part.folder, "");
    let began = Instant::now();
    let copying = move || probe::copy(&file, ORIGINAL, copies);
    tokio::task::spawn_blocking(copying).await??;
    let figures = Figures::of("w6", "")
        .with("% of a core idle with 0 waiting", idle_without)
        .with(&format!("% of a core idle with {started} waiting"), idle_with)
        .with("bytes of memory per instance kept in it", each_held)
        .with("bytes of memory per instance kept in it, as estimated", each_estimated)
        .with("bytes of memory per further instance started", each)
        .with("s for the copies", began.elapsed().as_secs_f64());
    Ok(figures.tell()?)
}

/// Starts an engine beside them.
pub(crate) async fn serve(part: &Part) -> Result<(), Error> {
    let without = memory_of_a_start(part).await?;
    let before = machine::resident();
    machine::forget_peak();
    let began = Instant::now();
    let session = Session::open(part).await?;
    drive::complete(session.client(), CHAIN, 0).await?;
    let serving = began.elapsed();
    drive::pause(Duration::from_secs(2)).await;
    let grown = machine::resident().saturating_sub(before).saturating_sub(without);
    let idle_with = idle(IDLE).await;
    let mut lateness = due_under_load(&session, part.size.of(DUE)).await?;
    let worst = lateness.iter().copied().fold(0.0, f64::max);
    session.close().await;
    let waiting = part.size.waiting.max(1);
    #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
    let figures = Figures::of("w6", "").with_times(&mut lateness).with(PEAK_RSS, machine::peak() as f64);
    Ok(figures
        .with("ms that the latest timer was late", worst)
        .with("bytes of memory per waiting instance", growth(0, grown, waiting))
        .with(&format!("% of a core idle with {waiting} waiting"), idle_with)
        .with("s from start to serving", serving.as_secs_f64())
        .tell()?)
}

/// What a start and a first instance take in this process on an empty database, so that it is not counted as the waiting ones'.
async fn memory_of_a_start(part: &Part) -> Result<u64, Error> {
    let before = machine::resident();
    let session = Session::open_in(&part.folder.join("empty"), None).await?;
    drive::complete(session.client(), CHAIN, 0).await?;
    let after = machine::resident();
    session.close().await;
    // What was freed is taken again by the next start, which would then seem to need nothing.
    let kept = machine::resident().saturating_sub(before);
    Ok(after.saturating_sub(before).saturating_sub(kept))
}

/// Starts instances under numbered ids, and waits until all of them wait.
async fn start(session: &Session, numbers: std::ops::Range<u32>, far: Duration) -> Result<(), Error> {
    let (before, count) = (counts::turns(), numbers.len());
    let one = |n: u32| {
        let (client, id) = (session.client(), InstanceId::parse(&format!("bench-{:012}", numbers.start + n)));
        async move { Ok(client.start(APPROVAL, &(SystemClock.now() + far)).id(id?).await.map(drop)?) }
    };
    drive::side_by_side(u32::try_from(count)?, IN_FLIGHT, one).await?;
    drive::until(|| counts::turns() - before >= count as u64).await;
    Ok(())
}

/// How late the timers of `count` instances fire while chains run, in milliseconds.
async fn due_under_load(session: &Session, count: u32) -> Result<Vec<f64>, Error> {
    // Long enough for all of them to be started.
    let first = SystemClock.now() + DUE_WITHIN;
    let one = |n: u32| {
        let client = session.client();
        async move { Ok(client.start(APPROVAL, &(first + DUE_WITHIN * n / count)).await.map(drop)?) }
    };
    drive::side_by_side(count, IN_FLIGHT, one).await?;
    counts::take_lateness();
    let over = Arc::new(AtomicBool::new(false));
    let chains = |n: u32| {
        let (client, over) = (session.client(), Arc::clone(&over));
        async move {
            while !over.load(Ordering::Relaxed) {
                drive::complete(client.clone(), CHAIN, n).await?;
            }
            Ok(())
        }
    };
    let load = drive::side_by_side(u32::try_from(IN_FLIGHT)?, IN_FLIGHT, chains);
    let mut lateness = Vec::new();
    let watch = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(50));
        while lateness.len() < count as usize {
            ticks.tick().await;
            lateness.extend(counts::take_lateness().into_iter().map(|seconds| seconds * 1_000.0));
        }
        over.store(true, Ordering::Relaxed);
    };
    futures::future::join(load, watch).await.0?;
    Ok(lateness)
}

/// The share of a core that this process uses while nothing happens, in percent.
async fn idle(duration: Duration) -> f64 {
    // What the last piece of work left behind comes to its end first.
    drive::pause(Duration::from_secs(1)).await;
    let (before, began) = (machine::cpu(), Instant::now());
    drive::pause(duration).await;
    100.0 * (machine::cpu() - before).as_secs_f64() / began.elapsed().as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
fn growth(before: u64, after: u64, count: u64) -> f64 {
    (after as f64 - before as f64) / count.max(1) as f64
}
