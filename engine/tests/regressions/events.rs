//! External events around the end of an execution.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use countersign_engine::model::Raised;
use countersign_engine::runtime::Wake;
use countersign_engine::testing::{Fate, FatedStore, Stepper};
use countersign_engine::{
    Client, EventKind, Failure, Orchestration, OrchestrationContext, Registry, RuntimeStatus, StoreError,
};

use crate::support::{World, id, output, record};

const COUNTDOWN: Orchestration<u32, u32> = Orchestration::named("Countdown");
const COLLECT: Orchestration<bool, Vec<u32>> = Orchestration::named("Collect");

fn registry() -> Registry {
    let registry = Registry::new().orchestration(COUNTDOWN, countdown);
    registry.and_then(|names| names.orchestration(COLLECT, collect)).expect("the names differ")
}

/// Each execution takes one event.
async fn countdown(ctx: OrchestrationContext, left: u32) -> Result<u32, Failure> {
    ctx.external_event::<()>("step").await?;
    if left > 1 { ctx.continue_as_new(&(left - 1)).await } else { Ok(0) }
}

/// The first execution takes one event and hands all others on; the second takes one of each name.
async fn collect(ctx: OrchestrationContext, second: bool) -> Result<Vec<u32>, Failure> {
    if !second {
        ctx.external_event::<()>("go").await?;
        return ctx.continue_as_new(&true).await;
    }
    let mut values = Vec::new();
    for name in 0..NAMES {
        for _ in 0..2 {
            values.push(ctx.external_event::<u32>(format!("name-{name}")).await?);
        }
    }
    Ok(values)
}

/// Enough names that a map with random order would hardly ever keep them in theirs.
const NAMES: u32 = 20;

/// Raises an event just before each commit, after the turn that it records was computed.
struct Meddler {
    client: OnceLock<Client>,
    left: AtomicU32,
}

#[async_trait]
impl Fate for Meddler {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        let Some(client) = self.client.get().filter(|_| call == "commit") else { return Ok(()) };
        let counted = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if counted.is_ok() {
            client.raise_event(&id("countdown"), "step", &()).await.expect("the instance has not ended");
        }
        Ok(())
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }
}

/// The cure: the inbox belongs to the instance and not to the execution, and a turn consumes only what it has read.
#[tokio::test]
async fn events_that_arrive_while_continue_as_new_is_committed_are_kept() {
    const EVENTS: u32 = 12;
    let world = World::new().await;
    let meddler = Meddler { client: OnceLock::new(), left: AtomicU32::new(EVENTS) };
    let meddled = Arc::new(FatedStore::under(Arc::clone(&world.store), meddler));
    let wake = Wake::default();
    let node = Stepper::start_with(meddled.clone(), registry(), world.clock.clone(), wake.clone()).await;
    let node = node.expect("the node starts");
    let outside = Client::new(Arc::clone(&world.store), Arc::new(world.clock.clone()), wake);
    outside.start(COUNTDOWN, &EVENTS).id(id("countdown")).await.expect("started");
    assert!(meddled.fate().client.set(outside.clone()).is_ok(), "it is set once");
    node.run_until_idle().await.expect("it runs");
    let ended = record(&outside, "countdown").await;
    assert_eq!((ended.status, ended.ordinal), (RuntimeStatus::Completed, EVENTS), "each event moved one execution on");
}

/// An execution that has received many events and used none.
async fn receive(node: &Stepper) {
    let client = node.client();
    client.start(COLLECT, &false).id(id("collect")).await.expect("started");
    for value in 0..2 * NAMES {
        let name = format!("name-{}", value % NAMES);
        client.raise_event(&id("collect"), &name, &value).await.expect("raised");
    }
    node.run_until_idle().await.expect("it runs");
}

/// Has the execution end, and gives what the next one began with.
async fn hand_over(node: &Stepper) -> Vec<Raised> {
    let client = node.client();
    client.raise_event(&id("collect"), "go", &()).await.expect("raised");
    node.run_until_idle().await.expect("it runs");
    let expected: Vec<u32> = (0..NAMES).flat_map(|name| [name, name + NAMES]).collect();
    assert_eq!(output::<Vec<u32>>(&client, "collect").await, expected, "per name in the order of arrival");
    node.check().await.expect("the history replays to the same");
    let history = client.history(&id("collect"), Some(2)).await.expect("the second execution's history");
    let raised = history.into_iter().filter_map(|event| match event.kind {
        EventKind::EventRaised(raised) => Some(raised),
        _ => None,
    });
    raised.collect()
}

/// The cure: what is carried over is kept in ordered maps only.
#[tokio::test]
async fn events_of_many_names_are_carried_over_in_one_order_on_every_replay() {
    let mut orders = Vec::new();
    for is_rebuilt in [false, true, false] {
        let world = World::new().await;
        let mut node = world.node(&registry()).await;
        receive(&node).await;
        if is_rebuilt {
            node = world.node(&registry()).await;
        }
        orders.push(hand_over(&node).await);
    }
    assert_eq!(orders[0].len(), 2 * NAMES as usize, "all of them");
    assert_eq!(orders[1], orders[0], "a run that was rebuilt from its history");
    assert_eq!(orders[2], orders[0], "another run in memory");
}
