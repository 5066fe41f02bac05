//! The orchestrations whose histories are recorded. Their code may only be added to: a change of what is here would no
//! longer show whether the engine keeps its promise.

use std::num::NonZeroUsize;
use std::time::Duration;

use countersign_engine::registry::RegistryError;
use countersign_engine::{
    Activity, Entity, Failure, InstanceId, Operation, Orchestration, OrchestrationContext, Registry, RetryPolicy,
};
use futures::future::{Either, join, join_all};
use serde_json::{Value, json};

pub(crate) const ECHO: Activity<Value, Value> = Activity::named("Echo");
pub(crate) const LENGTH: Activity<String, usize> = Activity::named("Length");
pub(crate) const FLAKY: Activity<u32, u32> = Activity::named("Flaky");

/// An orchestration of the collection.
pub(crate) type Golden = Orchestration<u32, Value>;

pub(crate) const ACTIVITY: Golden = Orchestration::named("GoldenActivity");
pub(crate) const RETRY: Golden = Orchestration::named("GoldenRetry");
pub(crate) const TIMER: Golden = Orchestration::named("GoldenTimer");
pub(crate) const EVENT: Golden = Orchestration::named("GoldenEvent");
pub(crate) const RACE: Golden = Orchestration::named("GoldenRace");
pub(crate) const SEND: Golden = Orchestration::named("GoldenSend");
pub(crate) const CHILD: Golden = Orchestration::named("GoldenChild");
pub(crate) const PARENT: Golden = Orchestration::named("GoldenParent");
pub(crate) const DETACHED: Golden = Orchestration::named("GoldenDetached");
pub(crate) const FAN_OUT: Golden = Orchestration::named("GoldenFanOut");
pub(crate) const LOOP: Golden = Orchestration::named("GoldenLoop");
pub(crate) const HANDOVER: Golden = Orchestration::named("GoldenHandover");
pub(crate) const PATCHED: Golden = Orchestration::named("GoldenPatched");
pub(crate) const FAILING: Golden = Orchestration::named("GoldenFailing");
pub(crate) const DERIVED: Golden = Orchestration::named("GoldenDerived");
pub(crate) const ENTITY: Golden = Orchestration::named("GoldenEntity");
pub(crate) const REWOUND: Golden = Orchestration::named("GoldenRewound");
pub(crate) const LARGE: Golden = Orchestration::named("GoldenLarge");
pub(crate) const TIMEOUT: Golden = Orchestration::named("GoldenTimeout");
pub(crate) const OVERALL: Golden = Orchestration::named("GoldenOverallTimeout");
pub(crate) const HEARTBEAT: Golden = Orchestration::named("GoldenHeartbeat");
pub(crate) const DROPPED: Golden = Orchestration::named("GoldenDropped");
pub(crate) const SECTION: Golden = Orchestration::named("GoldenSection");
pub(crate) const DECISION: Golden = Orchestration::named("GoldenDecision");

/// What it answers is the scenario's to say.
pub(crate) const MEND: Activity<u32, u32> = Activity::named("GoldenMend");
/// How long it takes is the scenario's to say.
pub(crate) const SLOW: Activity<u32, u32> = Activity::named("GoldenSlow");
const SECOND: Duration = Duration::from_secs(1);
const COUNTER: Entity<u32> = Entity::named("counter");
const ADD: Operation<u32, u32, u32> = COUNTER.operation("add");

