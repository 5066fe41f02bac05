//! The delivery of one event to one webhook. An instance of its own per delivery, so that a slow or refusing receiver holds up
//! nothing else.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::model::{Failure, RetryPolicy};
use countersign_engine::registry::{Registry, RegistryError};
use countersign_engine::replay::OrchestrationContext;

use super::approval::{failure, patiently};
use super::names::{GIVE_UP_DELIVERY, POST_DELIVERY, WEBHOOK, WebhookInput};
use crate::portal::ports::{Outbound, OutboundError, OutboundRequest};
use crate::portal::webhooks::{DeliveryStep, Heard, Noted};
use crate::portal::{DeliveryId, Portal, Time};

/// The kind of failure of a delivery that was not accepted.
const NOT_ACCEPTED: &str = "WebhookNotAccepted";

pub(super) fn register(
    registry: Registry,
    portal: &Portal,
    outbound: &Arc<dyn Outbound>,
) -> Result<Registry, RegistryError> {
    let (posting, giving_up, outbound) = (portal.clone(), portal.clone(), outbound.clone());
    registry
        .orchestration(WEBHOOK, webhook)?
        .activity(POST_DELIVERY, move |ctx, input| {
            let (portal, outbound) = (posting.clone(), outbound.clone());
            async move { post(&portal, &*outbound, DeliveryId(input.delivery), ctx.attempt()).await }
        })?
        .activity(GIVE_UP_DELIVERY, move |_, input| {
            let portal = giving_up.clone();
            async move { portal.give_up_delivery(DeliveryId(input.delivery)).await.map_err(|error| failure(&error)) }
        })
}

async fn webhook(ctx: OrchestrationContext, input: WebhookInput) -> Result<String, Failure> {
    match ctx.call(POST_DELIVERY, &input).retry(attempts()).await {
        Ok(how) => Ok(how),
        Err(failure) => {
            ctx.call(GIVE_UP_DELIVERY, &input).retry(patiently()).await?;
            Err(failure)
        }
    }
}

/// Attempts go on for about a day, from seconds to four hours apart.
fn attempts() -> RetryPolicy {
    RetryPolicy::exponential(Duration::from_secs(5), 18).max_interval(Duration::from_secs(4 * 3_600))
}

/// Posts a delivery that is not over yet. Whether the receiver has it is known only once that is noted; a crash in between
/// posts it again, under the same id.
async fn post(portal: &Portal, outbound: &dyn Outbound, id: DeliveryId, attempt: u32) -> Result<String, Failure> {
    let heard = match portal.delivery_to_send(id).await.map_err(|error| failure(&error))? {
        DeliveryStep::Nothing => return Ok("not needed".to_owned()),
        DeliveryStep::GiveUp(sentence) => Heard::Trouble { sentence, permanent: true },
        DeliveryStep::Post(request) => hear(outbound, request).await,
    };
    let next_attempt_at = next_attempt(portal, attempt);
    match portal.note_delivery(id, heard, next_attempt_at).await.map_err(|error| failure(&error))? {
        Noted::Delivered => Ok("delivered".to_owned()),
        Noted::Again(sentence) => Err(Failure::new(NOT_ACCEPTED, sentence)),
        Noted::Over(sentence) => Err(Failure::new(NOT_ACCEPTED, sentence).non_retriable()),
    }
}

async fn hear(outbound: &dyn Outbound, request: OutboundRequest) -> Heard {
    match outbound.send(request).await {
        Ok(answer) => Heard::Answer { status: answer.status, body: answer.body },
        Err(OutboundError::Refused(sentence)) => Heard::Trouble { sentence, permanent: true },
        Err(OutboundError::Failed(sentence)) => Heard::Trouble { sentence, permanent: false },
    }
}

/// When the attempt after this one is made; `None` after the last. Without jitter there is nothing to draw.
fn next_attempt(portal: &Portal, attempt: u32) -> Option<Time> {
    let pause = attempts().next_delay(attempt, Duration::ZERO, &Failure::new(NOT_ACCEPTED, ""), 0.0);
    pause.map(|pause| portal.now() + pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_go_on_for_about_a_day() {
        let refused = Failure::new(NOT_ACCEPTED, "The receiver answered 500.");
        let pauses: Vec<_> =
            (1..).map_while(|attempt| attempts().next_delay(attempt, Duration::ZERO, &refused, 0.0)).collect();
        let hours = pauses.iter().sum::<Duration>().as_secs() / 3_600;
        assert_eq!((pauses.len(), pauses[0], hours), (17, Duration::from_secs(5), 25));
    }
}
