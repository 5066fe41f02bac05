//! The life of a request, one round of it.

use std::time::Duration;

use countersign_engine::clock::Timestamp;
use countersign_engine::model::{Failure, RetryPolicy};
use countersign_engine::registry::{Registry, RegistryError};
use countersign_engine::replay::OrchestrationContext;
use futures::FutureExt;
use futures::future::{BoxFuture, select_all};
use serde_json::json;

use super::names::{
    ADVANCE, APPROVAL, ApprovalInput, CONCLUDE, DecisionRef, NextStep, OPEN_STAGE, REQUEST_CHANGED, decision_event,
};
use crate::portal::policy::Ruling;
use crate::portal::request::Ending;
use crate::portal::{Next, Portal, PortalError, RequestId, Round, is_worth_retrying};

pub(super) fn register(registry: Registry, portal: &Portal) -> Result<Registry, RegistryError> {
    let (open, advance, conclude) = (portal.clone(), portal.clone(), portal.clone());
    registry
        .orchestration(APPROVAL, approval)?
        .activity(OPEN_STAGE, move |_, input| {
            let portal = open.clone();
            async move { answer(portal.open_stage(round(input)).await) }
        })?
        .activity(ADVANCE, move |_, input| {
            let portal = advance.clone();
            async move { answer(portal.advance(round(input)).await) }
        })?
        .activity(CONCLUDE, move |_, input| {
            let portal = conclude.clone();
            async move { answer(portal.conclude(round(input)).await) }
        })
}

async fn approval(ctx: OrchestrationContext, input: ApprovalInput) -> Result<String, Failure> {
    let mut next = ctx.call(OPEN_STAGE, &input).retry(patiently()).await?;
    loop {
        match next {
            NextStep::Wait { open, wake_at } => {
                ctx.set_custom_status(
                    &json!({ "generation": input.generation, "open": open.len(), "wake_at": wake_at }),
                )?;
                wait(&ctx, input.generation, &open, wake_at).await;
                next = ctx.call(ADVANCE, &input).retry(patiently()).await?;
            }
            NextStep::Ended { how } => {
                ctx.set_custom_status(&json!({ "generation": input.generation, "ended": how }))?;
                ctx.call(CONCLUDE, &input).retry(patiently()).await?;
                return Ok(how);
            }
            NextStep::Superseded => return Ok("superseded".to_owned()),
        }
    }
}

/// Waits for an answer, for a change of the rows, or for the time. What the event says does not matter: the rows do.
async fn wait(ctx: &OrchestrationContext, generation: u32, open: &[uuid::Uuid], wake_at: Option<i64>) {
    let answer =
        |id: &uuid::Uuid| ctx.external_event::<DecisionRef>(decision_event(*id, generation)).map(|_| ()).boxed();
    let time = |at: i64| ctx.timer_at(Timestamp::from_micros(at)).map(|_| ()).boxed();
    let changed = ctx.external_event::<()>(REQUEST_CHANGED).map(|_| ()).boxed();
    let waits: Vec<BoxFuture<'_, ()>> = open.iter().map(answer).chain(wake_at.map(time)).chain([changed]).collect();
    select_all(waits).await;
}

/// A database that is full or busy is waited for, for about a week; then the instance fails and an admin restarts it.
pub(super) fn patiently() -> RetryPolicy {
    RetryPolicy::exponential(Duration::from_secs(1), 1_000).max_interval(Duration::from_secs(600))
}

/// A portal's error as a failure of its activity.
pub(super) fn failure(error: &PortalError) -> Failure {
    let failure = Failure::new("Portal", error.to_string());
    if is_worth_retrying(error) { failure } else { failure.non_retriable() }
}

fn round(input: ApprovalInput) -> Round {
    Round { request: RequestId(input.request), generation: input.generation }
}

fn answer(result: Result<Next, PortalError>) -> Result<NextStep, Failure> {
    match result {
        Ok(Next::Wait { open, wake_at }) => Ok(NextStep::Wait {
            open: open.into_iter().map(|id| id.0).collect(),
            wake_at: wake_at.map(|at| at.micros()),
        }),
        Ok(Next::Ended(ending)) => Ok(NextStep::Ended { how: word(ending).to_owned() }),
        Ok(Next::Superseded) => Ok(NextStep::Superseded),
        Err(error) => Err(failure(&error)),
    }
}

const fn word(ending: Ending) -> &'static str {
    match ending {
        Ending::Ruled(Ruling::Approved) => "approved",
        Ending::Ruled(Ruling::Rejected) => "rejected",
        Ending::Ruled(Ruling::Expired) => "expired",
        Ending::Terminated => "terminated",
        Ending::Withdrawn => "withdrawn",
    }
}
