//! The engine's verbs on any instance. Those that the portal owns go through its own use cases; there is no other way in.

use super::actor::Actor;
use super::control::{Verb, checked_reason};
use super::error::Result;
use super::ids::{AbsenceId, DeliveryId, FileId, MailId, MonitorId, RequestId, UserId};
use super::service::Portal;
use super::workflows::WorkflowVerb;

/// What an instance belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A request.
    Request(RequestId),
    /// A mail.
    Mail(MailId),
    /// A webhook's delivery.
    Delivery(DeliveryId),
    /// A monitor.
    Monitor(MonitorId),
    /// An absence, or the naming of a backup.
    Absence(AbsenceId),
    /// The preview of a file.
    Preview(FileId),
    /// Somebody's digests.
    Digests(UserId),
}

/// The owner of the instance with this id, or `None` for one that is not the portal's.
pub fn owner_of(instance: &str) -> Option<Owner> {
    if let Some(id) = instance.strip_prefix("request-") {
        return id.parse().ok().map(Owner::Request);
    }
    if let Some(id) = instance.strip_prefix("webhook-") {
        return id.parse().ok().map(Owner::Delivery);
    }
    if let Some(id) = instance.strip_prefix("monitor-") {
        return id.parse().ok().map(Owner::Monitor);
    }
    if let Some(id) = instance.strip_prefix("absence-") {
        return id.parse().ok().map(Owner::Absence);
    }
    if let Some(id) = instance.strip_prefix("preview-") {
        return id.parse().ok().map(Owner::Preview);
    }
    if let Some(id) = instance.strip_prefix("digest-") {
        return id.parse().ok().map(Owner::Digests);
    }
    instance.strip_prefix("mail-").and_then(|id| id.parse().ok()).map(Owner::Mail)
}

impl Portal {
    /// Does `verb` to an instance, as its owner understands it; the reason is needed. What carries something of the portal's own
    /// is for admins only, a run for whoever started it too.
    pub async fn steer_instance(&self, actor: &Actor, instance: &str, verb: Verb, reason: &str) -> Result<()> {
        let owner = owner_of(instance);
        if owner.is_some() {
            actor.require_admin_in_person()?;
        }
        match (owner, verb) {
            (Some(Owner::Request(id)), Verb::Suspend) => self.hold(actor, id, reason).await,
            (Some(Owner::Request(id)), Verb::Resume) => self.resume(actor, id, reason).await,
            (Some(Owner::Request(id)), Verb::Terminate) => self.terminate(actor, id, reason).await,
            (Some(Owner::Request(id)), Verb::Restart) => self.restart(actor, id, reason).await,
            (Some(Owner::Mail(id)), verb) => self.steer_mail(actor, id, verb, reason).await,
            (Some(Owner::Delivery(id)), verb) => self.steer_delivery(actor, id, verb, reason).await,
            (Some(Owner::Monitor(id)), verb) => self.steer_monitor(actor, id, verb, reason).await,
            (Some(Owner::Absence(id)), verb) => self.steer_absence(actor, id, verb, reason).await,
            (Some(Owner::Preview(file)), verb) => self.steer_preview(actor, file, verb, reason).await,
            (Some(Owner::Digests(of)), verb) => self.steer_digests(actor, of, verb, reason).await,
            (None, verb) => self.steer_foreign(actor, instance, verb, reason).await,
        }
    }

    /// An instance that is not the portal's own is a run: its verbs are those of workflows, here with a reason.
    async fn steer_foreign(&self, actor: &Actor, instance: &str, verb: Verb, reason: &str) -> Result<()> {
        let reason = checked_reason(reason)?;
        let verb = match verb {
            Verb::Suspend => WorkflowVerb::Suspend,
            Verb::Resume => WorkflowVerb::Resume,
            Verb::Terminate => WorkflowVerb::Terminate,
            Verb::Restart => {
                self.rerun_workflow(actor, instance, false, &reason).await?;
                return Ok(());
            }
        };
        Ok(self.steer_workflow(actor, instance, verb, &reason).await?)
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
        assert!(matches!(owner_of(&format!("webhook-{id}")), Some(Owner::Delivery(_))));
        assert!(matches!(owner_of(&format!("monitor-{id}")), Some(Owner::Monitor(_))));
        assert!(matches!(owner_of(&format!("digest-{id}")), Some(Owner::Digests(_))));
        assert!(matches!(owner_of(&format!("absence-{id}")), Some(Owner::Absence(_))));
        assert!(matches!(owner_of(&format!("preview-{}", "0b".repeat(32))), Some(Owner::Preview(_))));
        assert_eq!(owner_of("request-x"), None);
        assert_eq!(owner_of(&format!("preview-{id}")), None);
        assert_eq!(owner_of("order-1"), None);
    }
}
