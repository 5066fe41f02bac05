//! A store in a folder of its own, and orchestrations that use everything the engine has.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::registry::RegistryError;
use countersign_engine::store::Store;
use countersign_engine::testing::{ManualClock, ScratchStore, Stepper};
use countersign_engine::{
    Activity, Client, EngineError, Failure, InstanceId, InstanceRecord, Orchestration, OrchestrationContext, Registry,
    RetryPolicy,
};
use futures::future::{Either, join_all};
use serde::{Deserialize, Serialize};

pub(crate) const DOUBLE: Activity<u32, u32> = Activity::named("Double");
pub(crate) const FLAKY: Activity<u32, u32> = Activity::named("Flaky");
pub(crate) const SUM: Orchestration<Vec<u32>, u32> = Orchestration::named("Sum");
pub(crate) const APPROVAL: Orchestration<u32, Verdict> = Orchestration::named("Approval");
pub(crate) const COUNTDOWN: Orchestration<u32, u32> = Orchestration::named("Countdown");
pub(crate) const FAMILY: Orchestration<u32, Vec<u32>> = Orchestration::named("Family");

/// Waits for one child, an approval, of the id that is its input.
pub(crate) const PARENT: Orchestration<String, Verdict> = Orchestration::named("Parent");

/// How an approval ended.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Verdict {
    Approved(u32),
    Expired(u32),
}

/// A database that outlives its nodes.
pub(crate) struct World {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: ManualClock,
    _scratch: ScratchStore,
}

impl World {
    /// On the store that the environment names.
    pub(crate) async fn new() -> Self {
        Self::on(ScratchStore::create().await)
    }

    pub(crate) fn on(scratch: ScratchStore) -> Self {
        Self { store: Arc::clone(&scratch.store), clock: ManualClock::default(), _scratch: scratch }
    }

    /// A node on this world's store.
    pub(crate) async fn node(&self) -> Stepper {
        self.node_with(registry().expect("the names differ")).await
    }

    pub(crate) async fn node_with(&self, registry: Registry) -> Stepper {
        Stepper::start(Arc::clone(&self.store), registry, self.clock.clone()).await.expect("the node starts")
    }
}

pub(crate) fn id(text: &str) -> InstanceId {
    InstanceId::parse(text).expect("a valid id")
}

pub(crate) async fn record(client: &Client, instance: &str) -> InstanceRecord {
    client.status(&id(instance)).await.expect("the store answers").expect("the instance exists")
}

pub(crate) fn registry() -> Result<Registry, RegistryError> {
    Registry::new()
        .activity(DOUBLE, |_, n: u32| async move { Ok(n * 2) })?
        .activity(FLAKY, |ctx, n: u32| async move {
            if ctx.attempt() < 3 { Err(Failure::new("Busy", "try again")) } else { Ok(n) }
        })?
        .orchestration(SUM, sum)?
        .orchestration(APPROVAL, approval)?
        .orchestration(COUNTDOWN, countdown)?
        .orchestration(FAMILY, family)?
        .orchestration(PARENT, |ctx, child: String| async move { ctx.child(APPROVAL, &5).id(id(&child)).await })
}

async fn sum(ctx: OrchestrationContext, numbers: Vec<u32>) -> Result<u32, Failure> {
    let doubled = join_all(numbers.iter().map(|n| ctx.call(DOUBLE, n))).await;
    doubled.into_iter().sum()
}

/// Reminds once, then expires; a retry that succeeds at the third try comes first.
async fn approval(ctx: OrchestrationContext, amount: u32) -> Result<Verdict, Failure> {
    let amount = ctx.call(FLAKY, &amount).retry(RetryPolicy::exponential(Duration::from_secs(1), 5)).await?;
    for reminders in 0..2 {
        ctx.set_custom_status(&reminders)?;
        let decision = ctx.external_event::<u32>("decision");
        if let Either::Left(decided) = ctx.first_of(decision, ctx.timer(Duration::from_secs(3_600))).await {
            return Ok(Verdict::Approved(amount + decided?));
        }
    }
    Ok(Verdict::Expired(ctx.call(DOUBLE, &amount).await?))
}

async fn countdown(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    let step: u32 = ctx.external_event("step").await?;
    if n > step { ctx.continue_as_new(&(n - step)).await } else { Ok(0) }
}

async fn family(ctx: OrchestrationContext, children: u32) -> Result<Vec<u32>, Failure> {
    let sums = (0..children).map(|n| ctx.child(SUM, &vec![n, n + 1]));
    join_all(sums).await.into_iter().collect()
}

/// Repeats a call whose outcome was lost with its node; that it took effect the first time is fine.
pub(crate) fn taken_or_done(result: Result<InstanceId, EngineError>) {
    use countersign_engine::StoreError;
    match result {
        Ok(_) | Err(EngineError::Store(StoreError::Exists(_))) => {}
        Err(error) => panic!("{error}"),
    }
}