pub(crate) fn registry() -> Result<Registry, RegistryError> {
    Registry::new()
        .activity(ECHO, |_, value: Value| async move { Ok(value) })?
        .activity(LENGTH, |_, text: String| async move { Ok(text.len()) })?
        .activity(FLAKY, |ctx, n: u32| async move {
            if ctx.attempt() < 3 { Err(Failure::new("Busy", "try again")) } else { Ok(n) }
        })?
        .orchestration(ACTIVITY, |ctx, n: u32| async move { ctx.call(ECHO, &json!({ "n": n })).await })?
        .orchestration(RETRY, |ctx, n: u32| async move {
            let policy = RetryPolicy::exponential(Duration::from_secs(1), 5);
            Ok(json!(ctx.call(FLAKY, &n).retry(policy).await?))
        })?
        .orchestration(TIMER, |ctx, n: u32| async move {
            ctx.timer(Duration::from_secs(u64::from(n))).await;
            Ok(json!("it is time"))
        })?
        .orchestration(EVENT, |ctx, _: u32| async move { ctx.external_event("Go").await })?
        .orchestration(RACE, race)?
        .orchestration(SEND, |ctx, n: u32| async move {
            let receiver = InstanceId::parse("receiver").expect("a valid id");
            ctx.send_event(&receiver, "Go", &n)?;
            Ok(Value::Null)
        })?
        .orchestration(CHILD, |ctx, n: u32| async move { ctx.call(ECHO, &json!(n)).await })?
        .orchestration(PARENT, |ctx, n: u32| async move {
            let named = InstanceId::parse("named child").expect("a valid id");
            Ok(json!([ctx.child(CHILD, &n).await?, ctx.child(CHILD, &(n + 1)).id(named).await?]))
        })?
        .orchestration(DETACHED, |ctx, n: u32| async move { Ok(json!(ctx.start_detached(CHILD, &n).await?)) })?
        .orchestration(FAN_OUT, fan_out)?
        .orchestration(LOOP, |ctx, n: u32| async move {
            ctx.external_event::<Value>("Go").await?;
            if n > 1 { ctx.continue_as_new(&(n - 1)).await } else { Ok(json!("over")) }
        })?
        .orchestration(HANDOVER, |ctx, n: u32| async move { ctx.continue_as_new(&n).version("2").await })?
        .orchestration(HANDOVER.version("2"), |ctx, n: u32| async move { Ok(json!([ctx.version(), n])) })?
        .orchestration(PATCHED, patched)?
        .orchestration(FAILING, |_, _: u32| async move { Err(Failure::new("Broken", "as it should be")) })?
        .orchestration(REWOUND, |ctx, n: u32| async move {
            ctx.call(ECHO, &json!(n)).await?;
            Ok(json!(ctx.call(MEND, &n).await?))
        })?
        .orchestration(DERIVED, |ctx, _: u32| async move {
            let before = json!([ctx.new_uuid(), ctx.random(), ctx.now()]);
            ctx.call(ECHO, &before).await?;
            Ok(json!([before, ctx.new_uuid(), ctx.random(), ctx.now()]))
        })?
        .operation(ADD, |counter, n: u32| async move {
            Ok(counter.update(|count| {
                *count += n;
                *count
            }))
        })?
        .orchestration(ENTITY, |ctx, n: u32| async move {
            ctx.signal_entity(ADD, "a", &n)?;
            let before = ctx.call_entity(ADD, "a", &n).await?;
            let lock = ctx.lock([COUNTER.id("b")?, COUNTER.id("a")?]).await?;
            let within = ctx.call_entity(ADD, "b", &before).await?;
            drop(lock);
            Ok(json!([before, within]))
        })?
        .orchestration(
            LARGE,
            |ctx, n: u32| async move { Ok(json!(ctx.call(LENGTH, &"large ".repeat(n as usize)).await?)) },
        )?
        .orchestration(TIMEOUT, |ctx, n: u32| async move {
            let policy = RetryPolicy::fixed(Duration::ZERO, 3);
            Ok(json!(ctx.call(SLOW, &n).timeout(10 * SECOND).retry(policy).await?))
        })?
        .orchestration(OVERALL, |ctx, n: u32| async move {
            let policy = RetryPolicy::fixed(Duration::ZERO, 100);
            let ended = ctx.call(SLOW, &n).timeout(60 * SECOND).overall_timeout(25 * SECOND).retry(policy).await;
            Ok(json!(ended.map_err(|failure| [Some(failure.kind), failure.cause.map(|cause| cause.kind)])))
        })?
        .orchestration(HEARTBEAT, |ctx, n: u32| async move {
            let policy = RetryPolicy::fixed(Duration::ZERO, 3);
            Ok(json!(ctx.call(SLOW, &n).heartbeat_timeout(10 * SECOND).retry(policy).await?))
        })?
        .orchestration(DROPPED, dropped)?
        .orchestration(SECTION, section)?
        .orchestration(DECISION, |ctx, n: u32| async move {
            let policy = RetryPolicy::exponential(SECOND, 9).backoff_coefficient(3.0).max_interval(4 * SECOND);
            let policy = policy.retry_if(|failure, attempt| failure.kind == "Busy" && attempt < 9);
            Ok(json!(ctx.call(MEND, &n).retry(policy).await.map_err(|failure| failure.kind)))
        })
}

async fn dropped(ctx: OrchestrationContext, n: u32) -> Result<Value, Failure> {
    let named = InstanceId::parse("dropped child").expect("a valid id");
    let work = ctx.call(SLOW, &n).cancel_on_drop();
    let child = ctx.child(EVENT, &n).id(named).cancel_on_drop();
    match ctx.first_of(join(work, child), ctx.timer(10 * SECOND)).await {
        Either::Left(both) => Ok(json!([both.0?, both.1?])),
        Either::Right(()) => ctx.call(ECHO, &json!("too late")).await,
    }
}

async fn section(ctx: OrchestrationContext, n: u32) -> Result<Value, Failure> {
    let lock = ctx.lock([COUNTER.id("a")?, COUNTER.id("b")?]).await?;
    let first = ctx.call_entity(ADD, "b", &n).await?;
    let told = ctx.call(ECHO, &json!(first)).await?;
    let second = ctx.call_entity(ADD, "a", &(first + 1)).await?;
    drop(lock);
    let _lock = ctx.lock([COUNTER.id("a")?]).await?;
    Ok(json!([first, told, second, ctx.call_entity(ADD, "a", &n).await?]))
}

async fn race(ctx: OrchestrationContext, n: u32) -> Result<Value, Failure> {
    let event = ctx.external_event::<Value>("Go");
    let first = ctx.first_of(event, ctx.timer(Duration::from_secs(u64::from(n)))).await;
    let told = match first {
        Either::Left(value) => value?,
        Either::Right(()) => json!("too late"),
    };
    ctx.set_custom_status(&told)?;
    ctx.call(ECHO, &told).await
}

async fn fan_out(ctx: OrchestrationContext, n: u32) -> Result<Value, Failure> {
    let limit = NonZeroUsize::new(2).expect("not zero");
    let limited = ctx.fan_out(0..n, |n| ctx.call(ECHO, &json!(n))).limit(limit).await;
    let all = join_all((0..n).map(|n| ctx.call(ECHO, &json!(n)))).await;
    let results = limited.into_iter().chain(all).collect::<Result<Vec<_>, _>>()?;
    Ok(json!(results))
}

async fn patched(ctx: OrchestrationContext, n: u32) -> Result<Value, Failure> {
    let told = if ctx.patched("loud") { ctx.call(ECHO, &json!("loud")).await? } else { json!("quiet") };
    ctx.external_event::<Value>("Go").await?;
    Ok(json!([told, ctx.patched("loud"), n]))
}
