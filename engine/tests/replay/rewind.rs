//! What a failed execution leaves to the one that continues it: which calls are made again, and which are not.

use std::time::Duration;

use countersign_engine::ids::EntityId;
use countersign_engine::replay::Outcome;
use countersign_engine::{Activity, Entity, EventKind, Failure, Operation, RetryPolicy};
use futures::future::{join_all, try_join};
use serde_json::json;

use crate::support::{Bench, code, names, scheduled};

const WORK: Activity<u32, u32> = Activity::named("Work");
const ACCOUNT: Entity<i64> = Entity::named("Account");
const ADD: Operation<i64, i64, i64> = ACCOUNT.operation("add");

const MINUTE: Duration = Duration::from_secs(60);

fn account(key: &str) -> EntityId {
    ACCOUNT.id(key).expect("a valid id")
}

fn broken() -> Failure {
    Failure::new("Broken", "it is broken")
}

/// The actions of the turns that stayed which wait for their results again: their kinds and numbers.
fn reopened(outcome: &Outcome) -> Vec<(&'static str, u32)> {
    let number = |kind: &EventKind| match kind {
        EventKind::TaskScheduled(task) => task.event_id.0,
        EventKind::TimerCreated { event_id, .. } => event_id.0,
        EventKind::EntityOperationCalled(sent) => sent.event_id.0,
        other => panic!("{} is reopened", other.name()),
    };
    outcome.reopened.iter().map(|kind| (kind.name(), number(kind))).collect()
}

#[test]
fn a_failed_call_of_an_entity_is_made_again_and_a_signal_before_it_is_not() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        ctx.signal_entity(ADD, "a", &1)?;
        Ok(json!(ctx.call_entity(ADD, "a", &5).await?))
    }));
    for _ in 0..2 {
        bench.turn([bench.operation_done(1, Err(broken()))]);
        assert_eq!(bench.failure().kind, "Broken");
        let outcome = bench.rewind();
        assert_eq!(names(&outcome), ["OrchestratorStarted", "ExecutionRewound"]);
        assert_eq!(reopened(&outcome), [("EntityOperationCalled", 1)]);
    }
    bench.evict();
    bench.turn([bench.operation_done(1, Ok(6))]);
    assert_eq!(bench.output(), json!(6));
}

#[test]
fn calls_of_entities_that_were_answered_are_not_made_again() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let answers = join_all([1, 2, 3].iter().map(|amount| ctx.call_entity(ADD, "a", amount))).await;
        let answers: Result<Vec<i64>, Failure> = answers.into_iter().collect();
        Ok(json!(answers?))
    }));
    bench.turn([bench.operation_done(0, Ok(1))]);
    bench.turn([bench.operation_done(1, Err(broken()))]);
    bench.turn([bench.operation_done(2, Ok(3))]);
    assert_eq!(bench.failure().kind, "Broken");
    let outcome = bench.rewind();
    assert_eq!(names(&outcome), ["OrchestratorStarted", "ExecutionRewound", "EntityOperationCompleted"]);
    assert_eq!(reopened(&outcome), [("EntityOperationCalled", 1)]);
    bench.turn([bench.operation_done(1, Ok(2))]);
    assert_eq!(bench.output(), json!([1, 2, 3]));
}

#[test]
fn a_critical_section_in_which_a_call_failed_is_entered_again() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let before = ctx.call_entity(ADD, "b", &1).await?;
        let _guard = ctx.lock([account("a")]).await?;
        Ok(json!(before + ctx.call_entity(ADD, "a", &5).await?))
    }));
    bench.turn([bench.operation_done(0, Ok(1))]);
    bench.turn([bench.granted(1)]);
    bench.turn([bench.operation_done(2, Err(broken()))]);
    assert_eq!(bench.failure().kind, "Broken");
    let outcome = bench.rewind();
    assert_eq!(scheduled(&outcome), [1], "it asks for the lock, which it lost with its end");
    assert!(reopened(&outcome).is_empty(), "the call before the section was answered");
    let outcome = bench.turn([bench.granted(1)]);
    assert_eq!(scheduled(&outcome), [2]);
    bench.turn([bench.operation_done(2, Ok(5))]);
    assert_eq!(bench.output(), json!(6));
}

