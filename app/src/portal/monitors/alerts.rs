//! Who is told of what a check changed: by mail, and by the webhooks that want to hear of monitors.
//!
//! All of it is queued in the transaction that records the check, by keys that say of which monitor, incident and occasion it
//! is. So it is queued if and only if the check is recorded, and never twice.

use serde_json::json;

use super::monitor::{Check, Incident, Monitor};
use super::pulse::Due;
use crate::portal::advance::queue;
use crate::portal::error::Result;
use crate::portal::ids::UserId;
use crate::portal::mail::{Mail, MailKind, MailedMonitor};
use crate::portal::service::Parts;
use crate::portal::stage::{Letter, Post};
use crate::portal::user::UserState;
use crate::portal::webhooks::{Announcement, WebhookEvent, announce, timestamp};
use crate::portal::work::Work;

/// Somebody is told of a check.
#[derive(Clone, Copy)]
pub(super) struct Telling<'a> {
    pub(super) work: &'a dyn Work,
    pub(super) parts: &'a Parts,
    pub(super) monitor: &'a Monitor,
    pub(super) check: &'a Check,
}

impl Telling<'_> {
    /// The service is down.
    pub(super) async fn down(self, incident: &Incident) -> Result<()> {
        let to = &self.monitor.settings.alerts.to;
        self.mail(incident, MailKind::MonitorDown, "down", to).await?;
        self.announce(incident, WebhookEvent::MonitorDown, "down").await
    }

    /// It is still down.
    pub(super) async fn again(self, incident: &Incident, due: Due) -> Result<()> {
        let alerts = &self.monitor.settings.alerts;
        if let (true, Some(escalation)) = (due.escalate, alerts.escalation) {
            self.mail(incident, MailKind::MonitorEscalated, "escalated", &[escalation.to]).await?;
        }
        if due.reminder.is_none() {
            return Ok(());
        }
        // By the check and not by the period, whose length may be changed.
        let occasion = format!("reminder-{}", self.check.number);
        self.mail(incident, MailKind::MonitorReminder, &occasion, &alerts.to).await?;
        self.announce(incident, WebhookEvent::MonitorReminder, &occasion).await
    }

    /// It is back. Everybody hears of it who heard of the incident.
    pub(super) async fn recovered(self, incident: &Incident) -> Result<()> {
        let alerts = &self.monitor.settings.alerts;
        let mut to = alerts.to.clone();
        let escalated = alerts.escalation.filter(|_| incident.escalated_at.is_some());
        to.extend(escalated.map(|escalation| escalation.to).filter(|person| !alerts.to.contains(person)));
        self.mail(incident, MailKind::MonitorRecovered, "recovered", &to).await?;
        self.announce(incident, WebhookEvent::MonitorRecovered, "recovered").await
    }

    async fn mail(self, incident: &Incident, kind: MailKind, occasion: &str, to: &[UserId]) -> Result<()> {
        let Self { work, parts, monitor, check } = self;
        let post = Post { clock: &*parts.clock, keys: &*parts.keys, now: check.at };
        let about = MailedMonitor {
            id: monitor.id,
            name: monitor.settings.name.clone(),
            url: monitor.settings.url.clone(),
            incident: incident.number,
            began_at: incident.began_at,
            ended_at: incident.ended_at,
        };
        let note = check.problem.clone().unwrap_or_else(|| incident.problem.clone());
        let mut people = work.list_users(to).await?;
        people.retain(|person| person.state != UserState::Disabled);
        for person in people {
            let natural_key = format!("monitor/{}/{}/{occasion}/{}", monitor.id, incident.number, person.id);
            let mail = post.mail(Letter { kind, to: person.id, natural_key });
            queue(work, &Mail { monitor: Some(about.clone()), note: note.clone(), ..mail }).await?;
        }
        Ok(())
    }

    async fn announce(self, incident: &Incident, event: WebhookEvent, occasion: &str) -> Result<()> {
        let Self { work, parts, monitor, check } = self;
        let data = json!({
            "monitor": {
                "id": monitor.id.to_string(),
                "name": monitor.settings.name,
                "target": monitor.settings.url,
                "url": parts.addresses.monitor(monitor.id.0),
            },
            "incident": {
                "number": incident.number,
                "began_at": timestamp(incident.began_at),
                "ended_at": incident.ended_at.map(timestamp),
                "problem": check.problem.as_ref().unwrap_or(&incident.problem),
            },
        });
        let key = format!("monitor/{}/{}/{occasion}", monitor.id, incident.number);
        announce(work, parts, Announcement { event, key, data }).await
    }
}
