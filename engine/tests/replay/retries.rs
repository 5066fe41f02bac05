//! Retries are durable timers in the history.

use std::time::Duration;

use countersign_engine::ids::EventId;
use countersign_engine::{Activity, EventKind, Failure, Orchestration, Payload, RetryPolicy};
use serde_json::json;

use crate::support::{Bench, code, names};

const WORK: Activity<u32, u32> = Activity::named("Work");
const CHILD: Orchestration<u32, u32> = Orchestration::named("Child");

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

#[test]
fn a_handler_decides_and_every_replay_decides_the_same() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let policy = RetryPolicy::fixed(Duration::from_secs(1), 9)
            .retry_if(|failure, attempt| failure.kind == "Busy" && attempt < 3);
        Ok(json!(ctx.call(WORK, &1).retry(policy).await?))
    }));
    for (task, timer) in [(0, 1), (2, 3)] {
        bench.turn([bench.failed(task, Failure::new("Busy", "later"))]);
        bench.evict();
        bench.pass(Duration::from_secs(1));
        bench.turn([bench.fired(timer)]);
    }
    bench.turn([bench.failed(4, Failure::new("Busy", "for good"))]);
    assert_eq!(bench.failure().message, "for good");
}

#[test]
fn jitter_spreads_pauses_and_moves_nothing_else() {
    let run = |jitter: f64| {
        let mut bench = Bench::started(code(move |ctx, _| async move {
            let policy = RetryPolicy::fixed(Duration::from_secs(100), 2).jitter(jitter);
            let calls = (0..20).map(|n| ctx.call(WORK, &n).retry(policy.clone()));
            futures::future::join_all(calls).await;
            Ok(json!(ctx.new_uuid()))
        }));
        let outcome = bench.turn((0..20).map(|n| bench.failed(n, Failure::new("Busy", "later"))).collect::<Vec<_>>());
        let pauses = outcome.events.iter().filter_map(|event| match event.kind {
            EventKind::TimerCreated { fire_at, .. } => Some(fire_at.since(outcome.now)),
            _ => None,
        });
        let pauses: Vec<_> = pauses.collect();
        bench.evict();
        bench.pass(Duration::from_secs(100));
        bench.turn((20..40).map(|n| bench.fired(n)).collect::<Vec<_>>());
        bench.turn((40..60).map(|n| bench.done(n, 1)).collect::<Vec<_>>());
        (pauses, bench.output())
    };
    let (pauses, id) = run(0.5);
    assert!(pauses.iter().all(|pause| (50..=100).contains(&pause.as_secs())), "{pauses:?}");
    assert!(pauses.iter().collect::<std::collections::BTreeSet<_>>().len() > 10, "{pauses:?}");
    assert_eq!(pauses, run(0.5).0);
    assert_eq!(run(0.0), (vec![Duration::from_secs(100); 20], id));
}

#[test]
fn a_child_is_retried_by_the_same_policy() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let policy = RetryPolicy::fixed(Duration::from_secs(1), 3).retry_if(|failure, _| failure.kind == "Busy");
        Ok(json!(ctx.child(CHILD, &1).retry(policy).await?))
    }));
    bench.turn([bench.child_failed(0, Failure::new("Busy", "later"))]);
    bench.evict();
    bench.pass(Duration::from_secs(1));
    bench.turn([bench.fired(1)]);
    bench.turn([bench.child_failed(2, Failure::new("Broken", "for good"))]);
    assert_eq!(bench.failure().kind, "Broken");
}

/// A call that is bounded as a whole.
fn bounded() -> Bench {
    Bench::started(code(|ctx, _| async move {
        let policy = RetryPolicy::fixed(Duration::from_secs(10), 9);
        let call = ctx.call(WORK, &1).overall_timeout(Duration::from_secs(25)).retry(policy);
        let n = call.await?;
        ctx.external_event::<u32>("go").await?;
        Ok(json!(n))
    }))
}

#[test]
fn the_overall_timeout_cancels_the_try_that_runs() {
    let mut bench = bounded();
    bench.turn([bench.failed(0, Failure::new("Busy", "later"))]);
    bench.evict();
    bench.pass(Duration::from_secs(10));
    bench.turn([bench.fired(2)]);
    bench.evict();
    bench.pass(Duration::from_secs(15));
    let outcome = bench.turn([bench.fired(1), bench.done(3, 8)]);
    assert_eq!(outcome.cancelled_tasks, [EventId(3)]);
    assert_eq!(outcome.dropped, 1, "what comes after the end reaches nobody");
    let failure = bench.failure();
    assert_eq!((failure.kind.as_str(), failure.cause.as_ref().map(|c| c.kind.as_str())), ("Timeout", Some("Busy")));
}

#[test]
fn a_call_that_ends_in_time_cancels_its_overall_timeout() {
    let mut bench = bounded();
    let outcome = bench.turn([bench.done(0, 8)]);
    assert_eq!(outcome.cancelled_timers, [EventId(1)]);
    bench.turn([crate::support::raised("go", 1)]);
    assert_eq!(bench.output(), json!(8));
}

#[test]
fn a_retry_that_would_begin_after_the_overall_timeout_is_not_waited_for() {
    let mut bench = bounded();
    bench.pass(Duration::from_secs(16));
    let outcome = bench.turn([bench.failed(0, Failure::new("Busy", "later"))]);
    assert_eq!(bench.failure().kind, "Busy");
    assert_eq!(outcome.cancelled_timers, [EventId(1)]);
}

#[test]
fn a_try_gets_its_limits_and_what_the_one_before_it_said_last() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let call = ctx.call(WORK, &1).timeout(Duration::from_secs(5)).heartbeat_timeout(Duration::from_millis(1_500));
        Ok(json!(call.retry(RetryPolicy::fixed(Duration::ZERO, 3)).await?))
    }));
    let mut failure = Failure::new(Failure::HEARTBEAT_TIMEOUT, "silence");
    failure.last_heartbeat = Some(Payload::encode("half").expect("serialisable"));
    bench.turn([bench.failed(0, failure)]);
    let outcome = bench.turn([bench.fired(1)]);
    let stored = serde_json::to_string(&outcome.events[2].kind).expect("serialisable");
    assert!(stored.contains(r#""timeouts":{"start_to_close_us":5000000,"heartbeat_us":1500000}"#), "{stored}");
    assert!(stored.contains(r#""last_heartbeat":"half""#), "{stored}");
    assert_eq!(serde_json::from_str::<EventKind>(&stored).expect("it is read back"), outcome.events[2].kind);
}
