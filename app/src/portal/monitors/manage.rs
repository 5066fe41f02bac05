//! What people do with monitors: make, change, pause, resume, check now, delete.

use futures::future::BoxFuture;

use super::draft::{Checked, MonitorDraft};
use super::monitor::{AlertEscalation, MAX_MONITORS, Monitor, Pulse, Settings};
use super::pages::may_change;
use super::pulse::PAUSE_BETWEEN;
use crate::portal::actor::Actor;
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::MonitorId;
use crate::portal::ports::OutboundError;
use crate::portal::scope::Scope;
use crate::portal::service::{Parts, Portal};
use crate::portal::submit::person;
use crate::portal::work::{Audit, Work};

/// A locked monitor that somebody changes.
pub(super) struct Change<'a> {
    pub(super) work: &'a dyn Work,
    pub(super) parts: &'a Parts,
    pub(super) actor: &'a Actor,
    pub(super) now: Time,
    pub(super) monitor: Monitor,
}

impl Portal {
    /// Makes a monitor, which is checked at once. Requesters and admins. [`PortalError::Invalid`] names the fields of the draft.
    pub async fn create_monitor(&self, actor: &Actor, draft: MonitorDraft) -> Result<MonitorId> {
        actor.require_scope(Scope::MonitorsWrite)?;
        let owner = actor.require_requester()?.id;
        let checked = self.checked_monitor(&draft).await?;
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit("create_monitor", move |work| {
            Box::pin(async move {
                if work.count_monitors().await? >= MAX_MONITORS {
                    return Err(PortalError::conflict(format!(
                        "There are {MAX_MONITORS} monitors, which is the most."
                    )));
                }
                let now = parts.clock.now();
                let monitor = Monitor {
                    id: MonitorId(parts.clock.new_id()),
                    owner,
                    settings: settings(&actor, work, &parts, checked, now).await?,
                    revision: 1,
                    created_at: now,
                    paused_at: None,
                    pulse: Pulse::new(now),
                };
                work.insert_monitor(&monitor).await?;
                work.start_monitor(monitor.id).await?;
                let change = Change { work, parts: &parts, actor: &actor, now, monitor };
                change.audit("monitor.created", change.monitor.settings.name.clone()).await?;
                Ok(change.monitor.id)
            })
        })
        .await
    }

    /// Changes what a monitor does; it is checked at once, but for a moment after a check. Its owner and admins.
    pub async fn edit_monitor(&self, actor: &Actor, id: MonitorId, draft: MonitorDraft) -> Result<()> {
        actor.require_scope(Scope::MonitorsWrite)?;
        let checked = self.checked_monitor(&draft).await?;
        self.change_monitor("edit_monitor", actor, id, move |mut change| {
            Box::pin(async move {
                let reminded_every = change.monitor.settings.alerts.remind_every;
                change.monitor.settings =
                    settings(change.actor, change.work, change.parts, checked, change.now).await?;
                if change.monitor.settings.alerts.remind_every != reminded_every {
                    change.count_reminders_anew().await?;
                }
                change.monitor.revision += 1;
                change.monitor.pulse.next_check_at = change.monitor.pulse.soon(change.now);
                change.audit("monitor.edited", change.monitor.settings.name.clone()).await?;
                change.save_and_wake().await
            })
        })
        .await
    }

    /// Stops checking, until it is resumed. An incident stays open. Its owner and admins.
    pub async fn pause_monitor(&self, actor: &Actor, id: MonitorId) -> Result<()> {
        self.change_monitor("pause_monitor", actor, id, |change| Box::pin(async move { change.pause("").await })).await
    }

    /// Checks again, at once. Its owner and admins.
    pub async fn resume_monitor(&self, actor: &Actor, id: MonitorId) -> Result<()> {
        self.change_monitor("resume_monitor", actor, id, |change| Box::pin(async move { change.resume("").await }))
            .await
    }

    /// Checks now instead of at the next time. Its owner and admins; [`PortalError::TooMany`] just after a check.
    pub async fn check_monitor_now(&self, actor: &Actor, id: MonitorId) -> Result<()> {
        self.change_monitor("check_monitor_now", actor, id, |mut change| {
            Box::pin(async move {
                if change.monitor.paused_at.is_some() {
                    return Err(PortalError::conflict("The monitor is paused. Resume it first."));
                }
                let last = change.monitor.pulse.last.as_ref();
                if last.is_some_and(|last| change.now.since(last.at) < PAUSE_BETWEEN) {
                    return Err(PortalError::TooMany(
                        "It was checked a moment ago. Wait a few seconds and try again.".into(),
                    ));
                }
                change.monitor.pulse.next_check_at = change.now;
                change.audit("monitor.checked_now", String::new()).await?;
                change.save_and_wake().await
            })
        })
        .await
    }

