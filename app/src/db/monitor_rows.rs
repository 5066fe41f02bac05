//! Monitors and what belongs to them, as rows.

use std::time::Duration;

use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};

use super::error::unreadable;
use super::tables::{monitor, monitor_check, monitor_incident};
use super::words::Row;
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{MonitorId, UserId};
use crate::portal::mail::MailedMonitor;
use crate::portal::monitors::{
    AlertEscalation, Alerts, Check, Expectation, Incident, LastCheck, Monitor, Pace, Pulse, Settings, StatusSet,
};

/// A number that a table keeps with a sign. None of ours comes near the end.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn seconds(span: Duration) -> i64 {
    signed(span.as_secs())
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

impl From<&Monitor> for monitor::ActiveModel {
    fn from(row: &Monitor) -> Self {
        let Settings { name, url, expect, pace, alerts } = &row.settings;
        let (pulse, escalation) = (&row.pulse, alerts.escalation);
        let last = pulse.last.as_ref();
        Self {
            id: Set(row.id.to_string()),
            owner_id: Set(row.owner.to_string()),
            name: Set(name.clone()),
            url: Set(url.clone()),
            statuses: Set(expect.statuses.to_string()),
            contains: Set(expect.contains.clone()),
            max_latency_ms: Set(expect.max_latency.map(|span| micros(span) / 1_000)),
            certificate_days: Set(expect.certificate_days.map(i64::from)),
            interval_seconds: Set(seconds(pace.interval)),
            timeout_seconds: Set(seconds(pace.timeout)),
            retries: Set(pace.retries.into()),
            alert_to: Set(alerts.to.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")),
            remind_every_seconds: Set(alerts.remind_every.map(seconds)),
            escalate_to: Set(escalation.map(|escalation| escalation.to.to_string())),
            escalate_after_seconds: Set(escalation.map(|escalation| seconds(escalation.after))),
            revision: Set(row.revision.into()),
            created_at: Set(row.created_at.micros()),
            paused_at: Set(row.paused_at.map(Time::micros)),
            checks: Set(signed(pulse.checks)),
            failures: Set(pulse.failures.into()),
            failing_since: Set(pulse.failing_since.map(Time::micros)),
            next_check_at: Set(pulse.next_check_at.micros()),
            last_at: Set(last.map(|last| last.at.micros())),
            last_latency_us: Set(last.and_then(|last| last.latency).map(micros)),
            last_problem: Set(last.and_then(|last| last.problem.clone())),
            certificate_expires_at: Set(pulse.certificate_expires_at.map(Time::micros)),
            incident: Set(pulse.incident.map(signed)),
            incidents: Set(signed(pulse.incidents)),
            recent: Set(recent_text(&pulse.recent)),
        }
    }
}

impl TryFrom<monitor::Model> for Monitor {
    type Error = PortalError;

