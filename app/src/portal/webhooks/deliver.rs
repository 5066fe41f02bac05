//! What the instance of a delivery calls, and what admins do with a delivery.

use std::time::Duration;

use super::delivery::{Delivery, DeliveryState};
use super::manage::may_write;
use super::secret::headers;
use super::webhook::Disabled;
use crate::portal::actor::Actor;
use crate::portal::clock::Time;
use crate::portal::control::{Verb, checked_reason};
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{DeliveryId, WebhookId};
use crate::portal::ports::OutboundRequest;
use crate::portal::service::Portal;
use crate::portal::work::{Audit, Work};

/// How long a receiver may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How much of an answer is kept.
const ANSWER_BYTES: usize = 2_048;
/// The status by which a receiver says that it wants to hear nothing any more.
const GONE: u16 = 410;
/// Deliveries older than this are deleted once they are delivered or given up.
const KEPT_FOR: Duration = Duration::from_secs(30 * 86_400);
/// The newest deliveries of a webhook, which are kept; of those before them only the ones under way are.
const KEPT: u64 = 1_000;
/// Deliveries that one transaction deletes with their instances: a few milliseconds of the writer's time.
const SWEPT_AT_ONCE: u32 = 50;

/// What the sender of a delivery is to do.
#[derive(Debug)]
pub enum DeliveryStep {
    /// Post this, and note what came back.
    Post(OutboundRequest),
    /// Note that it is hopeless, for this reason.
    GiveUp(String),
    /// Nothing: it was delivered, given up or deleted.
    Nothing,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The receiver answered.
    Answer {
        /// Its HTTP status.
        status: u16,
        /// How its answer begins.
        body: String,
    },
    /// It did not.
    Trouble {
        /// Why, for people.
        sentence: String,
        /// Whether another attempt would only come to the same.
        permanent: bool,
    },
}

/// How a delivery stands after an attempt was noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It is delivered.
    Delivered,
    /// It is worth another attempt; this is what went wrong.
    Again(String),
    /// It is given up; this is why.
    Over(String),
}

impl Portal {
    /// What is to be posted for a delivery, signed for this moment.
    pub async fn delivery_to_send(&self, id: DeliveryId) -> Result<DeliveryStep> {
        let Some(delivery) = self.reads().find_delivery(id).await?.filter(|delivery| !delivery.state.is_final()) else {
            return Ok(DeliveryStep::Nothing);
        };
        let Some(line) = self.reads().find_webhook(delivery.webhook).await? else {
            return Ok(DeliveryStep::GiveUp("The webhook was deleted.".into()));
        };
        if !line.webhook.is_active() {
            return Ok(DeliveryStep::GiveUp("The webhook is disabled.".into()));
        }
        match headers(&*self.parts.keys, &line.webhook, &delivery, self.now()) {
            Ok(headers) => Ok(DeliveryStep::Post(OutboundRequest {
                url: line.webhook.url,
                body: Some(delivery.payload.into_bytes()),
                headers,
                timeout: TIMEOUT,
                keep_body: ANSWER_BYTES,
            })),
            Err(PortalError::Conflict(reason)) => Ok(DeliveryStep::GiveUp(reason)),
            Err(error) => Err(error),
        }
    }

    /// Notes what came of an attempt, and when the next one is made if there is one. An answer of 200 to 299 is acceptance; 410
    /// gives up and disables the webhook too. Nothing changes when the delivery is over already.
    pub async fn note_delivery(&self, id: DeliveryId, heard: Heard, next_attempt_at: Option<Time>) -> Result<Noted> {
        let clock = self.parts.clock.clone();
        self.unit("note_delivery", move |work| {
            Box::pin(async move {
                let now = clock.now();
                let Some(mut delivery) = work.lock_delivery(id).await? else {
                    return Ok(Noted::Over("It was deleted.".into()));
                };
                if delivery.state.is_final() {
                    return Ok(noted(&delivery));
                }
                let is_gone = matches!(&heard, Heard::Answer { status: GONE, .. });
                apply(&mut delivery, heard, next_attempt_at, now);
                if is_gone {
                    disable_gone(work, delivery.webhook, now).await?;
                }
                work.update_delivery(&delivery).await?;
                Ok(noted(&delivery))
            })
        })
        .await
    }

    /// Notes that no further attempt is made.
    pub async fn give_up_delivery(&self, id: DeliveryId) -> Result<()> {
        self.unit("give_up_delivery", move |work| {
            Box::pin(async move {
                match work.lock_delivery(id).await? {
                    Some(mut delivery) if !delivery.state.is_final() => {
                        (delivery.state, delivery.next_attempt_at) = (DeliveryState::Failed, None);
                        work.update_delivery(&delivery).await
                    }
                    _ => Ok(()),
                }
            })
        })
        .await
    }

    /// Posts a delivery again, under the same `webhook-id` and newly signed. Admins only; a conflict while it is under way or
    /// its webhook is disabled.
    pub async fn redeliver(&self, actor: &Actor, id: DeliveryId) -> Result<()> {
        may_write(actor)?;
        self.steer_delivery(actor, id, Verb::Restart, "redelivered by hand").await
    }

