//! Retries are durable timers in the history.

use std::time::Duration;

use countersign_engine::{Activity, EventKind, Failure, RetryPolicy};
use serde_json::json;

use crate::support::{Bench, code, names};

const WORK: Activity<u32, u32> = Activity::named("Work");

fn retrying() -> Bench {
    Bench::started(code(|ctx, _| async move {
        let policy = RetryPolicy::exponential(Duration::from_secs(1), 3);
        Ok(json!(ctx.call(WORK, &1).retry(policy).await?))
    }))
}

#[test]
fn a_failure_is_followed_by_a_timer_and_another_try_with_the_same_key() {
    let mut bench = retrying();
    let outcome = bench.turn([bench.failed(0, Failure::new("Busy", "later"))]);
    assert_eq!(names(&outcome), ["OrchestratorStarted", "TaskFailed", "TimerCreated"]);
    bench.evict();
    bench.pass(Duration::from_secs(1));
    let outcome = bench.turn([bench.fired(1)]);
    let EventKind::TaskScheduled(task) = &outcome.events[2].kind else { panic!("{:?}", outcome.events) };
    assert_eq!((task.event_id.0, task.first_event_id.0, task.attempt), (2, 0, 2));
    bench.turn([bench.done(2, 8)]);
    assert_eq!(bench.output(), json!(8));
}

#[test]
fn the_last_failure_reaches_the_code() {
    let mut bench = retrying();
    for (task, timer) in [(0, 1), (2, 3)] {
        bench.turn([bench.failed(task, Failure::new("Busy", "later"))]);
        bench.pass(Duration::from_secs(10));
        bench.turn([bench.fired(timer)]);
    }
    bench.turn([bench.failed(4, Failure::new("Broken", "for good"))]);
    assert_eq!(bench.failure().kind, "Broken");
}

#[test]
fn a_non_retriable_failure_is_not_tried_again() {
    let mut bench = retrying();
    bench.turn([bench.failed(0, Failure::new("Declined", "no").non_retriable())]);
    assert_eq!(bench.failure().kind, "Declined");
}
