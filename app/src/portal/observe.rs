//! Observers: they see a request without being asked, and are told how it ends.

use super::actor::Actor;
use super::advance::queue;
use super::clock::Time;
use super::error::{PortalError, Result};
use super::ids::{RequestId, UserId};
use super::mail::{Mail, MailKind};
use super::may::{check_part, check_requester};
use super::request::{EventKind, NewEvent, Request};
use super::service::{Parts, Portal};
use super::stage::{Letter, Post};
use super::submit::person;
use super::user::Email;
use super::work::{Audit, Work};

/// The most whom people make observers of a request: all of them are mailed within one unit when it ends. Those who pass
/// their question on come besides.
const MAX_OBSERVERS: usize = 100;

const NOT_THEIRS: &str = "Only whoever submitted a request may take observers off it.";

impl Portal {
    /// Makes whoever has this address an observer of a request: they see its page, once they have an account, and are told by
    /// mail. Its requester may, those asked, and admins. With a session only. Nothing happens when they observe it already.
    pub async fn observe(&self, actor: &Actor, id: RequestId, address: &str) -> Result<()> {
        let user = actor.require_session()?.clone();
        let email = Email::parse(address).map_err(|why| PortalError::field("observer", why))?;
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit("observe", move |work| {
            Box::pin(async move {
                let request = work.lock_request(id).await?.ok_or(PortalError::NotFound)?;
                check_part(work, &user, &request).await?;
                let (clock, now) = (&*parts.clock, parts.clock.now());
                let whom = person(&actor, work, clock, &email, "observer", now).await?;
                if whom == request.requester {
                    return Err(PortalError::field("observer", "Whoever submitted it sees it anyway."));
                }
                if !work.insert_observer(id, whom, Some(user.id), now).await? {
                    return Ok(());
                }
                if work.list_observers(id).await?.len() > MAX_OBSERVERS {
                    let why = format!("A request may have at most {MAX_OBSERVERS} observers.");
                    return Err(PortalError::field("observer", why));
                }
                let event = NewEvent::of(EventKind::Observing).by(Some(user.id)).about(whom);
                work.record(id, event, now).await?;
                audit(work, &actor, "request.observed", &request, whom, now).await?;
                tell(work, &parts, &request, whom, user.id, now).await
            })
        })
        .await
    }

    /// Ends somebody's observing: their own, or, for the requester and admins, anybody's. [`PortalError::NotFound`] when they
    /// do not observe it.
    pub async fn unobserve(&self, actor: &Actor, id: RequestId, whom: UserId) -> Result<()> {
        let user = actor.require_session()?.clone();
        let (actor, now) = (actor.clone(), self.now());
        self.unit("unobserve", move |work| {
            Box::pin(async move {
                let request = work.lock_request(id).await?.ok_or(PortalError::NotFound)?;
                if user.id != whom {
                    check_requester(work, &user, &request, NOT_THEIRS).await?;
                }
                if !work.delete_observer(id, whom).await? {
                    return Err(PortalError::NotFound);
                }
                audit(work, &actor, "request.unobserved", &request, whom, now).await
            })
        })
        .await
    }
}

/// Makes those whom a policy names observers of a new request, and tells them.
pub(super) async fn observe_from_start(
    work: &dyn Work,
    parts: &Parts,
    request: &Request,
    observers: &[UserId],
    now: Time,
) -> Result<()> {
    for whom in observers.iter().filter(|whom| **whom != request.requester) {
        if work.insert_observer(request.id, *whom, None, now).await? {
            tell(work, parts, request, *whom, request.requester, now).await?;
        }
    }
    Ok(())
}

async fn tell(work: &dyn Work, parts: &Parts, request: &Request, whom: UserId, by: UserId, now: Time) -> Result<()> {
    let clock = &*parts.clock;
    let post = Post { clock, keys: &*parts.keys, now };
    let natural_key = format!("observing/{}/{whom}/{}", request.id, clock.new_id());
    let letter = Letter { kind: MailKind::Observing, to: whom, natural_key };
    queue(work, &Mail { by: Some(by), ..post.about(request, letter) }).await
}

async fn audit(
    work: &dyn Work,
    actor: &Actor,
    action: &'static str,
    request: &Request,
    whom: UserId,
    at: Time,
) -> Result<()> {
    work.audit(Audit { at, actor, action, object: request.id.to_string(), detail: format!("user {whom}") }).await
}
