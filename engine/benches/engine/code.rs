//! The orchestrations and activities of the workloads, all of them trivial: what is measured is the engine.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use countersign_engine::registry::RegistryError;
use countersign_engine::{Activity, Failure, Orchestration, OrchestrationContext, Registry, Timestamp};
use futures::future::Either;

use crate::drive::milliseconds;

/// Three activities one after the other; gives its input and three.
pub(crate) const CHAIN: Orchestration<u32, u32> = Orchestration::named("Chain");

/// So many activities at once; gives their number.
pub(crate) const FAN_OUT: Orchestration<u32, usize> = Orchestration::named("FanOut");

/// So many activities one after the other.
pub(crate) const STEPS: Orchestration<u32, ()> = Orchestration::named("Steps");

/// Waits for [`DECISION`], until the moment given; gives whether it came.
pub(crate) const APPROVAL: Orchestration<Timestamp, bool> = Orchestration::named("Approval");

/// The external event of [`APPROVAL`]: a `bool`.
pub(crate) const DECISION: &str = "decision";

/// Chains of three activities, one after the other, until [`Beats::stop`]; the input is its number.
pub(crate) const CHAINS: Orchestration<u32, ()> = Orchestration::named("Chains");

const BEAT: Activity<u32, bool> = Activity::named("Beat");
const ADD_ONE: Activity<u32, u32> = Activity::named("AddOne");
const STEP: Activity<u32, ()> = Activity::named("Step");

/// The deadline of instances that are not to meet it.
pub(crate) const FAR: Duration = Duration::from_hours(1);

/// When the steps of [`STEPS`] ran, in their order.
#[derive(Clone, Default)]
pub(crate) struct Marks(Arc<Mutex<Vec<Instant>>>);

impl Marks {
    pub(crate) fn take(&self) -> Vec<Instant> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
    }
}

/// When the chains of [`CHAINS`] began, by the numbers of their instances.
#[derive(Clone, Default)]
pub(crate) struct Beats(Arc<Mutex<Rhythm>>);

#[derive(Default)]
struct Rhythm {
    last: HashMap<u32, Instant>,
    /// How long chains took, in milliseconds.
    took: Vec<f64>,
    over: bool,
}

impl Beats {
    /// How long the chains took that have ended since the last call, in milliseconds.
    pub(crate) fn take(&self) -> Vec<f64> {
        std::mem::take(&mut self.lock().took)
    }

    /// Lets each instance end after its present chain.
    pub(crate) fn stop(&self) {
        self.lock().over = true;
    }

    /// Notes that a chain begins; whether it is to.
    fn beat(&self, number: u32) -> bool {
        let (mut rhythm, now) = (self.lock(), Instant::now());
        if let Some(before) = rhythm.last.insert(number, now) {
            rhythm.took.push(milliseconds(now - before));
        }
        !rhythm.over
    }

    fn lock(&self) -> MutexGuard<'_, Rhythm> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn registry(marks: Marks, beats: Beats) -> Result<Registry, RegistryError> {
    let step = move |_, _: u32| {
        marks.set();
        async { Ok(()) }
    };
    let beat = move |_, number: u32| {
        let goes_on = beats.beat(number);
        async move { Ok(goes_on) }
    };
    Registry::new()
        .orchestration(CHAIN, chain)?
        .orchestration(CHAINS, chains)?
        .activity(BEAT, beat)?
        .orchestration(FAN_OUT, fan_out)?
        .orchestration(STEPS, steps)?
        .orchestration(APPROVAL, approval)?
        .activity(ADD_ONE, |_, n: u32| async move { Ok(n + 1) })?
        .activity(STEP, step)
}

async fn chain(ctx: OrchestrationContext, mut n: u32) -> Result<u32, Failure> {
    for _ in 0..3 {
        n = ctx.call(ADD_ONE, &n).await?;
    }
    Ok(n)
}

async fn chains(ctx: OrchestrationContext, number: u32) -> Result<(), Failure> {
    while ctx.call(BEAT, &number).await? {
        for n in 0..2 {
            ctx.call(ADD_ONE, &n).await?;
        }
    }
    Ok(())
}

async fn fan_out(ctx: OrchestrationContext, calls: u32) -> Result<usize, Failure> {
    let results = ctx.fan_out(0..calls, |n| ctx.call(STEP, &n)).await;
    Ok(results.into_iter().collect::<Result<Vec<()>, Failure>>()?.len())
}

async fn steps(ctx: OrchestrationContext, count: u32) -> Result<(), Failure> {
    for n in 0..count {
        ctx.call(STEP, &n).await?;
    }
    Ok(())
}

async fn approval(ctx: OrchestrationContext, deadline: Timestamp) -> Result<bool, Failure> {
    match ctx.first_of(ctx.external_event::<bool>(DECISION), ctx.timer_at(deadline)).await {
        Either::Left(decision) => decision.map(|_| true),
        Either::Right(()) => Ok(false),
    }
}
