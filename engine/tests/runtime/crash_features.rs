//! A node that dies at every call of its store in turn, while versions change, patches apply, children are cancelled, others
//! are started detached, fan-outs are limited and values are large.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use countersign_engine::limits::LARGE_PAYLOAD_BYTES;
use countersign_engine::store::{Sqlite, Store};
use countersign_engine::testing::{CrashAt, CrashingStore, ManualClock, Stepper, crash_at_every_call};
use countersign_engine::{EngineError, Failure, Orchestration, OrchestrationContext, Registry, RuntimeStatus};

use crate::support::{DOUBLE, id, record, taken_or_done};

const FEATURES: Orchestration<String, Vec<u32>> = Orchestration::named("Features");
const CHILD: Orchestration<u32, u32> = Orchestration::named("Child");
const PATIENT: Orchestration<u32, u32> = Orchestration::named("Patient");
const DETACHED: Orchestration<String, u32> = Orchestration::named("Detached");

async fn first(ctx: OrchestrationContext, text: String) -> Result<Vec<u32>, Failure> {
    ctx.start_detached(DETACHED, &text[..9].to_owned()).id(id("detached")).await?;
    let child = ctx.child(CHILD, &1).id(id("child")).cancel_on_drop();
    let _ = ctx.first_of(child, ctx.timer(Duration::from_secs(60))).await;
    ctx.continue_as_new(&text.len().to_string()).version("2").await
}

async fn second(ctx: OrchestrationContext, text: String) -> Result<Vec<u32>, Failure> {
    let limit = NonZeroUsize::new(2).expect("not zero");
    let first = u32::from(ctx.patched("first"));
    let results = ctx.fan_out(first..4, |n| ctx.call(DOUBLE, &n)).limit(limit).await;
    let length = text.parse().map_err(|_| Failure::new("Damaged", text));
    results.into_iter().chain([length]).collect()
}

async fn child(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    ctx.child(PATIENT, &n).id(id("grandchild")).await
}

fn registry() -> Registry {
    let known = Registry::new().activity(DOUBLE, |_, n: u32| async move { Ok(n * 2) }).expect("the names differ");
    let known = known.orchestration(FEATURES.version("1"), first).expect("the names differ");
    let known = known.orchestration(FEATURES.version("2"), second).expect("the names differ");
    let known = known.orchestration(CHILD, child).expect("the names differ");
    let known = known.orchestration(DETACHED, |_, text: String| async move { Ok(text.len() as u32) });
    let known = known.expect("the names differ");
    known.orchestration(PATIENT, |ctx, _: u32| async move { ctx.external_event("never").await }).expect("they differ")
}

fn large() -> String {
    "x".repeat(LARGE_PAYLOAD_BYTES)
}

async fn scenario(node: &Stepper) -> Result<(), EngineError> {
    node.client().start(FEATURES.version("1"), &large()).id(id("a")).await?;
    node.run_to_the_end().await?;
    Ok(())
}

async fn survives(at: CrashAt) -> bool {
    let (store, clock): (Arc<dyn Store>, _) =
        (Sqlite::in_memory().await.expect("a database in memory"), ManualClock::default());
    let crashing = Arc::new(CrashingStore::new(Arc::clone(&store), at));
    if let Ok(node) = Stepper::start(crashing.clone(), registry(), clock.clone()).await {
        let _ = scenario(&node).await;
    }
    let node = Stepper::start(store, registry(), clock).await.expect("it starts");
    taken_or_done(node.client().start(FEATURES.version("1"), &large()).id(id("a")).await);
    node.run_to_the_end().await.expect("the second node lives");
    let client = node.client();
    let output: Vec<u32> = record(&client, "a").await.output.expect("completed").decode().expect("numbers");
    assert_eq!(output, [2, 4, 6, LARGE_PAYLOAD_BYTES as u32], "{at:?}");
    let detached = record(&client, "detached").await;
    assert_eq!((detached.status, detached.parent), (RuntimeStatus::Completed, None), "{at:?}");
    for name in ["child", "grandchild"] {
        assert_eq!(record(&client, name).await.status, RuntimeStatus::Terminated, "{at:?}");
    }
    node.check().await.expect("checked");
    crashing.has_crashed()
}

#[tokio::test]
async fn every_crash_before_a_call_takes_effect_is_survived() {
    let calls = crash_at_every_call(CrashAt::Before, survives).await;
    assert!(calls >= 25, "the scenario makes only {calls} calls");
}

#[tokio::test]
async fn every_crash_after_a_call_took_effect_is_survived() {
    let calls = crash_at_every_call(CrashAt::After, survives).await;
    assert!(calls >= 25, "the scenario makes only {calls} calls");
}