    /// Does an engine verb to a delivery: hold it back, let it go on, post it again, give it up.
    pub(in crate::portal) async fn steer_delivery(
        &self,
        actor: &Actor,
        id: DeliveryId,
        verb: Verb,
        reason: &str,
    ) -> Result<()> {
        actor.require_admin()?;
        let (actor, reason, clock) = (actor.clone(), checked_reason(reason)?, self.parts.clock.clone());
        self.unit("steer_delivery", move |work| {
            Box::pin(async move {
                let mut delivery = work.lock_delivery(id).await?.ok_or(PortalError::NotFound)?;
                let action = steer(work, &mut delivery, verb, &reason).await?;
                work.update_delivery(&delivery).await?;
                let object = delivery.id.to_string();
                work.audit(Audit { at: clock.now(), actor: &actor, action, object, detail: reason }).await
            })
        })
        .await
    }

    /// Deletes old deliveries, those beyond the newest of each webhook and those of webhooks that are gone, in short
    /// transactions. Those under way stay.
    pub async fn sweep_deliveries(&self) -> Result<()> {
        loop {
            let before = self.now() - KEPT_FOR;
            let deleted = self
                .unit("sweep_deliveries", move |work| {
                    Box::pin(async move { work.delete_old_deliveries(before, KEPT, SWEPT_AT_ONCE).await })
                })
                .await?;
            if deleted == 0 {
                return Ok(());
            }
        }
    }
}

fn apply(delivery: &mut Delivery, heard: Heard, next_attempt_at: Option<Time>, now: Time) {
    delivery.attempts += 1;
    delivery.attempted_at = Some(now);
    (delivery.status, delivery.answer, delivery.error) = (None, String::new(), None);
    let permanent = match heard {
        Heard::Answer { status, body } => {
            (delivery.status, delivery.answer) = (Some(status), storable(&body));
            delivery.error = trouble_with(status);
            status == GONE
        }
        Heard::Trouble { sentence, permanent } => {
            delivery.error = Some(storable(&sentence));
            permanent
        }
    };
    (delivery.state, delivery.next_attempt_at) = match (&delivery.error, permanent) {
        (None, _) => (DeliveryState::Delivered, None),
        (Some(_), true) => (DeliveryState::Failed, None),
        (Some(_), false) => (DeliveryState::Retrying, next_attempt_at),
    };
    delivery.delivered_at = delivery.error.is_none().then_some(now);
}

/// What is wrong with an answer of this status; `None` when it is acceptance.
fn trouble_with(status: u16) -> Option<String> {
    match status {
        200..=299 => None,
        GONE => Some("The receiver answered 410 Gone, so the webhook was disabled.".into()),
        300..=399 => Some(format!("The receiver answered {status}, a redirect, and those are not followed.")),
        _ => Some(format!("The receiver answered {status}.")),
    }
}

/// What others wrote, as every database takes it.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn noted(delivery: &Delivery) -> Noted {
    let sentence = || delivery.error.clone().unwrap_or_default();
    match delivery.state {
        DeliveryState::Delivered => Noted::Delivered,
        DeliveryState::Failed => Noted::Over(sentence()),
        DeliveryState::Queued | DeliveryState::Retrying => Noted::Again(sentence()),
    }
}

/// The receiver wants to hear nothing any more.
async fn disable_gone(work: &dyn Work, id: WebhookId, now: Time) -> Result<()> {
    let Some(mut webhook) = work.lock_webhook(id).await?.filter(super::webhook::Webhook::is_active) else {
        return Ok(());
    };
    webhook.disabled = Some(Disabled { at: now, why: "The receiver answered 410 Gone.".into() });
    webhook.updated_at = now;
    work.update_webhook(&webhook).await?;
    let actor = Actor::System("webhook gone");
    let detail = "the receiver answered 410 Gone".to_owned();
    work.audit(Audit { at: now, actor: &actor, action: "webhook.disabled", object: id.to_string(), detail }).await
}

async fn steer(work: &dyn Work, delivery: &mut Delivery, verb: Verb, reason: &str) -> Result<&'static str> {
    let instance = delivery.instance();
    match verb {
        Verb::Suspend => work.suspend(&instance, reason).await.map(|()| "delivery.held"),
        Verb::Resume => work.resume(&instance, reason).await.map(|()| "delivery.resumed"),
        Verb::Restart => {
            let webhook = work.lock_webhook(delivery.webhook).await?.ok_or(PortalError::NotFound)?;
            if !webhook.is_active() {
                return Err(PortalError::conflict("The webhook is disabled. Enable it first."));
            }
            work.restart(&instance).await?;
            (delivery.state, delivery.next_attempt_at) = (DeliveryState::Queued, None);
            Ok("delivery.repeated")
        }
        Verb::Terminate => {
            if !work.terminate(&instance, reason).await? {
                return Err(PortalError::conflict("It was delivered or given up already."));
            }
            if !delivery.state.is_final() {
                (delivery.state, delivery.next_attempt_at) = (DeliveryState::Failed, None);
                delivery.error = Some(format!("given up: {reason}"));
            }
            Ok("delivery.given_up")
        }
    }
}
