//! What an admin does to a request that is under way or over: hold, resume, terminate, restart. Each is one transaction
//! over rows, links, audit and the engine's instance, so that neither side can be changed without the other.

use super::actor::Actor;
use super::advance::{concerned, queue, renew_links};
use super::clock::Time;
use super::error::{PortalError, Result};
use super::ids::RequestId;
use super::link::Invalid;
use super::mail::{Mail, MailKind};
use super::request::{AssignmentState, Closed, Ending, EventKind, NewEvent, Request};
use super::service::{Parts, Portal};
use super::stage::{Asker, Letter, Post};
use super::webhooks::{WebhookEvent, announce, request_news};
use super::work::{Audit, LinkScope, Work};

/// The longest reason in characters.
pub(super) const MAX_REASON_CHARS: usize = 500;

/// What can be done to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Stop the clock.
    Suspend,
    /// Let it run again.
    Resume,
    /// Run it again from the beginning.
    Restart,
    /// End it.
    Terminate,
}

/// Somebody acting on a request, within a unit of work.
pub(super) struct Control<'a> {
    pub(super) work: &'a dyn Work,
    pub(super) parts: &'a Parts,
    pub(super) actor: &'a Actor,
    pub(super) reason: &'a str,
    pub(super) now: Time,
}

impl Portal {
    /// Suspends a request: the clock stands still, links answer "on hold". Admins only; the reason is needed.
    pub async fn hold(&self, actor: &Actor, request: RequestId, reason: &str) -> Result<()> {
        self.control("hold", actor, request, reason, Verb::Suspend).await
    }

    /// Resumes a request: whatever was due is due later by the time on hold.
    pub async fn resume(&self, actor: &Actor, request: RequestId, reason: &str) -> Result<()> {
        self.control("resume", actor, request, reason, Verb::Resume).await
    }

    /// Ends a request without a verdict; everybody concerned is told.
    pub async fn terminate(&self, actor: &Actor, request: RequestId, reason: &str) -> Result<()> {
        self.control("terminate", actor, request, reason, Verb::Terminate).await
    }

    /// Asks everybody again, in a new round. Only when the request's instance has finished.
    pub async fn restart(&self, actor: &Actor, request: RequestId, reason: &str) -> Result<()> {
        self.control("restart", actor, request, reason, Verb::Restart).await
    }

    async fn control(
        &self,
        caller: &'static str,
        actor: &Actor,
        id: RequestId,
        reason: &str,
        verb: Verb,
    ) -> Result<()> {
        actor.require_admin_in_person()?;
        let (actor, reason, parts) = (actor.clone(), checked_reason(reason)?, self.parts.clone());
        self.unit(caller, move |work| {
            Box::pin(async move {
                let request = work.lock_request(id).await?.ok_or(PortalError::NotFound)?;
                let control = Control { work, parts: &parts, actor: &actor, reason: &reason, now: parts.clock.now() };
                match verb {
                    Verb::Suspend => control.hold(request).await,
                    Verb::Resume => control.resume(request).await,
                    Verb::Terminate => control.terminate(request).await,
                    Verb::Restart => control.restart(request).await,
                }
            })
        })
        .await
    }
}

/// The reason in one line; it is needed.
pub(super) fn checked_reason(typed: &str) -> Result<String> {
    let reason = optional_reason(typed)?;
    if reason.is_empty() {
        return Err(PortalError::field("reason", "Enter a reason."));
    }
    Ok(reason)
}

/// The reason in one line; it may be empty.
pub(super) fn optional_reason(typed: &str) -> Result<String> {
    let reason = super::user::one_line(typed);
    if reason.chars().count() > MAX_REASON_CHARS {
        return Err(PortalError::field(
            "reason",
            format!("The reason may have at most {MAX_REASON_CHARS} characters."),
        ));
    }
    Ok(reason)
}

