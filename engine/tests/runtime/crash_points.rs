//! A node that dies at its first store call, at its second, and so on, before the call takes effect and after: whatever was
//! acknowledged is there afterwards, and everything ends as if nothing had happened.

use std::sync::Arc;

use countersign_engine::testing::{CrashAt, CrashingStore, Stepper, crash_at_every_call};
use countersign_engine::{EngineError, RuntimeStatus, StoreError};

use crate::support::{APPROVAL, COUNTDOWN, FAMILY, Verdict, World, id, record, registry, taken_or_done};

/// Starts three instances and raises what they wait for; gives up at the first error, like a caller whose node died.
async fn scenario(node: &Stepper) -> Result<(), EngineError> {
    let client = node.client();
    client.start(FAMILY, &2).id(id("family")).await?;
    client.start(APPROVAL, &5).id(id("approval")).await?;
    client.start(COUNTDOWN, &2).id(id("countdown")).await?;
    node.run_until_idle().await?;
    client.raise_event(&id("countdown"), "step", &1).await?;
    client.raise_event(&id("countdown"), "step", &1).await?;
    node.run_to_the_end().await?;
    Ok(())
}

/// What the caller does on the next node: repeats what was not acknowledged, and lets everything run to its end.
async fn recover(node: &Stepper) {
    let client = node.client();
    taken_or_done(client.start(FAMILY, &2).id(id("family")).await);
    taken_or_done(client.start(APPROVAL, &5).id(id("approval")).await);
    taken_or_done(client.start(COUNTDOWN, &2).id(id("countdown")).await);
    node.run_to_the_end().await.expect("the second node lives");
    for _ in 0..2 {
        match client.raise_event(&id("countdown"), "step", &1).await {
            Ok(()) | Err(EngineError::Store(StoreError::Finished { .. })) => {}
            Err(error) => panic!("{error}"),
        }
        node.run_to_the_end().await.expect("the second node lives");
    }
}

async fn survives(at: CrashAt) -> bool {
    let world = World::new().await;
    let crashing = Arc::new(CrashingStore::new(Arc::clone(&world.store), at));
    let names = || registry().expect("the names differ");
    if let Ok(node) = Stepper::start(crashing.clone(), names(), world.clock.clone()).await {
        let _ = scenario(&node).await;
    }
    let node = world.node().await;
    recover(&node).await;
    let client = node.client();
    let family = record(&client, "family").await;
    assert_eq!(family.output.expect("completed").as_str(), "[2,6]", "{at:?}");
    let approval = record(&client, "approval").await;
    assert_eq!(
        approval.output.expect("completed").decode::<Verdict>().expect("a verdict"),
        Verdict::Expired(10),
        "{at:?}"
    );
    assert_eq!(record(&client, "countdown").await.status, RuntimeStatus::Completed, "{at:?}");
    node.check().await.expect("checked");
    crashing.has_crashed()
}

async fn every_crash(at: impl Fn(u64) -> CrashAt) {
    let calls = crash_at_every_call(at, survives).await;
    assert!(calls >= 50, "the scenario makes only {calls} calls");
}

#[tokio::test]
async fn every_crash_before_a_call_takes_effect_is_survived() {
    every_crash(CrashAt::Before).await;
}

#[tokio::test]
async fn every_crash_after_a_call_took_effect_is_survived() {
    every_crash(CrashAt::After).await;
}
