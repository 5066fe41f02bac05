//! The sample workflows that people start from the catalogue, and what their activities do here: the mails are real, the
//! checks go out through the guarded client, the rest computes.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::model::Failure;
use countersign_engine::registry::{ActivityContext, Registry, RegistryError};
use countersign_samples::fan_out_fan_in::{RUN_TASK, run_task};
use countersign_samples::function_chaining::{CHARGE_PAYMENT, Order as ChainedOrder, PROCESS_ORDER, ProcessedOrder};
use countersign_samples::greet::{SAY_HELLO, greeting};
use countersign_samples::human_interaction::{
    ARCHIVE_DOCUMENT, FINALIZE_DOCUMENT, GENERATE_DOCUMENT, NOTIFY_STAKEHOLDERS, Notice, Question, REQUEST_APPROVAL,
    Verdict,
};
use countersign_samples::monitor_service::{Alert, AlertKind, CHECK_SERVICE, Check, SEND_ALERT};
use countersign_samples::order_processing::{CHECK_INVENTORY, Order, PROCESS_PAYMENT, VALIDATE_ORDER};
use countersign_samples::receipt::{Receipt, SEND_CONFIRMATION_EMAIL};

use super::approval::failure;
use crate::portal::policy::Ruling;
use crate::portal::ports::{Outbound, OutboundRequest};
use crate::portal::workflows::{Catalogue, EntityKind, ServiceChange, ServiceNews, Workflow, WorkflowPost};
use crate::portal::{Portal, PortalError, Time};

/// How long a service may take to answer a check.
const CHECK_TIMEOUT: Duration = Duration::from_secs(10);

/// What people may start and signal.
pub fn catalogue() -> Catalogue {
    let workflows = countersign_samples::catalogue().into_iter().map(|sample| Workflow {
        name: sample.name.to_owned(),
        version: sample.version.to_owned(),
        summary: sample.summary.to_owned(),
        description: sample.description.to_owned(),
        input_schema: sample.input_schema,
        example: sample.example,
    });
    let entities = countersign_samples::entities().into_iter().map(|kind| EntityKind {
        name: kind.name.to_owned(),
        operations: kind.operations.into_iter().map(str::to_owned).collect(),
    });
    Catalogue::new(workflows.collect()).with_entities(entities.collect())
}

pub(super) fn register(
    registry: Registry,
    portal: &Portal,
    outbound: &Arc<dyn Outbound>,
) -> Result<Registry, RegistryError> {
    let registry = orders(countersign_samples::register(registry)?, portal)?;
    documents(services(registry, portal, outbound)?, portal)
}

fn orders(registry: Registry, portal: &Portal) -> Result<Registry, RegistryError> {
    let portal = portal.clone();
    registry
        .activity(SAY_HELLO, |_, name: String| async move { Ok(greeting(&name)) })?
        .activity(VALIDATE_ORDER, |_, order: Order| async move { Ok(order.is_valid()) })?
        .activity(CHECK_INVENTORY, |_, order: Order| async move { Ok(order.is_in_stock()) })?
        .activity(PROCESS_PAYMENT, |_, order: Order| async move { Ok(order.is_paid()) })?
        .activity(PROCESS_ORDER, |_, order: ChainedOrder| async move { Ok(order.process()) })?
        .activity(CHARGE_PAYMENT, |_, order: ProcessedOrder| async move { Ok(order.charge()) })?
        .activity(RUN_TASK, |_, name: String| async move { run_task(&name) })?
        .activity(SEND_CONFIRMATION_EMAIL, move |ctx, receipt: Receipt| {
            let portal = portal.clone();
            async move {
                let confirmation = receipt.confirmation();
                portal.mail_receipt(post(&ctx), &receipt.order, &confirmation).await.map_err(|e| undeliverable(&e))?;
                Ok(confirmation)
            }
        })
}

fn services(registry: Registry, portal: &Portal, outbound: &Arc<dyn Outbound>) -> Result<Registry, RegistryError> {
    let (portal, outbound) = (portal.clone(), outbound.clone());
    registry
        .activity(CHECK_SERVICE, move |_, url: String| {
            let outbound = outbound.clone();
            async move { Ok(check(&*outbound, url).await) }
        })?
        .activity(SEND_ALERT, move |ctx, alert: Alert| {
            let portal = portal.clone();
            async move {
                let change = match alert.kind {
                    AlertKind::Down => ServiceChange::Down,
                    AlertKind::StillDown => ServiceChange::StillDown,
                    AlertKind::Recovered => ServiceChange::Recovered,
                };
                let news = ServiceNews { to: alert.to, change, url: alert.url, detail: alert.detail };
                portal.mail_service_news(post(&ctx), &news).await.map_err(|error| undeliverable(&error))
            }
        })
}

/// Finalising and archiving leave their mark in the history of the run: there is no other place that keeps documents of runs.
fn documents(registry: Registry, portal: &Portal) -> Result<Registry, RegistryError> {
    let (asking, telling) = (portal.clone(), portal.clone());
    registry
        .activity(GENERATE_DOCUMENT, |_, title: String| async move { Ok(document(&title)) })?
        .activity(REQUEST_APPROVAL, move |ctx, question: Question| {
            let portal = asking.clone();
            async move {
                let due_at = Time(question.due_at.as_micros());
                let asked = portal.mail_question(post(&ctx), &question.to, &question.text, due_at).await;
                asked.map_err(|error| undeliverable(&error))
            }
        })?
        .activity(FINALIZE_DOCUMENT, |_, _: String| async { Ok(()) })?
        .activity(NOTIFY_STAKEHOLDERS, move |ctx, notice: Notice| {
            let portal = telling.clone();
            async move {
                let ruling = match notice.outcome.verdict {
                    Verdict::Approved => Ruling::Approved,
                    Verdict::Rejected => Ruling::Rejected,
                };
                let told = portal.mail_outcome(post(&ctx), &notice.document, ruling, &notice.outcome.by).await;
                told.map_err(|error| undeliverable(&error))
            }
        })?
        .activity(ARCHIVE_DOCUMENT, |_, _: String| async { Ok(()) })
}

/// One look at a service: whatever keeps it from answering well is an answer too.
async fn check(outbound: &dyn Outbound, url: String) -> Check {
    let request = OutboundRequest { url, body: None, headers: Vec::new(), timeout: CHECK_TIMEOUT, keep_body: 0 };
    match outbound.send(request).await {
        Ok(answer) => Check {
            healthy: (200..300).contains(&answer.status),
            latency_ms: u64::try_from(answer.latency.as_millis()).unwrap_or(u64::MAX),
            detail: format!("it answered with HTTP status {}", answer.status),
        },
        Err(error) => Check { healthy: false, latency_ms: 0, detail: error.to_string() },
    }
}

/// The text that an approver reads. Its first line is what mails call the document.
fn document(title: &str) -> String {
    format!(
        "{title}\n\nThis document is ready. Approve it, and it is finalised and archived; reject it, and it is not."
    )
}

fn post(ctx: &ActivityContext) -> WorkflowPost {
    WorkflowPost { run: ctx.instance_id().to_string(), key: ctx.idempotency_key().to_owned() }
}

/// An address that is none stays none, however often it is tried; the failure says so to whoever looks at the run.
fn undeliverable(error: &PortalError) -> Failure {
    match error {
        PortalError::Invalid(errors) => {
            let why: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
            Failure::new("Undeliverable", why.join(" ")).non_retriable()
        }
        other => failure(other),
    }
}
