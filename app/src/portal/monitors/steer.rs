//! The engine's verbs on the instance of a monitor.

use super::manage::Change;
use crate::portal::actor::Actor;
use crate::portal::control::{Verb, checked_reason};
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::MonitorId;
use crate::portal::service::Portal;

impl Portal {
    /// Does an engine verb to a monitor: suspending pauses it, resuming resumes it, restarting gives it back an instance that
    /// failed. Terminating is refused: a monitor without an instance would look as if it watched. Admins only.
    pub(in crate::portal) async fn steer_monitor(
        &self,
        actor: &Actor,
        id: MonitorId,
        verb: Verb,
        reason: &str,
    ) -> Result<()> {
        actor.require_admin_in_person()?;
        let reason = checked_reason(reason)?;
        self.change_monitor("steer_monitor", actor, id, move |change| {
            Box::pin(async move {
                match verb {
                    Verb::Suspend => change.pause(&reason).await,
                    Verb::Resume => change.resume(&reason).await,
                    Verb::Restart => restart(change, reason).await,
                    Verb::Terminate => Err(PortalError::conflict(
                        "A monitor runs until it is deleted. Suspend it, or delete the monitor on its page.",
                    )),
                }
            })
        })
        .await
    }
}

async fn restart(mut change: Change<'_>, reason: String) -> Result<()> {
    change.work.restart(&change.monitor.instance()).await?;
    change.monitor.paused_at = None;
    change.monitor.pulse.next_check_at = change.monitor.pulse.soon(change.now);
    change.audit("monitor.restarted", reason).await?;
    change.work.update_monitor(&change.monitor).await
}
