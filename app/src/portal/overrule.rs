//! An admin decides a request over the heads of those who are asked, and says why.

use super::actor::Actor;
use super::control::checked_reason;
use super::decide::{Deciding, refuse_token};
use super::error::{PortalError, Result};
use super::ids::RequestId;
use super::link::Invalid;
use super::may::admin_over;
use super::policy::Verdict;
use super::service::Portal;
use super::work::LinkScope;

impl Portal {
    /// Approves or rejects an open request at once, whatever stage it is in; everybody concerned is told that an admin did it,
    /// and why. Admins only, in person, and never on a request of their own, unless its policy lets requesters decide; by no token
    /// where the policy asks for a code. A conflict when it has ended; one that is on hold must be resumed first.
    /// [`Verdict::RequestChanges`] is no way to end a request: an error of the field `verdict`.
    pub async fn overrule(&self, actor: &Actor, id: RequestId, verdict: Option<Verdict>, reason: &str) -> Result<()> {
        actor.require_admin_in_person()?;
        let reason = checked_reason(reason)?;
        let verdict = verdict.filter(|verdict| *verdict != Verdict::RequestChanges);
        let Some(verdict) = verdict else {
            return Err(PortalError::field("verdict", "Choose whether it is approved or rejected."));
        };
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit("overrule", move |work| {
            Box::pin(async move {
                let mut request = work.lock_request(id).await?.ok_or(PortalError::NotFound)?;
                if actor.signed_in().is_ok_and(|user| !admin_over(user, &request)) {
                    return Err(PortalError::forbidden("You cannot decide on your own request."));
                }
                refuse_token(&actor, &request)?;
                if request.closed.is_some() {
                    return Err(PortalError::conflict("The request has ended already."));
                }
                if request.held_at.is_some() {
                    return Err(PortalError::conflict("The request is on hold. Resume it first."));
                }
                let deciding = Deciding { work, parts: &parts, now: parts.clock.now(), actor: &actor };
                deciding.over_all(&mut request, verdict, &reason).await?;
                work.revoke_links(LinkScope::Request(id), Invalid::NotNeeded).await?;
                work.wake_request(id).await
            })
        })
        .await
    }
}