    fn try_from(model: monitor::Model) -> Result<Self> {
        let row = Row { table: "monitors", id: &model.id };
        let alerts = alerts_of(row, &model)?;
        let expect = expectation_of(row, &model)?;
        let pulse = pulse_of(row, &model)?;
        let pace = Pace {
            interval: Duration::from_secs(row.number("interval_seconds", model.interval_seconds)?),
            timeout: Duration::from_secs(row.number("timeout_seconds", model.timeout_seconds)?),
            retries: row.number("retries", model.retries)?,
        };
        Ok(Self {
            id: row.id("id", &model.id)?,
            owner: row.id("owner_id", &model.owner_id)?,
            revision: row.number("revision", model.revision)?,
            created_at: Time(model.created_at),
            paused_at: model.paused_at.map(Time),
            settings: Settings { name: model.name, url: model.url, expect, pace, alerts },
            pulse,
        })
    }
}

fn expectation_of(row: Row<'_>, model: &monitor::Model) -> Result<Expectation> {
    let max_latency = maybe(row, "max_latency_ms", model.max_latency_ms)?;
    Ok(Expectation {
        statuses: StatusSet::parse(&model.statuses).map_err(|_| unreadable(row.table, "statuses", row.id))?,
        contains: model.contains.clone(),
        max_latency: max_latency.map(Duration::from_millis),
        certificate_days: maybe(row, "certificate_days", model.certificate_days)?,
    })
}

fn alerts_of(row: Row<'_>, model: &monitor::Model) -> Result<Alerts> {
    let people = model.alert_to.split(',').filter(|id| !id.is_empty());
    let escalation = match (&model.escalate_to, maybe(row, "escalate_after_seconds", model.escalate_after_seconds)?) {
        (Some(to), Some(after)) => {
            Some(AlertEscalation { to: row.id("escalate_to", to)?, after: Duration::from_secs(after) })
        }
        (None, None) => None,
        _ => return Err(unreadable(row.table, "escalate_to", row.id)),
    };
    Ok(Alerts {
        to: people.map(|id| row.id::<UserId>("alert_to", id)).collect::<Result<_>>()?,
        remind_every: maybe(row, "remind_every_seconds", model.remind_every_seconds)?.map(Duration::from_secs),
        escalation,
    })
}

fn pulse_of(row: Row<'_>, model: &monitor::Model) -> Result<Pulse> {
    let latency = maybe(row, "last_latency_us", model.last_latency_us)?.map(Duration::from_micros);
    Ok(Pulse {
        checks: row.number("checks", model.checks)?,
        failures: row.number("failures", model.failures)?,
        failing_since: model.failing_since.map(Time),
        next_check_at: Time(model.next_check_at),
        last: model.last_at.map(|at| LastCheck { at: Time(at), latency, problem: model.last_problem.clone() }),
        certificate_expires_at: model.certificate_expires_at.map(Time),
        incident: maybe(row, "incident", model.incident)?,
        incidents: row.number("incidents", model.incidents)?,
        recent: recent_of(&model.recent).ok_or_else(|| unreadable(row.table, "recent", row.id))?,
    })
}

fn maybe<T: TryFrom<i64>>(row: Row<'_>, column: &'static str, number: Option<i64>) -> Result<Option<T>> {
    number.map(|number| row.number(column, number)).transpose()
}

/// `12 - 15`: milliseconds, and a dash for a check that failed.
fn recent_text(recent: &[Option<u32>]) -> String {
    let word = |latency: &Option<u32>| latency.map_or_else(|| "-".to_owned(), |latency| latency.to_string());
    recent.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn recent_of(text: &str) -> Option<Vec<Option<u32>>> {
    let word = |word: &str| if word == "-" { Some(None) } else { word.parse().ok().map(Some) };
    text.split(' ').filter(|part| !part.is_empty()).map(word).collect()
}

/// A check of this monitor as a row.
pub(super) fn check_row(of: MonitorId, row: &Check) -> monitor_check::ActiveModel {
    monitor_check::ActiveModel {
        monitor_id: Set(of.to_string()),
        number: Set(signed(row.number)),
        at: Set(row.at.micros()),
        latency_us: Set(row.latency.map(micros)),
        status: Set(row.status.map(i64::from)),
        problem: Set(row.problem.clone()),
    }
}

impl TryFrom<monitor_check::Model> for Check {
    type Error = PortalError;

    fn try_from(model: monitor_check::Model) -> Result<Self> {
        let row = Row { table: "monitor_checks", id: &model.monitor_id };
        Ok(Self {
            number: row.number("number", model.number)?,
            at: Time(model.at),
            latency: maybe(row, "latency_us", model.latency_us)?.map(Duration::from_micros),
            status: maybe(row, "status", model.status)?,
            problem: model.problem,
        })
    }
}

/// An incident of this monitor as a row.
pub(super) fn incident_row(of: MonitorId, row: &Incident) -> monitor_incident::ActiveModel {
    monitor_incident::ActiveModel {
        monitor_id: Set(of.to_string()),
        number: Set(signed(row.number)),
        began_at: Set(row.began_at.micros()),
        alerted_at: Set(row.alerted_at.micros()),
        ended_at: Set(row.ended_at.map(Time::micros)),
        problem: Set(row.problem.clone()),
        reminders: Set(signed(row.reminders)),
        escalated_at: Set(row.escalated_at.map(Time::micros)),
    }
}

impl TryFrom<monitor_incident::Model> for Incident {
    type Error = PortalError;

    fn try_from(model: monitor_incident::Model) -> Result<Self> {
        let row = Row { table: "monitor_incidents", id: &model.monitor_id };
        Ok(Self {
            number: row.number("number", model.number)?,
            began_at: Time(model.began_at),
            alerted_at: Time(model.alerted_at),
            ended_at: model.ended_at.map(Time),
            problem: model.problem,
            reminders: row.number("reminders", model.reminders)?,
            escalated_at: model.escalated_at.map(Time),
        })
    }
}

/// What a mail says of an incident: fields may be added, never renamed.
#[derive(Serialize, Deserialize)]
struct Mailed {
    id: String,
    name: String,
    url: String,
    incident: u64,
    began_at: i64,
    ended_at: Option<i64>,
}

/// What a mail says of an incident, as stored text.
pub(super) fn mailed_text(mailed: &MailedMonitor) -> String {
    let stored = Mailed {
        id: mailed.id.to_string(),
        name: mailed.name.clone(),
        url: mailed.url.clone(),
        incident: mailed.incident,
        began_at: mailed.began_at.micros(),
        ended_at: mailed.ended_at.map(Time::micros),
    };
    // Of texts and numbers JSON can always be made.
    serde_json::to_string(&stored).unwrap_or_default()
}

/// The same, read back.
pub(super) fn mailed_of(row: Row<'_>, text: &str) -> Result<MailedMonitor> {
    let stored: Mailed = serde_json::from_str(text).map_err(|_| unreadable(row.table, "monitor", row.id))?;
    Ok(MailedMonitor {
        id: row.id("monitor", &stored.id)?,
        name: stored.name,
        url: stored.url,
        incident: stored.incident,
        began_at: Time(stored.began_at),
        ended_at: stored.ended_at.map(Time),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_checks_are_read_as_they_were_written() {
        for recent in [vec![], vec![None], vec![Some(12), None, Some(0), Some(u32::MAX)]] {
            assert_eq!(recent_of(&recent_text(&recent)), Some(recent));
        }
        assert_eq!(recent_of("12 x"), None);
    }
}