impl Control<'_> {
    async fn hold(&self, mut request: Request) -> Result<()> {
        if request.closed.is_some() {
            return Err(PortalError::conflict("The request has ended already."));
        }
        if request.held_at.is_some() {
            return Err(PortalError::conflict("The request is on hold already."));
        }
        self.work.suspend(&request.instance(), self.reason).await?;
        request.held_at = Some(self.now);
        self.finish(&mut request, EventKind::Held, "request.held").await
    }

    async fn resume(&self, mut request: Request) -> Result<()> {
        if request.held_at.is_none() {
            return Err(PortalError::conflict("The request is not on hold."));
        }
        self.work.resume(&request.instance(), self.reason).await?;
        request.resume_clock(self.now);
        self.finish(&mut request, EventKind::Resumed, "request.resumed").await?;
        renew_links(self.work, &self.post(), &request).await
    }

    async fn terminate(&self, mut request: Request) -> Result<()> {
        let was_running = self.work.terminate(&request.instance(), self.reason).await?;
        if request.closed.is_some() {
            if !was_running {
                return Err(PortalError::conflict("The request has ended already."));
            }
            // Decided, and only its last mails were being written: the verdict stands, the instance ends.
            return self.audit(&request, "instance.terminated").await;
        }
        self.work.settle_pending(request.id, request.generation, AssignmentState::Withdrawn, self.now).await?;
        self.work.revoke_links(LinkScope::Request(request.id), Invalid::Terminated).await?;
        let by = self.actor.user_id();
        request.held_at = None;
        request.changes_requested_at = None;
        request.closed = Some(Closed { ending: Ending::Terminated, at: self.now, by, reason: self.reason.to_owned() });
        self.tell_termination(&request).await?;
        self.finish(&mut request, EventKind::Terminated, "request.terminated").await?;
        announce(self.work, self.parts, request_news(self.parts, WebhookEvent::RequestClosed, &request)).await
    }

    async fn tell_termination(&self, request: &Request) -> Result<()> {
        let post = self.post();
        for user in concerned(self.work, request).await? {
            let natural_key = format!("terminated/{}/{}/{user}", request.id, request.generation);
            let mail = post.about(request, Letter { kind: MailKind::Terminated, to: user, natural_key });
            queue(self.work, &Mail { note: self.reason.to_owned(), by: self.actor.user_id(), ..mail }).await?;
        }
        Ok(())
    }

    async fn restart(&self, mut request: Request) -> Result<()> {
        // An open request whose instance failed may be restarted too; what counts is that the instance has finished.
        self.work.settle_pending(request.id, request.generation, AssignmentState::Withdrawn, self.now).await?;
        self.work.revoke_links(LinkScope::Request(request.id), Invalid::Restarted).await?;
        request.generation += 1;
        request.closed = None;
        request.held_at = None;
        request.changes_requested_at = None;
        request.enter_stage(1, self.now);
        self.work.restart_request(request.id, request.generation).await?;
        self.finish(&mut request, EventKind::Restarted, "request.restarted").await?;
        Asker::new(self.work, &*self.parts.clock, &request, self.now).await?.ask_stage().await
    }

    pub(super) async fn finish(&self, request: &mut Request, event: EventKind, action: &'static str) -> Result<()> {
        request.updated_at = self.now;
        self.work.update_request(request).await?;
        let event = NewEvent::of(event).by(self.actor.user_id()).note(self.reason);
        self.work.record(request.id, event, self.now).await?;
        self.audit(request, action).await
    }

    pub(super) fn post(&self) -> Post<'_> {
        Post { clock: &*self.parts.clock, keys: &*self.parts.keys, now: self.now }
    }

    pub(super) async fn audit(&self, request: &Request, action: &'static str) -> Result<()> {
        let line = Audit {
            at: self.now,
            actor: self.actor,
            action,
            object: request.id.to_string(),
            detail: self.reason.to_owned(),
        };
        self.work.audit(line).await
    }
}
