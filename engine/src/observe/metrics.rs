//! The metrics, each with its unit and its meaning.

use std::sync::Arc;
use std::time::Duration;

use metrics::{SharedString, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use super::names::label;
use crate::clock::Timestamp;
use crate::model::{BlockedKind, Failure, RuntimeStatus};
use crate::store::StoreError;

/// How a metric behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// It is a distribution of values.
    Histogram,
}

/// A metric of the engine.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name. Exporters write it in their own way: Prometheus with `_` for each dot.
    pub name: &'static str,
    /// How it behaves.
    pub kind: MetricKind,
    /// What its values count.
    pub unit: Unit,
    /// What it says.
    pub description: &'static str,
}

/// Declares the metrics: a constant each, and the list of all.
macro_rules! metrics {
    ($($constant:ident = $kind:ident $name:literal in $unit:ident: $description:literal;)*) => {
        $(const $constant: &str = $name;)*

        /// Every metric of the engine.
        pub const METRICS: &[Metric] = &[$(Metric {
            name: $name,
            kind: MetricKind::$kind,
            unit: Unit::$unit,
            description: $description,
        }),*];
    };
}

metrics! {
    TURNS = Counter "engine.turns" in Count: "turns that ran, by orchestration `name`";
    TURN_DURATION = Histogram "engine.turn.duration" in Seconds: "a turn from its messages to its commit, by `name`";
    COMMITS = Counter "engine.commits" in Count: "commits of turns, by `outcome`: committed, lease_lost, failed";
    COMMIT_DURATION = Histogram "engine.commit.duration" in Seconds: "a turn's commit, the wait for the writer included";
    COMMIT_GROUP_SIZE = Histogram "engine.commit.group_size" in Count: "logical commits (turns, starts, messages) that share one transaction";
    ENDED = Counter "engine.instances.ended" in Count: "instances that ended, by `name` and `status`";
    REMOVED = Counter "engine.instances.removed" in Count: "finished instances that were removed, by `status`";
    ACTIVITIES = Counter "engine.activities" in Count: "tries of activities that ended, by `name` and `outcome`: completed, failed";
    ACTIVITY_DURATION = Histogram "engine.activity.duration" in Seconds: "a try of an activity, by `name`";
    OPERATIONS = Counter "engine.operations" in Count: "operations of entities that ended, by entity `name` and `outcome`: completed, failed";
    OPERATION_DURATION = Histogram "engine.operation.duration" in Seconds: "an operation of an entity, by `name`";
    RETRIES = Counter "engine.activity.retries" in Count: "tries of activities after the first, by `name`";
    RECOVERED = Counter "engine.tasks.recovered" in Count: "tasks taken over when the node started";
    TIMER_LATENESS = Histogram "engine.timer.lateness" in Seconds: "how long after its moment a timer fired";
    SCHEDULED = Counter "engine.schedule.moments" in Count: "moments of schedules, by `outcome`: started, skipped";
    SCHEDULE_LATENESS = Histogram "engine.schedule.lateness" in Seconds: "how long after its moment a schedule fired";
    READY_INSTANCES = Gauge "engine.ready.instances" in Count: "instances of this node that wait for a turn";
    READY_TASKS = Gauge "engine.ready.tasks" in Count: "tasks of this node that wait for an executor";
    REPLAYS = Counter "engine.replays" in Count: "executions rebuilt from their history, by orchestration `name`";
    REPLAYED_EVENTS = Histogram "engine.replay.events" in Count: "events of the history of a rebuilt execution";
    CACHE_HITS = Counter "engine.cache.hits" in Count: "turns whose execution was in memory";
    CACHE_MISSES = Counter "engine.cache.misses" in Count: "turns whose execution was not in memory, first turns included";
    CACHE_EVICTIONS = Counter "engine.cache.evictions" in Count: "executions that left memory for want of room";
    CACHE_BYTES = Gauge "engine.cache.bytes" in Bytes: "memory of the executions kept between their turns, as estimated";
    BLOCKED = Counter "engine.instances.blocked" in Count: "instances that met a new obstacle, by `kind`";
    DROPPED = Counter "engine.messages.dropped" in Count: "messages read for an execution or an action that is gone";
    INPUT_CHANGED = Counter "engine.inputs.changed" in Count: "actions replayed with another input than recorded";
}

