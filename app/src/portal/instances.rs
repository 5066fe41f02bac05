//! The engine's verbs on any instance. Those that the portal owns go through its own use cases; there is no other way in.

use super::actor::Actor;
use super::control::{Verb, checked_reason};
use super::error::{PortalError, Result};
use super::ids::{MailId, RequestId};
use super::service::Portal;
use super::work::Audit;

/// What an instance belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A request.
    Request(RequestId),
    /// A mail.
    Mail(MailId),
}

/// The owner of the instance with this id, or `None` for one that is not the portal's.
pub fn owner_of(instance: &str) -> Option<Owner> {
    if let Some(id) = instance.strip_prefix("request-") {
        return id.parse().ok().map(Owner::Request);
    }
    instance.strip_prefix("mail-").and_then(|id| id.parse().ok()).map(Owner::Mail)
}

impl Portal {
    /// Does `verb` to an instance, as its owner understands it. Admins only; the reason is needed.
    pub async fn steer_instance(&self, actor: &Actor, instance: &str, verb: Verb, reason: &str) -> Result<()> {
        actor.require_admin()?;
        match (owner_of(instance), verb) {
            (Some(Owner::Request(id)), Verb::Suspend) => self.hold(actor, id, reason).await,
            (Some(Owner::Request(id)), Verb::Resume) => self.resume(actor, id, reason).await,
            (Some(Owner::Request(id)), Verb::Terminate) => self.terminate(actor, id, reason).await,
            (Some(Owner::Request(id)), Verb::Restart) => self.restart(actor, id, reason).await,
            (Some(Owner::Mail(id)), verb) => self.steer_mail(actor, id, verb, reason).await,
            (None, verb) => self.steer_foreign(actor, instance, verb, reason).await,
        }
    }

    async fn steer_foreign(&self, actor: &Actor, instance: &str, verb: Verb, reason: &str) -> Result<()> {
        let (actor, instance, reason, parts) =
            (actor.clone(), instance.to_owned(), checked_reason(reason)?, self.parts.clone());
        self.unit("steer_instance", move |work| {
            Box::pin(async move {
                let action = match verb {
                    Verb::Suspend => work.suspend(&instance, &reason).await.map(|()| "instance.suspended")?,
                    Verb::Resume => work.resume(&instance, &reason).await.map(|()| "instance.resumed")?,
                    Verb::Restart => work.restart(&instance).await.map(|()| "instance.restarted")?,
                    Verb::Terminate if work.terminate(&instance, &reason).await? => "instance.terminated",
                    Verb::Terminate => return Err(PortalError::conflict("The instance has finished already.")),
                };
                work.audit(Audit { at: parts.clock.now(), actor: &actor, action, object: instance, detail: reason })
                    .await
            })
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_instances_with_a_portal_id_are_the_portals() {
        let id = "0190a0b0-0000-7000-8000-000000000001";
        assert!(matches!(owner_of(&format!("request-{id}")), Some(Owner::Request(_))));
        assert!(matches!(owner_of(&format!("mail-{id}")), Some(Owner::Mail(_))));
        assert_eq!(owner_of("request-x"), None);
        assert_eq!(owner_of("order-1"), None);
    }
}
