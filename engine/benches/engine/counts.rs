//! What is counted while a workload runs: the engine's logical commits, as its store is asked for them, and its metrics.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use async_trait::async_trait;
use countersign_engine::store::StoreError;
use countersign_engine::testing::Fate;
use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};

/// The calls of a store that are one logical commit each: a turn, a start, a message, an activity's result that no turn could
/// take, a client's transaction.
const COMMITS: [&str; 5] = ["commit", "start", "tell", "complete_task", "commit_transaction"];

/// Counts logical commits; every call goes through.
#[derive(Clone, Default)]
pub(crate) struct Commits(Arc<AtomicU64>);

impl Commits {
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Fate for Commits {
    async fn before(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }

    async fn after(&self, call: &'static str) -> Result<(), StoreError> {
        if COMMITS.contains(&call) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
}

static TURNS: LazyLock<Arc<Count>> = LazyLock::new(Arc::default);
static ENDED: LazyLock<Arc<Count>> = LazyLock::new(Arc::default);
static HELD: LazyLock<Arc<Count>> = LazyLock::new(Arc::default);
static LATENESS: LazyLock<Arc<Samples>> = LazyLock::new(Arc::default);

/// How many turns have run in this process.
pub(crate) fn turns() -> u64 {
    TURNS.0.load(Ordering::Relaxed)
}

/// How many instances have ended in this process.
pub(crate) fn ended() -> u64 {
    ENDED.0.load(Ordering::Relaxed)
}

/// What the executions in memory take, as the engine estimates it, in bytes.
pub(crate) fn held() -> u64 {
    HELD.0.load(Ordering::Relaxed)
}

/// How late timers fired since the last call, in seconds.
pub(crate) fn take_lateness() -> Vec<f64> {
    std::mem::take(&mut LATENESS.0.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Listens to the engine's metrics from here on.
pub(crate) fn listen() -> Result<(), metrics::SetRecorderError<Listener>> {
    metrics::set_global_recorder(Listener)
}

/// Keeps the few metrics that the workloads need.
#[derive(Debug)]
pub(crate) struct Listener;

#[derive(Default)]
struct Count(AtomicU64);

impl CounterFn for Count {
    fn increment(&self, value: u64) {
        self.0.fetch_add(value, Ordering::Relaxed);
    }

    fn absolute(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole numbers of bytes")]
impl GaugeFn for Count {
    fn increment(&self, value: f64) {
        self.0.fetch_add(value as u64, Ordering::Relaxed);
    }

    fn decrement(&self, value: f64) {
        self.0.fetch_sub(value as u64, Ordering::Relaxed);
    }

    fn set(&self, value: f64) {
        self.0.store(value as u64, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct Samples(Mutex<Vec<f64>>);

impl HistogramFn for Samples {
    fn record(&self, value: f64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(value);
    }
}

impl Recorder for Listener {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        match key.name() {
            "engine.turns" => Counter::from_arc(Arc::clone(&TURNS)),
            "engine.instances.ended" => Counter::from_arc(Arc::clone(&ENDED)),
            _ => Counter::noop(),
        }
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        if key.name() == "engine.cache.bytes" { Gauge::from_arc(Arc::clone(&HELD)) } else { Gauge::noop() }
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        if key.name() == "engine.timer.lateness" {
            Histogram::from_arc(Arc::clone(&LATENESS))
        } else {
            Histogram::noop()
        }
    }
}
