//! The tests: many seeds on all processors.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use tokio::runtime::{Builder, Runtime};

use crate::database::Template;
use crate::world::{Statistics, World};

/// How many seeds run where nothing else is said.
const USUAL: u64 = 60;

#[test]
fn random_programs_on_dying_nodes_keep_every_promise() {
    quiet_activity_panics();
    if let Some(seed) = number("COUNTERSIGN_SIM_SEED") {
        let runtime = runtime();
        let template = runtime.block_on(Template::new());
        println!("seed {seed}: {:?}", runtime.block_on(live(seed, &template)));
        return;
    }
    let first = number("COUNTERSIGN_SIM_FROM").unwrap_or(1);
    let seeds = number("COUNTERSIGN_SIM_SEEDS").unwrap_or(USUAL);
    let began = Instant::now();
    let (total, failed) = run_all(first, first + seeds);
    println!("{seeds} seeds in {:?}: {total:?}", began.elapsed());
    assert!(
        failed.is_empty(),
        "failing seeds: {failed:?}; look at one with COUNTERSIGN_SIM_SEED={} cargo test -p countersign-engine \
         --test simulation -- --nocapture",
        failed[0]
    );
}

#[test]
fn a_seed_reproduces_its_run() {
    quiet_activity_panics();
    let runtime = runtime();
    let template = runtime.block_on(Template::new());
    for seed in 1..=3 {
        let first = runtime.block_on(live(seed, &template));
        assert_eq!(first, runtime.block_on(live(seed, &template)), "seed {seed}");
    }
}

/// Runs the seeds from `first` on, before `end`, on as many threads as there are processors.
fn run_all(first: u64, end: u64) -> (Statistics, Vec<u64>) {
    let next = AtomicU64::new(first);
    let results = Mutex::new((Statistics::default(), Vec::new()));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let runtime = runtime();
                let template = runtime.block_on(Template::new());
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= end {
                        return;
                    }
                    let outcome = catch_unwind(AssertUnwindSafe(|| runtime.block_on(live(seed, &template))));
                    let mut results = results.lock().expect("nobody panics while holding it");
                    match outcome {
                        Ok(statistics) => results.0.add(&statistics),
                        Err(_) => {
                            eprintln!("seed {seed} failed");
                            results.1.push(seed);
                        }
                    }
                }
            });
        }
    });
    results.into_inner().expect("nobody panics while holding it")
}

/// The whole life of a world.
async fn live(seed: u64, template: &Template) -> Statistics {
    let database = template.copy().await;
    let mut world = World::new(seed, database.store());
    world.run().await;
    world.verify().await;
    let mut statistics = world.statistics;
    statistics.instances = world.records().await.len();
    statistics
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
