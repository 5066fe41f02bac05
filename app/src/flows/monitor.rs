//! The watch over one service. The instance never ends by itself: each execution makes the check that is due and waits for the
//! next one, so that neither its history nor what is kept of it grows.

use std::sync::Arc;

use countersign_engine::clock::Timestamp;
use countersign_engine::model::Failure;
use countersign_engine::registry::{Registry, RegistryError};
use countersign_engine::replay::OrchestrationContext;
use serde_json::json;

use super::approval::{failure, patiently};
use super::names::{CHECK_MONITOR, MONITOR, MONITOR_CHANGED, MonitorInput, MonitorRest};
use crate::portal::monitors::MonitorStep;
use crate::portal::ports::Outbound;
use crate::portal::{MonitorId, Portal, PortalError, Time};

pub(super) fn register(
    registry: Registry,
    portal: &Portal,
    outbound: &Arc<dyn Outbound>,
) -> Result<Registry, RegistryError> {
    let (portal, outbound) = (portal.clone(), outbound.clone());
    registry.orchestration(MONITOR, monitor)?.activity(CHECK_MONITOR, move |_, input| {
        let (portal, outbound) = (portal.clone(), outbound.clone());
        async move { check(&portal, &*outbound, MonitorId(input.monitor)).await }
    })
}

async fn monitor(ctx: OrchestrationContext, input: MonitorInput) -> Result<String, Failure> {
    let MonitorRest::Until { wake_at } = ctx.call(CHECK_MONITOR, &input).retry(patiently()).await? else {
        return Ok("deleted".to_owned());
    };
    ctx.set_custom_status(&json!({ "next_check_at": wake_at }))?;
    // What the event says does not matter: the rows do.
    let changed = ctx.external_event::<()>(MONITOR_CHANGED);
    match wake_at {
        Some(at) => _ = ctx.first_of(changed, ctx.timer_at(Timestamp::from_micros(at))).await,
        None => _ = changed.await,
    }
    ctx.continue_as_new(&input).await
}

/// Makes the check that is due, if one is. A crash before it is recorded makes it once more; a crash after that finds that it is
/// not due any more.
async fn check(portal: &Portal, outbound: &dyn Outbound, id: MonitorId) -> Result<MonitorRest, Failure> {
    let trouble = |error: PortalError| failure(&error);
    if let MonitorStep::Check(probe) = portal.next_monitor_step(id).await.map_err(trouble)? {
        let result = outbound.send(probe.request.clone()).await;
        portal.record_check(&probe, result).await.map_err(trouble)?;
    }
    Ok(match portal.next_monitor_step(id).await.map_err(trouble)? {
        // Somebody changed the monitor meanwhile.
        MonitorStep::Check(_) => MonitorRest::Until { wake_at: Some(portal.now().micros()) },
        MonitorStep::Wait(until) => MonitorRest::Until { wake_at: until.map(Time::micros) },
        MonitorStep::Gone => MonitorRest::Gone,
    })
}
