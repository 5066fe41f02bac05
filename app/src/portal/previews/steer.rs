//! The engine's verbs on the instance that makes a preview.

use super::draw::close;
use super::preview::{Preview, Unshowable, instance_of_preview};
use crate::portal::actor::Actor;
use crate::portal::clock::Time;
use crate::portal::control::{Verb, checked_reason};
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::FileId;
use crate::portal::service::Portal;
use crate::portal::work::{Audit, Work};

impl Portal {
    /// Does an engine verb to a preview: hold it back, let it go on, draw all of it again, leave it as it is. Admins only.
    pub(in crate::portal) async fn steer_preview(
        &self,
        actor: &Actor,
        file: FileId,
        verb: Verb,
        reason: &str,
    ) -> Result<()> {
        actor.require_admin_in_person()?;
        let (actor, reason, clock) = (actor.clone(), checked_reason(reason)?, self.parts.clock.clone());
        self.unit("steer_preview", move |work| {
            Box::pin(async move {
                let at = clock.now();
                let preview = work.lock_preview(file).await?.ok_or(PortalError::NotFound)?;
                let action = steer(work, preview, verb, &reason, at).await?;
                work.audit(Audit { at, actor: &actor, action, object: file.to_string(), detail: reason }).await
            })
        })
        .await
    }
}

async fn steer(work: &dyn Work, preview: Preview, verb: Verb, reason: &str, at: Time) -> Result<&'static str> {
    let instance = instance_of_preview(preview.file);
    match verb {
        Verb::Suspend => work.suspend(&instance, reason).await.map(|()| "preview.held"),
        Verb::Resume => work.resume(&instance, reason).await.map(|()| "preview.resumed"),
        Verb::Restart => {
            work.restart(&instance).await?;
            work.delete_preview_pages(preview.file).await?;
            work.update_preview(&Preview::queued(preview.file, at)).await?;
            Ok("preview.repeated")
        }
        Verb::Terminate => {
            if !work.terminate(&instance, reason).await? {
                return Err(PortalError::conflict("The preview was made or given up already."));
            }
            close(work, preview, Some(Unshowable::Stopped), at).await?;
            Ok("preview.given_up")
        }
    }
}
