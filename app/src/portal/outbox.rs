//! Mails: the attempts that the sender reports, and what admins do with them.

use super::actor::Actor;
use super::advance::queue;
use super::clock::Time;
use super::control::{Verb, checked_reason};
use super::error::{PortalError, Result};
use super::ids::MailId;
use super::mail::{Delivery, Mail, MailFacts, MailKind, MailState, MailTrouble};
use super::request::{EventKind, NewEvent, StandInReason};
use super::service::Portal;
use super::stage::{Letter, Post};
use super::work::{Audit, Work};

impl Portal {
    /// What a mail is rendered from; `None` when it must not be sent any more: sent, kept or given up.
    pub async fn mail_to_send(&self, id: MailId) -> Result<Option<MailFacts>> {
        let facts = self.reads().find_mail_facts(id).await?.ok_or_else(|| super::stage::lost("mail", id))?;
        if facts.mail.state.is_final() {
            return Ok(None);
        }
        self.with_absence(facts).await.map(Some)
    }

    /// Adds until when the receiver stands in: that is known to whoever is absent, and in no table.
    async fn with_absence(&self, mut facts: MailFacts) -> Result<MailFacts> {
        let place = facts.request.as_ref().and_then(|request| request.stands_in.as_ref());
        let absent = place.filter(|place| place.why == StandInReason::Absent).map(|place| place.of.id);
        let Some(absent) = absent else { return Ok(facts) };
        let absences =
            self.unit("with_absence", move |work| Box::pin(async move { work.absences_of(absent).await })).await?;
        if let Some(place) = facts.request.as_mut().and_then(|request| request.stands_in.as_mut()) {
            place.until = absences.substitute_at(self.now()).and_then(|(_, until)| until);
        }
        Ok(facts)
    }

    /// Notes that a mail was accepted or kept. Nothing changes when that was noted before.
    pub async fn mark_mail_delivered(&self, id: MailId, delivery: Delivery) -> Result<()> {
        self.attempt("mark_mail_delivered", id, move |mail, now| {
            mail.state = if delivery == Delivery::Sent { MailState::Sent } else { MailState::Kept };
            (mail.sent_at, mail.error, mail.failed_step, mail.next_attempt_at) = (Some(now), None, None, None);
            mail.attempts += 1;
            Some((EventKind::Mailed, String::new()))
        })
        .await
    }

    /// Notes a failed attempt, with the server's sentence and when the next one is made.
    pub async fn mark_mail_attempt(
        &self,
        id: MailId,
        trouble: MailTrouble,
        next_attempt_at: Option<Time>,
    ) -> Result<()> {
        self.attempt("mark_mail_attempt", id, move |mail, _| {
            mail.state = MailState::Retrying;
            (mail.error, mail.failed_step, mail.next_attempt_at) =
                (Some(trouble.sentence), Some(trouble.step), next_attempt_at);
            mail.attempts += 1;
            None
        })
        .await
    }

    /// Notes that no further attempt is made.
    pub async fn mark_mail_failed(&self, id: MailId) -> Result<()> {
        self.attempt("mark_mail_failed", id, |mail, _| {
            (mail.state, mail.next_attempt_at) = (MailState::Failed, None);
            Some((EventKind::MailFailed, mail.error.clone().unwrap_or_default()))
        })
        .await
    }

