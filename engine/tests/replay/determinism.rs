//! Code that does something else than the history says it did.

use std::time::Duration;

use countersign_engine::Activity;
use countersign_engine::ids::Sequence;
use countersign_engine::replay::Mismatch;
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
