//! The engine's part of a unit of work.

use countersign_engine::client::{EngineError, IfExists, Within};
use countersign_engine::ids::InstanceId;
use countersign_engine::model::Payload;
use countersign_engine::store::StoreError;

use crate::flows::names::{
    APPROVAL, ApprovalInput, DIGEST, DIGEST_CHANGED, DecisionRef, DigestInput, MAIL, MONITOR, MONITOR_CHANGED,
    MailInput, MonitorInput, PREVIEW, PreviewInput, REQUEST_CHANGED, WEBHOOK, WebhookInput, decision_event,
};
use crate::portal::digests::instance_of_digests;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{AssignmentId, DecisionId, DeliveryId, FileId, MailId, MonitorId, RequestId, UserId};
use crate::portal::mail::instance_of_mail;
use crate::portal::monitors::instance_of_monitor;
use crate::portal::previews::instance_of_preview;
use crate::portal::request::instance_of_request;
use crate::portal::webhooks::instance_of_delivery;

pub(super) async fn start_request(engine: Within<'_>, request: RequestId, generation: u32) -> Result<()> {
    let input = ApprovalInput { request: request.0, generation };
    engine.start(APPROVAL, &input).id(instance(&instance_of_request(request))?).await?;
    Ok(())
}

pub(super) async fn restart_request(engine: Within<'_>, request: RequestId, generation: u32) -> Result<()> {
    let input = Payload::encode(&ApprovalInput { request: request.0, generation }).map_err(EngineError::from)?;
    engine.restart(&instance(&instance_of_request(request))?, Some(input)).await.map_err(unfinished)
}

/// An instance that has ended needs not be told: if it is begun anew, it reads the rows first of all.
pub(super) async fn wake_request(engine: Within<'_>, request: RequestId) -> Result<()> {
    wake(engine, &instance_of_request(request), REQUEST_CHANGED).await
}

async fn wake(engine: Within<'_>, id: &str, event: &str) -> Result<()> {
    match engine.raise_event(&instance(id)?, event, &()).await {
        Err(EngineError::Store(StoreError::Finished { .. })) => Ok(()),
        other => other.map_err(PortalError::from),
    }
}

pub(super) async fn start_mail(engine: Within<'_>, mail: MailId) -> Result<()> {
    engine.start(MAIL, &MailInput { mail: mail.0 }).id(instance(&instance_of_mail(mail))?).await?;
    Ok(())
}

pub(super) async fn start_delivery(engine: Within<'_>, delivery: DeliveryId) -> Result<()> {
    let id = instance(&instance_of_delivery(delivery))?;
    engine.start(WEBHOOK, &WebhookInput { delivery: delivery.0 }).id(id).await?;
    Ok(())
}

/// Removes the instance of a delivery; `false` when it has not ended yet.
pub(super) async fn purge_delivery(engine: Within<'_>, delivery: DeliveryId) -> Result<bool> {
    purge(engine, &instance_of_delivery(delivery)).await
}

pub(super) async fn start_preview(engine: Within<'_>, file: FileId) -> Result<()> {
    let input = PreviewInput { file: file.to_string() };
    engine.start(PREVIEW, &input).id(instance(&instance_of_preview(file))?).await?;
    Ok(())
}

/// Whether there is an instance that makes the preview of a file, and it has not ended.
pub(super) async fn makes_preview(engine: Within<'_>, file: FileId) -> Result<bool> {
    let found = engine.status(&instance(&instance_of_preview(file))?).await?;
    Ok(found.is_some_and(|record| !record.status.is_finished()))
}

/// Removes the instance of a preview; `false` when it has not ended yet.
pub(super) async fn purge_preview(engine: Within<'_>, file: FileId) -> Result<bool> {
    purge(engine, &instance_of_preview(file)).await
}

/// Removes an instance, if there is one; `false` when it has not ended yet.
async fn purge(engine: Within<'_>, id: &str) -> Result<bool> {
    match engine.purge(&instance(id)?).await {
        Ok(_) | Err(EngineError::Store(StoreError::NotFound(_))) => Ok(true),
        Err(EngineError::Store(StoreError::WrongState { .. })) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn start_monitor(engine: Within<'_>, monitor: MonitorId) -> Result<()> {
    let id = instance(&instance_of_monitor(monitor))?;
    engine.start(MONITOR, &MonitorInput { monitor: monitor.0 }).id(id).await?;
    Ok(())
}

/// The same for a monitor.
pub(super) async fn wake_monitor(engine: Within<'_>, monitor: MonitorId) -> Result<()> {
    wake(engine, &instance_of_monitor(monitor), MONITOR_CHANGED).await
}

/// Wakes the instance that writes somebody's digests, or starts one where there is none, or none any more.
pub(super) async fn keep_digests(engine: Within<'_>, user: UserId) -> Result<()> {
    let id = instance(&instance_of_digests(user))?;
    match engine.raise_event(&id, DIGEST_CHANGED, &()).await {
        Err(EngineError::Store(StoreError::NotFound(_) | StoreError::Finished { .. })) => {
            let first = DigestInput { user: user.0, turn: None };
            engine.start(DIGEST, &first).id(id).if_exists(IfExists::ReplaceFinished).await?;
            Ok(())
        }
        other => other.map_err(PortalError::from),
    }
}

pub(super) async fn restart(engine: Within<'_>, id: &str) -> Result<()> {
    engine.restart(&instance(id)?, None).await.map_err(unfinished)
}

/// An instance that has ended needs not be told: it read the rows after the last event that mattered.
pub(super) async fn raise_decision(
    engine: Within<'_>,
    request: RequestId,
    assignment: AssignmentId,
    generation: u32,
    decision: DecisionId,
) -> Result<()> {
    let event = decision_event(assignment.0, generation);
    match engine
        .raise_event(&instance(&instance_of_request(request))?, &event, &DecisionRef { decision: decision.0 })
        .await
    {
        Err(EngineError::Store(StoreError::Finished { .. })) => Ok(()),
        other => other.map_err(PortalError::from),
    }
}

/// `false` when the instance has ended already.
pub(super) async fn terminate(engine: Within<'_>, id: &str, reason: &str) -> Result<bool> {
    match engine.terminate(&instance(id)?, reason).await {
        Ok(()) => Ok(true),
        Err(EngineError::Store(StoreError::Finished { .. })) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

/// An instance id. The text comes from pages too, so one that is none names nothing.
pub(super) fn instance(id: &str) -> Result<InstanceId> {
    InstanceId::parse(id).map_err(|_| PortalError::NotFound)
}

fn unfinished(error: EngineError) -> PortalError {
    match error {
        EngineError::Store(StoreError::WrongState { .. }) => PortalError::conflict(
            "Only what has finished can be restarted. If it was ended a moment ago, try again in a few seconds.",
        ),
        other => other.into(),
    }
}
