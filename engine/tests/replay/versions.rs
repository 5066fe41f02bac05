//! Patches in the code of executions that are on their way, and the version that follows.

use countersign_engine::replay::{Code, End, Mismatch};
use countersign_engine::{Activity, EventKind, OrchestrationContext};
use serde_json::{Value, json};
use std::sync::Arc;

use crate::support::{Bench, code, names, raised};

const CHECK: Activity<u32, u32> = Activity::named("Check");
const SHIP: Activity<u32, u32> = Activity::named("Ship");

/// Waits for an event, ships, waits for another.
fn before() -> Arc<dyn Code> {
    code(|ctx, _| async move {
        ctx.external_event::<Value>("paid").await?;
        let shipped = ctx.call(SHIP, &1).await?;
        ctx.external_event::<Value>("received").await?;
        Ok(json!(shipped))
    })
}

/// The same with a check before it ships.
fn patched() -> Arc<dyn Code> {
    code(|ctx, _| async move {
        ctx.external_event::<Value>("paid").await?;
        if ctx.patched("check") {
            ctx.call(CHECK, &1).await?;
        }
        let shipped = ctx.call(SHIP, &1).await?;
        ctx.external_event::<Value>("received").await?;
        Ok(json!([shipped, ctx.patched("check")]))
    })
}

/// The same when nobody is left who does not check.
fn deprecated() -> Arc<dyn Code> {
    code(|ctx, _| async move {
        ctx.external_event::<Value>("paid").await?;
        ctx.deprecate_patch("check");
        ctx.call(CHECK, &1).await?;
        let shipped = ctx.call(SHIP, &1).await?;
        ctx.external_event::<Value>("received").await?;
        Ok(json!([shipped, "checked"]))
    })
}

#[test]
fn an_execution_that_passed_a_patch_before_it_was_there_goes_on_without_it() {
    let mut bench = Bench::started(before());
    bench.turn([raised("paid", 1)]);
    bench.rebuild(patched());
    bench.turn([bench.done(0, 5)]);
    bench.turn([raised("received", 1)]);
    assert_eq!(bench.output(), json!([5, false]));
}

#[test]
fn an_execution_that_meets_a_patch_for_the_first_time_takes_it_and_its_history_says_so() {
    let mut bench = Bench::started(before());
    bench.rebuild(patched());
    let outcome = bench.turn([raised("paid", 1)]);
    assert_eq!(names(&outcome), ["OrchestratorStarted", "EventRaised", "PatchApplied", "TaskScheduled"]);
    bench.evict();
    bench.turn([bench.done(1, 1)]);
    bench.turn([bench.done(2, 5)]);
    bench.turn([raised("received", 1)]);
    assert_eq!(bench.output(), json!([5, true]));
}

#[test]
fn the_first_answer_of_a_patch_counts_for_the_whole_execution() {
    let asks = |ctx: OrchestrationContext, _| async move {
        let mut answers = Vec::new();
        for _ in 0..3 {
            answers.push(ctx.patched("twice"));
            ctx.external_event::<Value>("go").await?;
        }
        Ok(json!(answers))
    };
    let waits = |ctx: OrchestrationContext, _| async move { ctx.external_event::<Value>("go").await };
    let mut old = Bench::started(code(waits));
    old.rebuild(code(asks));
    let mut new = Bench::started(code(asks));
    for (bench, expected) in [(&mut old, json!([false, false, false])), (&mut new, json!([true, true, true]))] {
        for _ in 0..3 {
            bench.turn([raised("go", 1)]);
            if bench.end().is_none() {
                bench.evict();
            }
        }
        assert_eq!(bench.output(), expected);
        let marks = bench.history.iter().filter(|event| matches!(event.kind, EventKind::PatchApplied { .. })).count();
        assert_eq!(marks, usize::from(expected[0] == true));
    }
}

#[test]
fn a_deprecated_patch_steps_over_its_record_and_leaves_none() {
    let mut marked = Bench::started(patched());
    marked.turn([raised("paid", 1)]);
    marked.rebuild(deprecated());
    marked.turn([marked.done(1, 1)]);
    marked.turn([marked.done(2, 5)]);
    marked.turn([raised("received", 1)]);
    assert_eq!(marked.output(), json!([5, "checked"]));
    let mut fresh = Bench::started(deprecated());
    let outcome = fresh.turn([raised("paid", 1)]);
    assert_eq!(names(&outcome), ["OrchestratorStarted", "EventRaised", "TaskScheduled"]);
}

#[test]
fn a_patch_that_is_gone_from_the_code_too_early_is_a_mismatch_that_names_it() {
    let mut bench = Bench::started(patched());
    bench.turn([raised("paid", 1)]);
    let mismatch = bench.replay_against(before()).expect_err("the history has the patch");
    assert!(matches!(mismatch, Mismatch::Different { .. }), "{mismatch:?}");
    assert!(mismatch.to_string().contains("PatchApplied check #0"), "{mismatch}");
}

#[test]
fn continue_as_new_may_name_the_version_that_follows() {
    let bench = Bench::started(code(|ctx, _| async move { ctx.continue_as_new(&2).version("2").await }));
    let Some(End::ContinuedAsNew { version, .. }) = bench.end() else { panic!("{:?}", bench.end()) };
    assert_eq!(version.as_deref(), Some("2"));
    assert!(bench.history.iter().any(|event| {
        matches!(&event.kind, EventKind::ContinueAsNew { version: Some(version), .. } if &**version == "2")
    }));
}
