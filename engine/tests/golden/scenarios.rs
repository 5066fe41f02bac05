//! How each history comes about.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use countersign_engine::store::Sqlite;
use countersign_engine::testing::{Harness, ManualClock, Run};
use countersign_engine::{ActivityContext, Engine, Failure, InstanceId};
use serde_json::Value;

use crate::code::{self, Golden};

/// Plays every scenario and gives the history of the last execution that it leads to, by name.
pub(crate) async fn play_all() -> Vec<(&'static str, String)> {
    let mut histories = Vec::new();
    for (name, orchestration) in [
        ("activity", code::ACTIVITY),
        ("parent", code::PARENT),
        ("detached", code::DETACHED),
        ("fan-out", code::FAN_OUT),
        ("version", code::HANDOVER),
        ("failed", code::FAILING),
        ("derived", code::DERIVED),
        ("send", code::SEND),
        ("entity", code::ENTITY),
        ("section", code::SECTION),
    ] {
        let harness = harness().await;
        histories.push((name, harness.run(orchestration, &3).await.export().await));
    }
    for (name, orchestration) in [("retry", code::RETRY), ("timer", code::TIMER), ("race-lost", code::RACE)] {
        let harness = harness().await;
        let run = harness.run(orchestration, &3).await;
        harness.skip_time().await;
        histories.push((name, run.export().await));
    }
    for (name, orchestration) in
        [("event", code::EVENT), ("race-won", code::RACE), ("patched", code::PATCHED), ("waiting-loop", code::LOOP)]
    {
        let harness = harness().await;
        let run = harness.run(orchestration, &3).await;
        run.raise("go", &Value::Null).await;
        histories.push((name, run.export().await));
    }
    histories.push(("continue-as-new", continued_as_new().await));
    histories.push(("suspended", suspended().await));
    histories.push(("terminated", terminated().await));
    histories.push(("large", large().await));
    histories.push(("child", child().await));
    histories.push(("rewound", rewound().await));
    histories.push(("decision", decision().await));
    histories.push(("timeout", slow(code::TIMEOUT, too_slow_once).await));
    histories.push(("overall-timeout", slow(code::OVERALL, too_slow_after_a_failure).await));
    histories.push(("heartbeat", slow(code::HEARTBEAT, silent_once).await));
    histories.push(("dropped", slow(code::DROPPED, endless).await));
    histories
}

async fn harness() -> Harness {
    Harness::builder().registry(code::registry().expect("the names differ")).start().await
}

async fn waiting(harness: &Harness, orchestration: Golden) -> Run<'_, Value> {
    let run = harness.run(orchestration, &3).await;
    harness.advance(Duration::from_secs(1)).await;
    run
}

/// An execution that another one followed.
async fn continued_as_new() -> String {
    let harness = harness().await;
    let run = waiting(&harness, code::LOOP).await;
    run.raise("other", &1).await;
    run.raise("go", &Value::Null).await;
    harness.client().export_history(run.id(), Some(1)).await.expect("a history")
}

async fn suspended() -> String {
    let harness = harness().await;
    let run = waiting(&harness, code::EVENT).await;
    run.suspend().await;
    run.raise("go", &1).await;
    run.resume().await;
    run.export().await
}

async fn terminated() -> String {
    let harness = harness().await;
    let run = waiting(&harness, code::EVENT).await;
    run.terminate("enough").await;
    run.export().await
}

async fn large() -> String {
    let harness = harness().await;
    harness.run(code::LARGE, &44_000).await.export().await
}

/// An execution that has a parent.
async fn child() -> String {
    let harness = harness().await;
    harness.run(code::PARENT, &3).await;
    let id = InstanceId::parse("named child").expect("a valid id");
    harness.instance(id, code::CHILD).export().await
}

/// An execution that continues one that had failed.
async fn rewound() -> String {
    let answers = [Err(Failure::new("Broken", "not yet")), Ok(3)];
    let builder = Harness::builder().registry(code::registry().expect("the names differ"));
    let harness = builder.answers(code::MEND, answers).start().await;
    let run = harness.run(code::REWOUND, &3).await;
    harness.client().rewind(run.id(), "it is mended").await.expect("it has failed");
    harness.settle().await;
    run.export().await
}

/// A failure that the policy's own decision does not try again.
async fn decision() -> String {
    let answers = ["Busy", "Busy", "Busy", "Declined"].map(|kind| Err(Failure::new(kind, "as it should be")));
    let builder = Harness::builder().registry(code::registry().expect("the names differ"));
    let harness = builder.answers(code::MEND, answers).start().await;
    let run = harness.run(code::DECISION, &3).await;
    harness.skip_time().await;
    run.export().await
}

/// An execution whose activity does what `work` says, and lets time pass while it runs.
async fn slow<W, F>(orchestration: Golden, work: W) -> String
where
    W: Fn(ActivityContext, ManualClock) -> F + Send + Sync + 'static,
    F: Future<Output = Result<u32, Failure>> + Send + 'static,
{
    let clock = ManualClock::default();
    let time = clock.clone();
    let known = code::registry().expect("the names differ");
    let known = known.activity(code::SLOW, move |ctx, _: u32| work(ctx, time.clone())).expect("the names differ");
    let store = Sqlite::in_memory().await.expect("a database in memory");
    let engine = Engine::builder(store, known).clock(Arc::new(clock)).start().await.expect("it starts");
    let client = engine.client();
    let id = client.start(orchestration, &3).await.expect("started");
    client.wait_for_completion(&id, Duration::from_secs(3_600)).await.expect("it ends");
    client.export_history(&id, None).await.expect("a history")
}

async fn endless(_: ActivityContext, clock: ManualClock) -> Result<u32, Failure> {
    clock.advance(Duration::from_secs(25));
    pending().await
}

async fn too_slow_once(ctx: ActivityContext, clock: ManualClock) -> Result<u32, Failure> {
    if ctx.attempt() > 1 { Ok(7) } else { endless(ctx, clock).await }
}

async fn too_slow_after_a_failure(ctx: ActivityContext, clock: ManualClock) -> Result<u32, Failure> {
    if ctx.attempt() > 1 { endless(ctx, clock).await } else { Err(Failure::new("Busy", "try again")) }
}

async fn silent_once(ctx: ActivityContext, clock: ManualClock) -> Result<u32, Failure> {
    if ctx.attempt() > 1 {
        return Ok(ctx.last_heartbeat()?.unwrap_or_default());
    }
    ctx.heartbeat(&7)?;
    // The node hears it before time passes.
    tokio::task::yield_now().await;
    endless(ctx, clock).await
}
