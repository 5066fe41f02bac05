//! What the instance of a monitor asks and reports.

use super::alerts::Telling;
use super::judge::judge;
use super::monitor::{Check, Incident, Monitor};
use super::pulse::Change;
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::MonitorId;
use crate::portal::ports::{OutboundAnswer, OutboundError, OutboundRequest};
use crate::portal::service::{Parts, Portal};
use crate::portal::stage::lost;
use crate::portal::work::Work;

/// How much of an answer is searched for the expected text, in bytes.
const SEARCHED: usize = 256 * 1024;

/// What an instance is to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MonitorStep {
    /// Send this now, and report what came back.
    Check(MonitorProbe),
    /// Wait until then; until the rows change when there is no time.
    Wait(Option<Time>),
    /// The monitor was deleted.
    Gone,
}

/// A check that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorProbe {
    /// Of which monitor.
    pub monitor: MonitorId,
    /// Its number.
    pub number: u64,
    /// The settings that it is made with.
    pub revision: u32,
    /// What to send.
    pub request: OutboundRequest,
}

impl Portal {
    /// What the rows say about a monitor now.
    pub async fn next_monitor_step(&self, id: MonitorId) -> Result<MonitorStep> {
        let Some(monitor) = self.reads().find_monitor(id).await? else { return Ok(MonitorStep::Gone) };
        let due_at = monitor.pulse.next_check_at;
        Ok(match monitor.paused_at {
            Some(_) => MonitorStep::Wait(None),
            None if self.now() < due_at => MonitorStep::Wait(Some(due_at)),
            None => MonitorStep::Check(probe_of(&monitor)),
        })
    }

    /// Records what came back, with everything that follows from it. Nothing happens when that check was recorded before, or
    /// when the monitor was changed, paused or deleted meanwhile.
    pub async fn record_check(
        &self,
        probe: &MonitorProbe,
        result: std::result::Result<OutboundAnswer, OutboundError>,
    ) -> Result<()> {
        let (parts, id, number, revision) = (self.parts.clone(), probe.monitor, probe.number, probe.revision);
        self.unit("record_check", move |work| {
            Box::pin(async move {
                let Some(mut monitor) = work.lock_monitor(id).await? else { return Ok(()) };
                let is_next = monitor.revision == revision && monitor.pulse.checks + 1 == number;
                if !is_next || monitor.paused_at.is_some() {
                    return Ok(());
                }
                let check = check_of(&monitor, number, &result, parts.clock.now());
                if let Ok(answer) = &result {
                    monitor.pulse.certificate_expires_at = answer.certificate_expires_at;
                }
                record(work, &parts, &mut monitor, &check).await
            })
        })
        .await
    }
}

fn probe_of(monitor: &Monitor) -> MonitorProbe {
    let (settings, searches) = (&monitor.settings, monitor.settings.expect.contains.is_some());
    MonitorProbe {
        monitor: monitor.id,
        number: monitor.pulse.checks + 1,
        revision: monitor.revision,
        request: OutboundRequest {
            url: settings.url.clone(),
            body: None,
            headers: Vec::new(),
            timeout: settings.pace.timeout,
            keep_body: if searches { SEARCHED } else { 0 },
        },
    }
}

fn check_of(
    monitor: &Monitor,
    number: u64,
    result: &std::result::Result<OutboundAnswer, OutboundError>,
    now: Time,
) -> Check {
    let answer = result.as_ref().ok();
    Check {
        number,
        at: now,
        latency: answer.map(|answer| answer.latency),
        status: answer.map(|answer| answer.status),
        problem: judge(&monitor.settings.expect, result, now),
    }
}

/// Writes a check, its counters, what it does to the incident, and those who are told: all of it or nothing.
async fn record(work: &dyn Work, parts: &Parts, monitor: &mut Monitor, check: &Check) -> Result<()> {
    let began_at = monitor.pulse.failing_since.unwrap_or(check.at);
    let change = monitor.take(check);
    work.insert_check(monitor.id, check).await?;
    work.update_monitor(monitor).await?;
    let telling = Telling { work, parts, monitor, check };
    match change {
        Change::Nothing => Ok(()),
        Change::Down(number) => begin(telling, Incident::of(number, began_at, check)).await,
        Change::StillDown(number) => go_on(telling, number).await,
        Change::Recovered(number) => end(telling, number).await,
    }
}

async fn begin(telling: Telling<'_>, incident: Incident) -> Result<()> {
    telling.work.insert_incident(telling.monitor.id, &incident).await?;
    telling.down(&incident).await
}

async fn go_on(telling: Telling<'_>, number: u64) -> Result<()> {
    let Telling { work, monitor, check, .. } = telling;
    let mut incident = find(work, monitor, number).await?;
    let due = incident.due(&monitor.settings.alerts, check.at);
    if due.reminder.is_none() && !due.escalate {
        return Ok(());
    }
    incident.reminders = due.reminder.unwrap_or(incident.reminders);
    if due.escalate {
        incident.escalated_at = Some(check.at);
    }
    work.update_incident(monitor.id, &incident).await?;
    telling.again(&incident, due).await
}

async fn end(telling: Telling<'_>, number: u64) -> Result<()> {
    let mut incident = find(telling.work, telling.monitor, number).await?;
    incident.ended_at = Some(telling.check.at);
    telling.work.update_incident(telling.monitor.id, &incident).await?;
    telling.recovered(&incident).await
}

async fn find(work: &dyn Work, monitor: &Monitor, number: u64) -> Result<Incident> {
    let incident = work.find_incident(monitor.id, number).await?;
    incident.ok_or_else(|| lost("incident", format_args!("{number} of monitor {}", monitor.id)))
}
