//! Code that does something else than the history says it did.

use std::time::Duration;

use countersign_engine::ids::Sequence;
use countersign_engine::replay::Mismatch;
use countersign_engine::{Activity, Orchestration};
use serde_json::json;

use crate::support::{Bench, code};

const FIRST: Activity<u32, u32> = Activity::named("First");
const OTHER: Activity<u32, u32> = Activity::named("Other");

fn recorded() -> Bench {
    let mut bench = Bench::started(code(|ctx, _| async move {
        ctx.call(FIRST, &1).await?;
        ctx.timer(Duration::from_secs(1)).await;
        Ok(json!(1))
    }));
    bench.turn([bench.done(0, 1)]);
    bench
}

#[test]
fn another_activity_is_named_with_the_event_and_both_sides() {
    let mismatch = recorded().replay_against(code(|ctx, _| async move { Ok(json!(ctx.call(OTHER, &1).await?)) }));
    let Err(Mismatch::Different { sequence, expected, found, .. }) = mismatch else { panic!("{mismatch:?}") };
    assert_eq!(
        (sequence, expected.as_str(), found.as_str()),
        (Sequence(2), "TaskScheduled First #0", "TaskScheduled Other #0")
    );
}

#[test]
fn an_action_too_many_is_found() {
    let mismatch = recorded().replay_against(code(|ctx, _| async move {
        let calls = (ctx.call(FIRST, &1), ctx.call(OTHER, &2));
        let (first, _) = futures::future::join(calls.0, calls.1).await;
        Ok(json!(first?))
    }));
    assert!(matches!(mismatch, Err(Mismatch::Unexpected { .. })), "{mismatch:?}");
}

#[test]
fn an_action_that_is_no_longer_done_is_found() {
    let mismatch = recorded().replay_against(code(|ctx, _| async move {
        ctx.call(FIRST, &1).await?;
        ctx.external_event("go").await
    }));
    assert!(matches!(mismatch, Err(Mismatch::Missing { sequence: Sequence(5), .. })), "{mismatch:?}");
}

#[test]
fn another_input_alone_is_no_mismatch() {
    let replayed = recorded().replay_against(code(|ctx, _| async move {
        ctx.call(FIRST, &2).await?;
        ctx.timer(Duration::from_secs(9)).await;
        Ok(json!(1))
    }));
    assert_eq!(replayed, Ok(()));
}

#[test]
fn another_input_is_a_mismatch_under_strictness() {
    let mismatch = recorded().replay_strictly_against(code(|ctx, _| async move {
        ctx.call(FIRST, &2).await?;
        ctx.timer(Duration::from_secs(1)).await;
        Ok(json!(1))
    }));
    let Err(Mismatch::OtherInput { sequence, recorded, found, .. }) = mismatch else { panic!("{mismatch:?}") };
    assert_eq!((sequence, recorded.as_str(), found.as_str()), (Sequence(2), "1", "2"));
}

#[test]
fn another_order_of_keys_is_the_same_input() {
    const SHAPED: Activity<serde_json::Value, u32> = Activity::named("Shaped");
    let call = |text: &'static str| {
        code(move |ctx, _| async move {
            let input: Box<serde_json::value::RawValue> = serde_json::from_str(text).expect("valid JSON");
            Ok(json!(ctx.call(Activity::<Box<serde_json::value::RawValue>, u32>::named(SHAPED.name()), &input).await?))
        })
    };
    let bench = Bench::started(call(r#"{"a":1,"b":[2]}"#));
    assert_eq!(bench.replay_strictly_against(call(r#"{"b": [2], "a": 1}"#)), Ok(()));
    assert!(bench.replay_strictly_against(call(r#"{"b": [1], "a": 1}"#)).is_err());
}

#[test]
fn code_that_ends_where_it_used_to_wait_is_found() {
    let bench = Bench::started(code(|ctx, _| async move { ctx.external_event("go").await }));
    let mismatch = bench.replay_against(code(|_, _| async move { Ok(json!(1)) }));
    let Err(Mismatch::Unexpected { found, .. }) = mismatch else { panic!("{mismatch:?}") };
    assert_eq!(found, "ExecutionCompleted Completed");
}

#[test]
fn code_that_waits_where_it_used_to_end_is_found() {
    let bench = Bench::started(code(|_, _| async move { Ok(json!(1)) }));
    let mismatch = bench.replay_against(code(|ctx, _| async move { ctx.external_event("go").await }));
    let Err(Mismatch::Missing { expected, .. }) = mismatch else { panic!("{mismatch:?}") };
    assert_eq!(expected, "ExecutionCompleted Completed");
}

#[test]
fn a_child_of_another_version_is_another_action() {
    const CHILD: Orchestration<u32, u32> = Orchestration::named("Child");
    let bench = Bench::started(code(|ctx, _| async move { Ok(json!(ctx.child(CHILD.version("1"), &1).await?)) }));
    let mismatch =
        bench.replay_against(code(|ctx, _| async move { Ok(json!(ctx.child(CHILD.version("2"), &1).await?)) }));
    let text = mismatch.expect_err("the versions differ").to_string();
    assert!(text.contains("Child (version \"1\")") && text.contains("Child (version \"2\")"), "{text}");
}