    /// Deletes a monitor with everything that it found. Mails that are on their way still go out. Its owner and admins.
    pub async fn delete_monitor(&self, actor: &Actor, id: MonitorId) -> Result<()> {
        self.change_monitor("delete_monitor", actor, id, |change| {
            Box::pin(async move {
                change.work.delete_monitor(change.monitor.id).await?;
                // Whether it had ended makes no difference: it must not run from here on.
                change.work.terminate(&change.monitor.instance(), "the monitor was deleted").await?;
                change.audit("monitor.deleted", change.monitor.settings.name.clone()).await
            })
        })
        .await
    }

    /// What was typed, if all of it is right and the address may be asked.
    async fn checked_monitor(&self, draft: &MonitorDraft) -> Result<Checked> {
        let checked = draft.check().map_err(PortalError::Invalid)?;
        match self.parts.outbound.admit(&checked.settings.url).await {
            Err(OutboundError::Refused(why)) => Err(PortalError::field("url", why)),
            Ok(()) | Err(OutboundError::Failed(_)) => Ok(checked),
        }
    }

    /// Runs `change` on the locked monitor, if the actor may.
    pub(super) async fn change_monitor<T, F>(
        &self,
        caller: &'static str,
        actor: &Actor,
        id: MonitorId,
        apply: F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(Change<'a>) -> BoxFuture<'a, Result<T>> + Send + 'static,
    {
        actor.require_scope(Scope::MonitorsWrite)?;
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit(caller, move |work| {
            Box::pin(async move {
                let monitor = work.lock_monitor(id).await?.ok_or(PortalError::NotFound)?;
                if !may_change(&actor, &monitor) {
                    return Err(PortalError::forbidden("Only its owner and administrators may change a monitor."));
                }
                apply(Change { work, parts: &parts, actor: &actor, now: parts.clock.now(), monitor }).await
            })
        })
        .await
    }
}

impl Change<'_> {
    /// Stops checking. The instance is suspended too, so that it looks the same from the engine's side.
    pub(super) async fn pause(mut self, reason: &str) -> Result<()> {
        if self.monitor.paused_at.is_some() {
            return Err(PortalError::conflict("The monitor is paused already."));
        }
        self.monitor.paused_at = Some(self.now);
        self.work.suspend(&self.monitor.instance(), reason).await?;
        self.audit("monitor.paused", reason.to_owned()).await?;
        self.work.update_monitor(&self.monitor).await
    }

    /// Checks again, at once.
    pub(super) async fn resume(mut self, reason: &str) -> Result<()> {
        if self.monitor.paused_at.take().is_none() {
            return Err(PortalError::conflict("The monitor is not paused."));
        }
        self.monitor.pulse.next_check_at = self.monitor.pulse.soon(self.now);
        self.work.resume(&self.monitor.instance(), reason).await?;
        self.audit("monitor.resumed", reason.to_owned()).await?;
        self.save_and_wake().await
    }

    /// Has an open incident count the periods of reminders as they are now.
    async fn count_reminders_anew(&self) -> Result<()> {
        let (work, id) = (self.work, self.monitor.id);
        let Some(number) = self.monitor.pulse.incident else { return Ok(()) };
        let Some(mut incident) = work.find_incident(id, number).await? else { return Ok(()) };
        incident.count_reminders(&self.monitor.settings.alerts, self.now);
        work.update_incident(id, &incident).await
    }

    /// Writes the monitor back and has its instance read the rows.
    pub(super) async fn save_and_wake(&self) -> Result<()> {
        self.work.update_monitor(&self.monitor).await?;
        self.work.wake_monitor(self.monitor.id).await
    }

    /// Adds a line to the audit log.
    pub(super) async fn audit(&self, action: &'static str, detail: String) -> Result<()> {
        let object = self.monitor.id.to_string();
        self.work.audit(Audit { at: self.now, actor: self.actor, action, object, detail }).await
    }
}

/// The settings with the people in them; of unknown addresses guests are made.
async fn settings(actor: &Actor, work: &dyn Work, parts: &Parts, checked: Checked, now: Time) -> Result<Settings> {
    let Checked { mut settings, receivers, escalation } = checked;
    for email in &receivers {
        settings.alerts.to.push(person(actor, work, &*parts.clock, email, "alert_to", now).await?);
    }
    if let Some((email, after)) = escalation {
        let to = person(actor, work, &*parts.clock, &email, "escalate_to", now).await?;
        settings.alerts.escalation = Some(AlertEscalation { to, after });
    }
    Ok(settings)
}
