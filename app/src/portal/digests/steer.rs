//! The engine's verbs on the instance that writes somebody's digests.

use super::turn::instance_of_digests;
use crate::portal::actor::Actor;
use crate::portal::control::{Verb, checked_reason};
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::UserId;
use crate::portal::service::Portal;
use crate::portal::work::Audit;

impl Portal {
    /// Does an engine verb to somebody's digests: holds them back, lets them go on, gives them back an instance that failed.
    /// Terminating is refused: digests end when their reader turns them off. Admins only.
    pub(in crate::portal) async fn steer_digests(
        &self,
        actor: &Actor,
        user: UserId,
        verb: Verb,
        reason: &str,
    ) -> Result<()> {
        actor.require_admin_in_person()?;
        let (actor, reason, clock) = (actor.clone(), checked_reason(reason)?, self.parts.clock.clone());
        self.unit("steer_digests", move |work| {
            Box::pin(async move {
                let instance = instance_of_digests(user);
                let action = match verb {
                    Verb::Suspend => work.suspend(&instance, &reason).await.map(|()| "digest.held"),
                    Verb::Resume => work.resume(&instance, &reason).await.map(|()| "digest.resumed"),
                    Verb::Restart => work.restart(&instance).await.map(|()| "digest.restarted"),
                    Verb::Terminate => Err(PortalError::conflict(
                        "Digests end when their reader turns them off. Suspend them instead.",
                    )),
                }?;
                let (at, object) = (clock.now(), user.to_string());
                work.audit(Audit { at, actor: &actor, action, object, detail: reason }).await
            })
        })
        .await
    }
}