/// Tells the installed recorder what the metrics mean.
pub(crate) fn describe_metrics() {
    for metric in METRICS {
        match metric.kind {
            MetricKind::Counter => describe_counter!(metric.name, metric.unit, metric.description),
            MetricKind::Gauge => describe_gauge!(metric.name, metric.unit, metric.description),
            MetricKind::Histogram => describe_histogram!(metric.name, metric.unit, metric.description),
        }
    }
}

pub(crate) fn count_turn(name: &Arc<str>, took: Duration) {
    counter!(TURNS, label::NAME => shared(name)).increment(1);
    histogram!(TURN_DURATION, label::NAME => shared(name)).record(took);
}

pub(crate) fn count_commit<T>(result: &Result<T, StoreError>, took: Duration) {
    let outcome = match result {
        Ok(_) => "committed",
        Err(StoreError::LeaseLost) => "lease_lost",
        Err(_) => "failed",
    };
    counter!(COMMITS, label::OUTCOME => outcome).increment(1);
    histogram!(COMMIT_DURATION).record(took);
}

/// One transaction holds so many logical commits.
pub(crate) fn count_group(size: usize) {
    histogram!(COMMIT_GROUP_SIZE).record(size as f64);
}

pub(crate) fn count_end(name: &Arc<str>, status: RuntimeStatus) {
    counter!(ENDED, label::NAME => shared(name), label::STATUS => status.as_str()).increment(1);
}

pub(crate) fn count_removed(status: RuntimeStatus, instances: u64) {
    counter!(REMOVED, label::STATUS => status.as_str()).increment(instances);
}

/// Gives the outcome's name.
pub(crate) fn count_activity<T>(name: &Arc<str>, result: &Result<T, Failure>, took: Duration) -> &'static str {
    let outcome = if result.is_ok() { "completed" } else { "failed" };
    counter!(ACTIVITIES, label::NAME => shared(name), label::OUTCOME => outcome).increment(1);
    histogram!(ACTIVITY_DURATION, label::NAME => shared(name)).record(took);
    outcome
}

pub(crate) fn count_operation(entity: &str, succeeded: bool, took: Duration) {
    let outcome = if succeeded { "completed" } else { "failed" };
    counter!(OPERATIONS, label::NAME => entity.to_owned(), label::OUTCOME => outcome).increment(1);
    histogram!(OPERATION_DURATION, label::NAME => entity.to_owned()).record(took);
}

pub(crate) fn count_attempt(name: &Arc<str>, attempt: u32) {
    if attempt > 1 {
        counter!(RETRIES, label::NAME => shared(name)).increment(1);
    }
}

pub(crate) fn count_recovered(tasks: usize) {
    counter!(RECOVERED).increment(tasks as u64);
}

pub(crate) fn count_timers(moments: &[Timestamp], now: Timestamp) {
    for moment in moments {
        histogram!(TIMER_LATENESS).record(now.since(*moment));
    }
}

pub(crate) fn count_schedule(started: usize, skipped: u64) {
    counter!(SCHEDULED, label::OUTCOME => "started").increment(started as u64);
    counter!(SCHEDULED, label::OUTCOME => "skipped").increment(skipped);
}

pub(crate) fn count_schedule_lateness(lateness: Duration) {
    histogram!(SCHEDULE_LATENESS).record(lateness);
}

pub(crate) fn gauge_ready(instances: usize, tasks: usize) {
    gauge!(READY_INSTANCES).set(instances as f64);
    gauge!(READY_TASKS).set(tasks as f64);
}

pub(crate) fn count_replay(name: &Arc<str>, events: usize) {
    counter!(REPLAYS, label::NAME => shared(name)).increment(1);
    histogram!(REPLAYED_EVENTS).record(events as f64);
}

pub(crate) fn count_lookup(hit: bool) {
    if hit { counter!(CACHE_HITS) } else { counter!(CACHE_MISSES) }.increment(1);
}

pub(crate) fn count_evictions(runs: usize) {
    if runs > 0 {
        counter!(CACHE_EVICTIONS).increment(runs as u64);
    }
}

pub(crate) fn gauge_cache(bytes: usize) {
    gauge!(CACHE_BYTES).set(bytes as f64);
}

pub(crate) fn count_blocked(kind: BlockedKind) {
    counter!(BLOCKED, label::KIND => kind.as_str()).increment(1);
}

pub(crate) fn count_dropped(messages: u32) {
    counter!(DROPPED).increment(u64::from(messages));
}

pub(crate) fn count_changed_input() {
    counter!(INPUT_CHANGED).increment(1);
}

fn shared(name: &Arc<str>) -> SharedString {
    SharedString::from(Arc::clone(name))
}