    async fn attempt<F>(&self, caller: &'static str, id: MailId, change: F) -> Result<()>
    where
        F: FnOnce(&mut Mail, Time) -> Option<(EventKind, String)> + Send + 'static,
    {
        let clock = self.parts.clock.clone();
        self.unit(caller, move |work| {
            Box::pin(async move {
                let now = clock.now();
                let mut mail = work.find_mail(id).await?.ok_or_else(|| super::stage::lost("mail", id))?;
                if mail.state.is_final() {
                    return Ok(());
                }
                let event = change(&mut mail, now);
                work.update_mail(&mail).await?;
                if let Some(action) = ended(mail.state) {
                    audit_end(work, &mail, action, now).await?;
                }
                match (event, mail.request) {
                    (Some((kind, note)), Some(request)) => {
                        work.record(request, NewEvent::of(kind).about(mail.to).note(note), now).await
                    }
                    _ => Ok(()),
                }
            })
        })
        .await
    }

    /// Sends a failed mail again, with the same `Message-ID`. Admins only.
    pub async fn retry_mail(&self, actor: &Actor, id: MailId) -> Result<()> {
        self.steer_mail(actor, id, Verb::Restart, "retried in the outbox").await
    }

    /// Queues a mail to the admin who asks, to show that mail works.
    pub async fn send_test_mail(&self, actor: &Actor) -> Result<MailId> {
        actor.require_admin_in_person()?;
        let (to, actor, parts) = (actor.require_session()?.id, actor.clone(), self.parts.clone());
        self.unit("send_test_mail", move |work| {
            Box::pin(async move {
                let now = parts.clock.now();
                let post = Post { clock: &*parts.clock, keys: &*parts.keys, now };
                let natural_key = format!("test/{}", parts.clock.new_id());
                let mail = post.mail(Letter { kind: MailKind::Test, to, natural_key });
                queue(work, &mail).await?;
                work.audit(Audit {
                    at: now,
                    actor: &actor,
                    action: "mail.tested",
                    object: mail.id.to_string(),
                    detail: String::new(),
                })
                .await?;
                Ok(mail.id)
            })
        })
        .await
    }

    /// Does an engine verb to a mail: hold it back, let it go on, send it again, give it up.
    pub(super) async fn steer_mail(&self, actor: &Actor, id: MailId, verb: Verb, reason: &str) -> Result<()> {
        actor.require_admin_in_person()?;
        let (actor, reason, clock) = (actor.clone(), checked_reason(reason)?, self.parts.clock.clone());
        self.unit("steer_mail", move |work| {
            Box::pin(async move {
                let mut mail = work.find_mail(id).await?.ok_or(PortalError::NotFound)?;
                let action = steer(work, &mut mail, verb, &reason).await?;
                work.update_mail(&mail).await?;
                work.audit(Audit {
                    at: clock.now(),
                    actor: &actor,
                    action,
                    object: mail.id.to_string(),
                    detail: reason,
                })
                .await
            })
        })
        .await
    }
}

/// What the audit log calls the end of a mail; `None` before it.
const fn ended(state: MailState) -> Option<&'static str> {
    match state {
        MailState::Sent => Some("mail.sent"),
        MailState::Kept => Some("mail.kept"),
        MailState::Failed => Some("mail.failed"),
        MailState::Queued | MailState::Retrying => None,
    }
}

/// Says what became of a mail: to whom it went, with which link, and the part of its `Message-ID` before the host.
async fn audit_end(work: &dyn Work, mail: &Mail, action: &'static str, at: Time) -> Result<()> {
    let link = mail.link.map_or_else(String::new, |link| format!(", link {link}"));
    let detail = format!("message mail-{}, user {}{link}", mail.id, mail.to);
    work.audit(Audit { at, actor: &Actor::System("mail"), action, object: mail.id.to_string(), detail }).await
}

async fn steer(work: &dyn Work, mail: &mut Mail, verb: Verb, reason: &str) -> Result<&'static str> {
    let instance = mail.instance();
    match verb {
        Verb::Suspend => work.suspend(&instance, reason).await.map(|()| "mail.held"),
        Verb::Resume => work.resume(&instance, reason).await.map(|()| "mail.resumed"),
        Verb::Restart => {
            work.restart(&instance).await?;
            (mail.state, mail.next_attempt_at) = (MailState::Queued, None);
            Ok("mail.retried")
        }
        Verb::Terminate => {
            if !work.terminate(&instance, reason).await? {
                return Err(PortalError::conflict("The mail was sent or given up already."));
            }
            if !mail.state.is_final() {
                (mail.state, mail.next_attempt_at) = (MailState::Failed, None);
                mail.error = Some(format!("given up: {reason}"));
            }
            Ok("mail.given_up")
        }
    }
}
