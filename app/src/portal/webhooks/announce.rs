//! Something happened: whoever wants to hear of it is written a delivery, in the transaction in which it happened.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::delivery::{Delivery, DeliveryState};
use super::event::WebhookEvent;
use super::webhook::Webhook;
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::DeliveryId;
use crate::portal::policy::{Ruling, Verdict};
use crate::portal::request::{Decision, Ending, Request, RequestState};
use crate::portal::service::Parts;
use crate::portal::work::Work;

/// Something worth telling.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::portal) struct Announcement {
    /// What happened.
    pub(in crate::portal) event: WebhookEvent,
    /// What makes it the only one of its sort, such as `request.closed/<request>/<round>`: announcing it again tells nobody
    /// twice.
    pub(in crate::portal) key: String,
    /// What is told: ids, names, states, addresses of pages. Never a signed link, never anything of a document.
    pub(in crate::portal) data: Value,
}

/// Tells every active webhook that subscribed to it; each by a delivery of its own, which goes out after the commit. Where
/// there is no webhook this costs one read of their table, which is empty then.
pub(in crate::portal) async fn announce(work: &dyn Work, parts: &Parts, news: Announcement) -> Result<()> {
    for webhook in work.list_active_webhooks().await? {
        if webhook.events.contains(&news.event) {
            work.queue_delivery(&delivery(parts, &webhook, &news)).await?;
        }
    }
    Ok(())
}

/// The delivery of `news` to `webhook`.
pub(super) fn delivery(parts: &Parts, webhook: &Webhook, news: &Announcement) -> Delivery {
    let (id, now) = (DeliveryId(parts.clock.new_id()), parts.clock.now());
    let payload = json!({
        "id": id.to_string(),
        "type": news.event.word(),
        "created_at": timestamp(now),
        "data": news.data,
    });
    Delivery {
        id,
        webhook: webhook.id,
        event: news.event,
        natural_key: format!("{}/{}", news.key, webhook.id),
        payload: payload.to_string(),
        state: DeliveryState::Queued,
        attempts: 0,
        status: None,
        answer: String::new(),
        error: None,
        next_attempt_at: None,
        created_at: now,
        attempted_at: None,
        delivered_at: None,
    }
}

/// News of a request as a whole: of each sort there is one per round. A closed one says its verdict.
pub(in crate::portal) fn request_news(parts: &Parts, event: WebhookEvent, request: &Request) -> Announcement {
    let mut data = json!({ "request": request_data(parts, request) });
    if let Some(closed) = &request.closed {
        data["verdict"] = ending_word(closed.ending).into();
    }
    Announcement { event, key: format!("{}/{}/{}", event.word(), request.id, request.generation), data }
}

/// News of one person's answer.
pub(in crate::portal) fn request_decided(
    parts: &Parts,
    request: &Request,
    decision: &Decision,
    verdict: Verdict,
) -> Announcement {
    let verdict = match verdict {
        Verdict::Approve => "approved",
        Verdict::Reject => "rejected",
        Verdict::RequestChanges => "changes_requested",
    };
    let event = WebhookEvent::RequestDecided;
    Announcement {
        event,
        key: format!("{}/{}", event.word(), decision.id),
        data: json!({
            "request": request_data(parts, request),
            "decision": {
                "id": decision.id.to_string(),
                "user_id": decision.by.map(|user| user.to_string()),
                "verdict": verdict,
            },
        }),
    }
}

fn request_data(parts: &Parts, request: &Request) -> Value {
    json!({
        "id": request.id.to_string(),
        "round": request.generation,
        "title": request.title,
        "state": state_word(request.state()),
        "url": parts.addresses.request(request.id),
    })
}

const fn ending_word(ending: Ending) -> &'static str {
    match ending {
        Ending::Ruled(Ruling::Approved) => "approved",
        Ending::Ruled(Ruling::Rejected) => "rejected",
        Ending::Ruled(Ruling::Expired) => "expired",
        Ending::Terminated => "terminated",
        Ending::Withdrawn => "withdrawn",
    }
}

const fn state_word(state: RequestState) -> &'static str {
    match state {
        RequestState::Waiting => "waiting",
        RequestState::Escalated => "escalated",
        RequestState::OnHold => "on_hold",
        RequestState::ChangesRequested => "changes_requested",
        RequestState::Approved => "approved",
        RequestState::Rejected => "rejected",
        RequestState::Expired => "expired",
        RequestState::Terminated => "terminated",
        RequestState::Withdrawn => "withdrawn",
    }
}

/// `2026-11-22T08:06:35.120Z`.
pub(in crate::portal) fn timestamp(at: Time) -> String {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.micros()) * 1_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        moment.year(),
        u8::from(moment.month()),
        moment.day(),
        moment.hour(),
        moment.minute(),
        moment.second(),
        moment.millisecond()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_utc_to_the_millisecond() {
        assert_eq!(timestamp(Time(1_795_334_795_120_999)), "2026-11-22T08:06:35.120Z");
    }
}
