//! Monitors as the API shows them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::http::api::people::PersonName;
use crate::http::api::time::rfc3339;
use crate::portal::monitors::{Check, Incident, MonitorLine, MonitorPage, MonitorState, Settings};

/// Where a monitor stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MonitorWord {
    /// Was never checked.
    Waiting,
    Up,
    /// The last check failed, which is not certain yet.
    Unsure,
    Down,
    Paused,
}

impl From<MonitorState> for MonitorWord {
    fn from(state: MonitorState) -> Self {
        match state {
            MonitorState::Waiting => Self::Waiting,
            MonitorState::Up => Self::Up,
            MonitorState::Unsure => Self::Unsure,
            MonitorState::Down => Self::Down,
            MonitorState::Paused => Self::Paused,
        }
    }
}

/// A monitor in the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MonitorEntry {
    #[schema(format = "uuid")]
    id: String,
    name: String,
    url: String,
    state: MonitorWord,
    owner: PersonName,
    /// Checks of the last 24 hours.
    checks_24h: u64,
    /// How many of them failed.
    failed_24h: u64,
    /// Checks of the last 30 days.
    checks_30d: u64,
    /// How many of them failed.
    failed_30d: u64,
    #[schema(format = "date-time")]
    checked_at: Option<String>,
    /// What the last check found wrong; null when nothing.
    problem: Option<String>,
}

impl From<MonitorLine> for MonitorEntry {
    fn from(line: MonitorLine) -> Self {
        let last = line.monitor.pulse.last.as_ref();
        Self {
            id: line.monitor.id.to_string(),
            state: line.monitor.state().into(),
            checks_24h: line.day.checks,
            failed_24h: line.day.failed,
            checks_30d: line.month.checks,
            failed_30d: line.month.failed,
            checked_at: last.map(|last| rfc3339(last.at)),
            problem: last.and_then(|last| last.problem.clone()),
            owner: line.owner.into(),
            name: line.monitor.settings.name,
            url: line.monitor.settings.url,
        }
    }
}

/// Every monitor.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MonitorList {
    pub(super) items: Vec<MonitorEntry>,
}

/// A monitor.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MonitorDetails {
    /// As in the list.
    monitor: MonitorEntry,
    settings: MonitorSettings,
    /// Whether this token may change it.
    may_write: bool,
    #[schema(format = "date-time")]
    created_at: String,
    #[schema(format = "date-time")]
    next_check_at: String,
    #[schema(format = "date-time")]
    certificate_expires_at: Option<String>,
    /// The newest incidents, the newest first.
    incidents: Vec<IncidentEntry>,
}

impl From<MonitorPage> for MonitorDetails {
    fn from(page: MonitorPage) -> Self {
        let record = page.record;
        let (monitor, pulse) = (&record.line.monitor, &record.line.monitor.pulse);
        let emails = record.receivers.into_iter().map(|person| person.email).collect();
        Self {
            settings: MonitorSettings::of(&monitor.settings, emails, record.escalate_to.map(|person| person.email)),
            may_write: page.may_write,
            created_at: rfc3339(monitor.created_at),
            next_check_at: rfc3339(pulse.next_check_at),
            certificate_expires_at: pulse.certificate_expires_at.map(rfc3339),
            incidents: record.incidents.into_iter().map(IncidentEntry::from).collect(),
            monitor: record.line.into(),
        }
    }
}

/// What a monitor was asked to do, as it is written.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MonitorSettings {
    name: String,
    url: String,
    statuses: String,
    /// Empty for anything.
    contains: String,
    max_latency_ms: Option<u64>,
    certificate_days: Option<u32>,
    interval_seconds: u64,
    timeout_seconds: u64,
    retries: u32,
    alert_to: Vec<String>,
    remind_every_seconds: Option<u64>,
    escalate_to: Option<String>,
    escalate_after_seconds: Option<u64>,
}

impl MonitorSettings {
    fn of(settings: &Settings, alert_to: Vec<String>, escalate_to: Option<String>) -> Self {
        let Settings { expect, pace, alerts, .. } = settings;
        let millis = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self {
            name: settings.name.clone(),
            url: settings.url.clone(),
            statuses: expect.statuses.to_string(),
            contains: expect.contains.clone().unwrap_or_default(),
            max_latency_ms: expect.max_latency.map(millis),
            certificate_days: expect.certificate_days,
            interval_seconds: pace.interval.as_secs(),
            timeout_seconds: pace.timeout.as_secs(),
            retries: pace.retries,
            alert_to,
            remind_every_seconds: alerts.remind_every.map(|every| every.as_secs()),
            escalate_to,
            escalate_after_seconds: alerts.escalation.map(|escalation| escalation.after.as_secs()),
        }
    }
}

/// A time in which the service was down.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct IncidentEntry {
    /// From 1.
    number: u64,
    #[schema(format = "date-time")]
    began_at: String,
    /// Null while it is open.
    #[schema(format = "date-time")]
    ended_at: Option<String>,
    /// What was wrong at first.
    problem: String,
}

impl From<Incident> for IncidentEntry {
    fn from(incident: Incident) -> Self {
        Self {
            number: incident.number,
            began_at: rfc3339(incident.began_at),
            ended_at: incident.ended_at.map(rfc3339),
            problem: incident.problem,
        }
    }
}

/// One check.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CheckEntry {
    /// From 1.
    number: u64,
    #[schema(format = "date-time")]
    at: String,
    /// The status of the answer, if there was one.
    status: Option<u16>,
    latency_ms: Option<u64>,
    /// What was wrong; null when nothing.
    problem: Option<String>,
}

impl From<Check> for CheckEntry {
    fn from(check: Check) -> Self {
        Self {
            number: check.number,
            at: rfc3339(check.at),
            status: check.status,
            latency_ms: check.latency.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
            problem: check.problem,
        }
    }
}

/// A part of the checks of a monitor.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CheckList {
    pub(super) items: Vec<CheckEntry>,
    /// The cursor of the next part; null on the last one.
    pub(super) next: Option<String>,
}
