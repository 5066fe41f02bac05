//! Single keys that do something on pages can be switched off: people who speak to their computer, or whose hands slip, hit
//! them unwillingly.

use super::actor::Actor;
use super::error::{PortalError, Result};
use super::service::Portal;
use super::work::Audit;

impl Portal {
    /// Switches the actor's shortcuts on or off. Needs a session. Nothing changes when they are so already.
    pub async fn set_shortcuts(&self, actor: &Actor, on: bool) -> Result<()> {
        let id = actor.require_session()?.id;
        let (actor, clock) = (actor.clone(), self.parts.clock.clone());
        self.unit("set_shortcuts", move |work| {
            Box::pin(async move {
                let mut user = work.lock_user(id).await?.ok_or(PortalError::NotSignedIn)?;
                if user.shortcuts == on {
                    return Ok(());
                }
                user.shortcuts = on;
                work.update_user(&user).await?;
                let detail = if on { "on" } else { "off" }.to_owned();
                let (at, object) = (clock.now(), id.to_string());
                work.audit(Audit { at, actor: &actor, action: "user.shortcuts_changed", object, detail }).await
            })
        })
        .await
    }
}
