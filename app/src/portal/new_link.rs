//! "Send me a new link": mails one to the address on file, which is never shown.

use std::time::Duration;

use super::actor::Actor;
use super::advance::mail_new_link;
use super::decide::{Question, find_question};
use super::error::{PortalError, Result};
use super::ids::LinkId;
use super::mail::MailKind;
use super::request::{EventKind, NewEvent};
use super::service::{Parts, Portal};
use super::stage::Post;
use super::standing::{DecideOutcome, Standing, standing};
use super::user::UserState;
use super::work::{Audit, Work};

/// Links of one question within [`WINDOW`], the first one included.
const MOST_LINKS: u64 = 4;
/// The window.
const WINDOW: Duration = Duration::from_secs(3_600);

/// What became of the wish for a new link.
#[expect(clippy::large_enum_variant, reason = "made once per request and moved once; a box would only be in the way")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewLinkOutcome {
    /// It is on its way to the address on file; the old one no longer works.
    Sent,
    /// Too many were asked for.
    TooSoon,
    /// The link still works: no new one is needed.
    StillOpen,
    /// The question is not open any more; this is how it stands.
    Closed(DecideOutcome),
}

impl Portal {
    /// Mails a new link in place of an expired one. `actor` is [`Actor::Link`] and names the old one. [`PortalError::TooMany`]
    /// when that was used too often lately, for whatever.
    pub async fn request_new_link(&self, actor: &Actor) -> Result<NewLinkOutcome> {
        let Actor::Link(link) = *actor else { return Err(PortalError::NotSignedIn) };
        self.links.take(link, self.now())?;
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit("request_new_link", move |work| Box::pin(async move { renew(work, &parts, &actor, link).await }))
            .await
    }
}

async fn renew(work: &dyn Work, parts: &Parts, actor: &Actor, link: LinkId) -> Result<NewLinkOutcome> {
    let now = parts.clock.now();
    let asked = find_question(work, Question::Link(link)).await?.ok_or(PortalError::NotFound)?;
    let (old, assignment, request) = asked.parts();
    let disabled = work.find_user(assignment.user).await?.is_none_or(|user| user.state == UserState::Disabled);
    let link = old.as_ref();
    let seen = Standing { link, assignment: &assignment, request: &request, disabled, closed_by: None, now };
    match standing(&seen) {
        None => return Ok(NewLinkOutcome::StillOpen),
        Some(DecideOutcome::Expired { .. }) => {}
        Some(other) => return Ok(NewLinkOutcome::Closed(other)),
    }
    if work.count_links_since(assignment.id, now - WINDOW).await? >= MOST_LINKS {
        return Ok(NewLinkOutcome::TooSoon);
    }
    let post = Post { clock: &*parts.clock, keys: &*parts.keys, now };
    let id = mail_new_link(work, &post, &request, &assignment, MailKind::NewLink).await?;
    work.record(request.id, NewEvent::of(EventKind::LinkRenewed).about(assignment.user), now).await?;
    let (action, object, detail) = ("link.renewed", id.to_string(), String::new());
    work.audit(Audit { at: now, actor, action, object, detail }).await?;
    Ok(NewLinkOutcome::Sent)
}
