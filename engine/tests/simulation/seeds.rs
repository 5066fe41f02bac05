//! The tests: many seeds on all processors.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use countersign_engine::store::Store;
use tokio::runtime::{Builder, Runtime};

use crate::database::Database;
use crate::world::{Statistics, World};

/// How many seeds run where nothing else is said.
const USUAL: u64 = 60;

/// What it takes to look at one seed again.
const AGAIN: &str = "cargo test -p countersign-engine --all-features --test simulation -- --nocapture";

#[test]
fn random_programs_on_dying_nodes_keep_every_promise() {
    assert_all_live(
        1,
        async || (),
        async |seed, ()| {
            let database = Database::new().await;
            live(seed, database.store()).await.statistics
        },
    );
}

#[test]
fn a_seed_reproduces_its_run() {
    assert_all_live(
        20,
        async || (),
        async |seed, ()| {
            let mut tries = 0;
            loop {
                let (first, second) = (Database::new().await, Database::new().await);
                let (first, second) = (live(seed, first.store()).await, live(seed, second.store()).await);
                tries += 1;
                if tries == TRIES || !(first.ledger.was_late() || second.ledger.was_late()) {
                    assert_eq!(first.statistics, second.statistics);
                    return first.statistics;
                }
            }
        },
    );
}

/// How often two runs are compared anew when the machine was too slow for one of them: clients then give up.
pub(crate) const TRIES: u32 = 5;

/// Runs as many seeds as the environment says, divided by `share`; panics with those that fail. Each thread has a place
/// of its own for its worlds.
pub(crate) fn assert_all_live<P>(
    share: u64,
    place: impl AsyncFn() -> P + Sync,
    live: impl AsyncFn(u64, &P) -> Statistics + Sync,
) {
    quiet_activity_panics();
    if let Some(seed) = number("COUNTERSIGN_SIM_SEED") {
        let total = runtime().block_on(async { live(seed, &place().await).await });
        println!("seed {seed}: {total:?}");
        return;
    }
    let first = number("COUNTERSIGN_SIM_FROM").unwrap_or(1);
    let seeds = number("COUNTERSIGN_SIM_SEEDS").unwrap_or(USUAL).div_ceil(share);
    let began = Instant::now();
    let (total, failed) = run_all(first..first + seeds, place, live);
    println!("{seeds} seeds in {:?}: {total:?}", began.elapsed());
    assert!(failed.is_empty(), "failing seeds: {failed:?}; look at one: COUNTERSIGN_SIM_SEED={} {AGAIN}", failed[0]);
}

/// Runs the seeds on as many threads as there are processors.
fn run_all<P>(
    seeds: Range<u64>,
    place: impl AsyncFn() -> P + Sync,
    live: impl AsyncFn(u64, &P) -> Statistics + Sync,
) -> (Statistics, Vec<u64>) {
    let next = AtomicU64::new(seeds.start);
    let results = Mutex::new((Statistics::default(), Vec::new()));
    let work = || {
        let runtime = runtime();
        let place = runtime.block_on(place());
        loop {
            let seed = next.fetch_add(1, Ordering::SeqCst);
            if seed >= seeds.end {
                return;
            }
            let outcome = catch_unwind(AssertUnwindSafe(|| runtime.block_on(live(seed, &place))));
            let mut results = results.lock().expect("nobody panics while holding it");
            match outcome {
                Ok(statistics) => results.0.add(&statistics),
                Err(_) => {
                    eprintln!("seed {seed} failed");
                    results.1.push(seed);
                }
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    results.into_inner().expect("nobody panics while holding it")
}

/// The whole life of a world on an empty store.
pub(crate) async fn live(seed: u64, store: Arc<dyn Store>) -> World {
    let mut world = World::new(seed, store);
    world.run().await;
    world.verify().await;
    world.statistics.instances = world.records().await.len();
    world
}

/// One thread for a world: nothing in it happens at the same time.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}

/// Activities that panic do it on purpose.
fn quiet_activity_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.payload().downcast_ref::<&str>() != Some(&crate::interpreter::ON_PURPOSE) {
            usual(panic);
        }
    }));
}
