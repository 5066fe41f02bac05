//! The sending of one mail. An instance of its own per mail, so that a slow or refusing server holds up nothing else.

use std::time::Duration;

use countersign_engine::model::{Failure, RetryPolicy};
use countersign_engine::registry::{Registry, RegistryError};
use countersign_engine::replay::OrchestrationContext;

use super::approval::{failure, patiently};
use super::names::{GIVE_UP_MAIL, MAIL, MailInput, SEND_MAIL};
use crate::email::Mailer;
use crate::portal::mail::{Delivery, MailTrouble};
use crate::portal::{MailId, Portal};

/// The kind of failure of a mail that was not accepted.
const NOT_ACCEPTED: &str = "MailNotAccepted";

pub(super) fn register(registry: Registry, portal: &Portal, mailer: &Mailer) -> Result<Registry, RegistryError> {
    let (sending, giving_up, mailer) = (portal.clone(), portal.clone(), mailer.clone());
    registry
        .orchestration(MAIL, mail)?
        .activity(SEND_MAIL, move |ctx, input| {
            let (portal, mailer) = (sending.clone(), mailer.clone());
            async move { send(&portal, &mailer, MailId(input.mail), ctx.attempt()).await }
        })?
        .activity(GIVE_UP_MAIL, move |_, input| {
            let portal = giving_up.clone();
            async move { portal.mark_mail_failed(MailId(input.mail)).await.map_err(|error| failure(&error)) }
        })
}

async fn mail(ctx: OrchestrationContext, input: MailInput) -> Result<String, Failure> {
    match ctx.call(SEND_MAIL, &input).retry(attempts()).await {
        Ok(how) => Ok(how),
        Err(failure) => {
            ctx.call(GIVE_UP_MAIL, &input).retry(patiently()).await?;
            Err(failure)
        }
    }
}

/// Attempts go on for about eight hours, from seconds to an hour apart.
fn attempts() -> RetryPolicy {
    RetryPolicy::exponential(Duration::from_secs(2), 20).max_interval(Duration::from_secs(3_600))
}

/// Sends a mail that was not sent yet. Whether the server has it is known only once that is noted; a crash in between sends
/// it again, under the same `Message-ID`.
async fn send(portal: &Portal, mailer: &Mailer, id: MailId, attempt: u32) -> Result<String, Failure> {
    let Some(facts) = portal.mail_to_send(id).await.map_err(|error| failure(&error))? else {
        return Ok("not needed".to_owned());
    };
    match mailer.send(&facts).await {
        Ok(delivery) => {
            let word = if delivery == Delivery::Sent { "sent" } else { "kept" };
            portal.mark_mail_delivered(id, delivery).await.map_err(|error| failure(&error))?;
            Ok(word.to_owned())
        }
        Err(trouble) => {
            let not_accepted = not_accepted(&trouble);
            // Without jitter there is nothing to draw.
            let pause = attempts().next_delay(attempt, Duration::ZERO, &not_accepted, 0.0);
            let next_attempt_at = pause.map(|pause| portal.now() + pause);
            portal.mark_mail_attempt(id, trouble, next_attempt_at).await.map_err(|error| failure(&error))?;
            Err(not_accepted)
        }
    }
}

fn not_accepted(trouble: &MailTrouble) -> Failure {
    let failure = Failure::new(NOT_ACCEPTED, trouble.sentence.clone());
    if trouble.permanent { failure.non_retriable() } else { failure }
}