#[test]
fn a_call_that_pauses_before_its_next_try_goes_on_and_drops_nothing() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let retried = ctx.call(WORK, &1).retry(RetryPolicy::fixed(MINUTE, 3));
        let steps = async {
            ctx.call(WORK, &2).await?;
            ctx.call(WORK, &3).await
        };
        Ok(json!(try_join(retried, steps).await?))
    }));
    bench.turn([bench.failed(0, broken())]);
    bench.turn([bench.done(1, 2)]);
    bench.turn([bench.failed(3, broken())]);
    assert_eq!(bench.failure().kind, "Broken");
    let outcome = bench.rewind();
    assert_eq!(reopened(&outcome), [("TimerCreated", 2), ("TaskScheduled", 3)]);
    bench.evict();
    bench.pass(MINUTE);
    let outcome = bench.turn([bench.fired(2)]);
    let EventKind::TaskScheduled(task) = &outcome.events[2].kind else { panic!("{:?}", outcome.events) };
    assert_eq!((task.event_id.0, task.first_event_id.0, task.attempt), (4, 0, 2));
    bench.turn([bench.done(4, 1), bench.done(3, 3)]);
    assert_eq!(bench.output(), json!([1, 3]));
}

#[test]
fn a_try_that_failed_in_the_turns_that_go_is_made_again() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let retried = ctx.call(WORK, &1).retry(RetryPolicy::fixed(MINUTE, 3));
        let calls = futures::future::join(retried, ctx.call(WORK, &2)).await;
        Ok(json!([calls.0?, calls.1?]))
    }));
    bench.turn([bench.failed(1, broken())]);
    bench.turn([bench.failed(0, broken())]);
    bench.pass(MINUTE);
    bench.turn([bench.fired(2)]);
    bench.turn([bench.done(3, 1)]);
    assert_eq!(bench.failure().kind, "Broken");
    let outcome = bench.rewind();
    assert_eq!(reopened(&outcome), [("TaskScheduled", 0), ("TaskScheduled", 1)], "the pause is gone");
    bench.turn([bench.done(0, 1), bench.done(1, 2)]);
    assert_eq!(bench.output(), json!([1, 2]));
}

#[test]
fn a_call_that_succeeded_at_a_later_try_stays_with_its_pauses() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let first = ctx.call(WORK, &1).retry(RetryPolicy::fixed(MINUTE, 3)).await?;
        Ok(json!(first + ctx.call(WORK, &2).await?))
    }));
    bench.turn([bench.failed(0, broken())]);
    bench.pass(MINUTE);
    bench.turn([bench.fired(1)]);
    bench.turn([bench.done(2, 1)]);
    bench.turn([bench.failed(3, broken())]);
    assert_eq!(bench.failure().kind, "Broken");
    assert_eq!(reopened(&bench.rewind()), [("TaskScheduled", 3)]);
    bench.turn([bench.done(3, 2)]);
    assert_eq!(bench.output(), json!(3));
}

#[test]
fn a_call_that_failed_for_good_is_made_again_whatever_timer_the_code_set_then() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        if ctx.call(WORK, &1).await.is_err() {
            ctx.timer(MINUTE).await;
        }
        Ok(json!(ctx.call(WORK, &2).await?))
    }));
    bench.turn([bench.failed(0, broken())]);
    bench.pass(MINUTE);
    bench.turn([bench.fired(1)]);
    bench.turn([bench.failed(2, broken())]);
    assert_eq!(bench.failure().kind, "Broken");
    assert_eq!(reopened(&bench.rewind()), [("TaskScheduled", 0)]);
}
