//! Ending one's digests by the link in them, without an account's session.

use crate::portal::actor::Actor;
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::UserId;
use crate::portal::link::{Link, LinkClaims, Purpose};
use crate::portal::service::Portal;
use crate::portal::set_up::works;
use crate::portal::user::{Digest, User};
use crate::portal::work::Audit;

/// Whose digests a link ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsubscribing {
    /// Their address, which the mail was sent to.
    pub email: String,
    /// Whether they get digests now.
    pub subscribed: bool,
}

impl Portal {
    /// Whose digests the link ends, whose signature has been checked. [`PortalError::NotFound`] when it does not work (any more).
    pub async fn unsubscribing(&self, claims: &LinkClaims) -> Result<Unsubscribing> {
        let link = self.reads().find_link(claims.id).await?;
        let reader = owner(link, claims, self.now())?;
        let user = self.reads().find_user(reader).await?.ok_or(PortalError::NotFound)?;
        Ok(seen(&user))
    }

    /// Ends the digests of whoever has this link, whose signature has been checked; does nothing when they are ended already,
    /// so that every further POST of a mail program is answered alike. [`PortalError::NotFound`] when it does not work (any
    /// more).
    pub async fn unsubscribe(&self, claims: LinkClaims) -> Result<Unsubscribing> {
        let clock = self.parts.clock.clone();
        self.unit("unsubscribe", move |work| {
            Box::pin(async move {
                let now = clock.now();
                let reader = owner(work.find_link(claims.id).await?, &claims, now)?;
                // Locked, so that the row that is written back undoes nothing that an admin does at the same moment.
                let mut user = work.lock_user(reader).await?.ok_or(PortalError::NotFound)?;
                if user.digest != Digest::Never {
                    user.digest = Digest::Never;
                    work.update_user(&user).await?;
                    let (actor, object) = (Actor::Link(claims.id), user.id.to_string());
                    let (action, detail) = ("user.unsubscribed", String::new());
                    work.audit(Audit { at: now, actor: &actor, action, object, detail }).await?;
                    work.keep_digests(user.id).await?;
                }
                Ok(seen(&user))
            })
        })
        .await
    }
}

/// Whose the link is, if it works. Ending the digests does not use it up: they may be turned on again.
fn owner(link: Option<Link>, claims: &LinkClaims, now: Time) -> Result<UserId> {
    let link = link.filter(|link| works(link, claims, Purpose::Unsubscribe, now));
    link.and_then(|link| link.user).ok_or(PortalError::NotFound)
}

fn seen(user: &User) -> Unsubscribing {
    Unsubscribing { email: user.email.to_string(), subscribed: user.digest != Digest::Never }
}
