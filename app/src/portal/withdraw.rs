//! The requester takes a request back before it was decided. One transaction, like terminating it: whoever decides at the
//! same instant is either first, and the request has ended, or comes too late and is told that it was withdrawn.

use super::actor::Actor;
use super::advance::queue;
use super::control::{Control, optional_reason};
use super::error::{PortalError, Result};
use super::ids::{RequestId, UserId};
use super::link::Invalid;
use super::mail::{Mail, MailKind};
use super::may::check_requester;
use super::request::{AssignmentState, Closed, Ending, EventKind, Request};
use super::service::Portal;
use super::stage::Letter;
use super::webhooks::{WebhookEvent, announce, request_news};
use super::work::LinkScope;

/// Why the engine's instance ends, where no reason was given.
const WITHDRAWN: &str = "withdrawn";

const NOT_THEIRS: &str = "Only whoever submitted a request may withdraw it.";

impl Portal {
    /// Withdraws an open request, on hold or not: nobody is asked any more, the links say so, and whoever was asked by mail and
    /// had not answered is told. Its requester may, and admins in their place; the reason may be empty. A conflict when the
    /// request has ended. For those with a session only.
    pub async fn withdraw(&self, actor: &Actor, request: RequestId, reason: &str) -> Result<()> {
        let user = actor.require_session()?.clone();
        let (actor, reason, parts) = (actor.clone(), optional_reason(reason)?, self.parts.clone());
        self.unit("withdraw", move |work| {
            Box::pin(async move {
                let request = work.lock_request(request).await?.ok_or(PortalError::NotFound)?;
                check_requester(work, &user, &request, NOT_THEIRS).await?;
                let control = Control { work, parts: &parts, actor: &actor, reason: &reason, now: parts.clock.now() };
                control.withdraw(request).await
            })
        })
        .await
    }
}

impl Control<'_> {
    async fn withdraw(&self, mut request: Request) -> Result<()> {
        if request.closed.is_some() {
            return Err(PortalError::conflict("The request has ended already; there is nothing left to withdraw."));
        }
        let unanswered = self.unanswered(&request).await?;
        let why = if self.reason.is_empty() { WITHDRAWN } else { self.reason };
        // An instance that has failed, or ended by itself, needs not be ended: the rows are the truth.
        self.work.terminate(&request.instance(), why).await?;
        self.work.settle_pending(request.id, request.generation, AssignmentState::Withdrawn, self.now).await?;
        self.work.revoke_links(LinkScope::Request(request.id), Invalid::Withdrawn).await?;
        let by = self.actor.user_id();
        request.held_at = None;
        request.changes_requested_at = None;
        request.closed = Some(Closed { ending: Ending::Withdrawn, at: self.now, by, reason: self.reason.to_owned() });
        self.tell_withdrawal(&request, unanswered).await?;
        self.finish(&mut request, EventKind::Withdrawn, "request.withdrawn").await?;
        announce(self.work, self.parts, request_news(self.parts, WebhookEvent::RequestClosed, &request)).await
    }

    /// Who has a question by mail and has not answered it. Whoever was not mailed yet never heard of the request.
    async fn unanswered(&self, request: &Request) -> Result<Vec<UserId>> {
        let mut users = Vec::new();
        for assignment in self.work.list_assignments(request.id, request.generation).await? {
            let pending = assignment.state == AssignmentState::Pending;
            if pending && self.work.newest_link_of(assignment.id).await?.is_some() {
                users.push(assignment.user);
            }
        }
        Ok(users)
    }

    /// Mails those who were waited for; and the requester, when somebody else withdrew it.
    async fn tell_withdrawal(&self, request: &Request, mut users: Vec<UserId>) -> Result<()> {
        let by = self.actor.user_id();
        if !users.contains(&request.requester) {
            users.push(request.requester);
        }
        users.retain(|user| Some(*user) != by);
        let post = self.post();
        for to in users {
            let natural_key = format!("withdrawn/{}/{}/{to}", request.id, request.generation);
            let mail = post.about(request, Letter { kind: MailKind::Withdrawn, to, natural_key });
            queue(self.work, &Mail { note: self.reason.to_owned(), by, ..mail }).await?;
        }
        Ok(())
    }
}
