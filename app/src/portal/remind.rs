//! Whoever waits for answers reminds those who have not given theirs.

use std::time::Duration;

use super::actor::Actor;
use super::advance::{mail_link, pending};
use super::clock::Time;
use super::error::{PortalError, Result};
use super::ids::RequestId;
use super::mail::MailKind;
use super::may::check_requester;
use super::request::{EventKind, NewEvent, Request};
use super::service::Portal;
use super::stage::{Letter, Post};
use super::work::Audit;

/// How long after one reminder by hand the next may follow.
const PAUSE: Duration = Duration::from_secs(3_600);

const NOT_THEIRS: &str = "Only whoever submitted a request may remind others of it.";

impl Request {
    /// Whether those who are asked were reminded so recently that nobody may do it by hand.
    pub(super) fn was_just_reminded(&self, now: Time) -> bool {
        self.deadline.reminded_at.is_some_and(|at| now < at + PAUSE)
    }
}

impl Portal {
    /// Mails a reminder to everybody who is asked and has not answered; how many there were. Its requester may, and admins,
    /// once an hour. A conflict when nobody is waited for. With a session only.
    pub async fn remind(&self, actor: &Actor, id: RequestId) -> Result<usize> {
        let user = actor.require_session()?.clone();
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit("remind", move |work| {
            Box::pin(async move {
                let mut request = work.lock_request(id).await?.ok_or(PortalError::NotFound)?;
                check_requester(work, &user, &request, NOT_THEIRS).await?;
                let now = parts.clock.now();
                let waiting = if request.is_running() { pending(work, &request).await? } else { Vec::new() };
                if waiting.is_empty() {
                    return Err(PortalError::conflict("Nobody is waited for, so nobody can be reminded."));
                }
                if request.was_just_reminded(now) {
                    return Err(PortalError::conflict("They were reminded less than an hour ago."));
                }
                let post = Post { clock: &*parts.clock, keys: &*parts.keys, now };
                for assignment in &waiting {
                    let natural_key = format!("reminder/{}/by-hand/{}", assignment.id, now.micros());
                    let letter = Letter { kind: MailKind::Reminder, to: assignment.user, natural_key };
                    mail_link(work, &post, &request, assignment, letter).await?;
                    let event = NewEvent::of(EventKind::Reminded).by(Some(user.id)).about(assignment.user);
                    work.record(id, event, now).await?;
                }
                work.count_reminder(id, request.generation).await?;
                request.deadline.reminded_at = Some(now);
                request.updated_at = now;
                work.update_request(&request).await?;
                let detail = format!("{} people", waiting.len());
                let (action, object) = ("request.reminded", id.to_string());
                work.audit(Audit { at: now, actor: &actor, action, object, detail }).await?;
                Ok(waiting.len())
            })
        })
        .await
    }
}
