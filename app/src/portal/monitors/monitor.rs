//! What a monitor is: what was asked for, and how it stands.

use std::time::Duration;

use super::status::StatusSet;
use crate::portal::clock::Time;
use crate::portal::ids::{MonitorId, UserId};

/// The most monitors of a portal: their list is one page.
pub const MAX_MONITORS: u64 = 200;

/// A monitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Monitor {
    /// Which.
    pub id: MonitorId,
    /// Who made it; they and admins may change it.
    pub owner: UserId,
    /// What was asked for.
    pub settings: Settings,
    /// How often the settings were changed. What a check finds counts only for the settings that it was made with.
    pub revision: u32,
    /// When it was made.
    pub created_at: Time,
    /// Since when it does not check.
    pub paused_at: Option<Time>,
    /// How its service stands.
    pub pulse: Pulse,
}

/// What a monitor was asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What people call it.
    pub name: String,
    /// The address that is asked.
    pub url: String,
    /// What its answer must be.
    pub expect: Expectation,
    /// How often it is asked.
    pub pace: Pace,
    /// Who is told.
    pub alerts: Alerts,
}

/// What a service's answer must be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectation {
    /// Its status.
    pub statuses: StatusSet,
    /// What its body must contain, exactly.
    pub contains: Option<String>,
    /// The longest time that it may take.
    pub max_latency: Option<Duration>,
    /// For how many days at least its certificate must be valid.
    pub certificate_days: Option<u32>,
}

/// How often a service is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// From one check to the next.
    pub interval: Duration,
    /// How long a check waits.
    pub timeout: Duration,
    /// How many checks after a failed one must fail too, before the service counts as down.
    pub retries: u32,
}

/// Who is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alerts {
    /// By mail, when it goes down, stays down and comes back.
    pub to: Vec<UserId>,
    /// How often they are reminded while it stays down.
    pub remind_every: Option<Duration>,
    /// Who else is told when it stays down for long.
    pub escalation: Option<AlertEscalation>,
}

/// Who is told later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlertEscalation {
    /// Who.
    pub to: UserId,
    /// How long after the first alert.
    pub after: Duration,
}

/// How a monitored service stands, as of the last check that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// How many checks were recorded; the number of the last one.
    pub checks: u64,
    /// How many of the last ones failed in a row.
    pub failures: u32,
    /// When the first of those failed.
    pub failing_since: Option<Time>,
    /// When the next check is due.
    pub next_check_at: Time,
    /// The last check.
    pub last: Option<LastCheck>,
    /// When the certificate ends that was seen last.
    pub certificate_expires_at: Option<Time>,
    /// The number of the incident that is open.
    pub incident: Option<u64>,
    /// How many incidents there were.
    pub incidents: u64,
    /// The last checks, oldest first: milliseconds, or nothing for one that failed. At most [`Pulse::RECENT`].
    pub recent: Vec<Option<u32>>,
}

/// The last check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastCheck {
    /// When.
    pub at: Time,
    /// How long the answer took, if there was one.
    pub latency: Option<Duration>,
    /// What was wrong, as a sentence; `None` when nothing was.
    pub problem: Option<String>,
}

/// One check, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its number within the monitor, from 1.
    pub number: u64,
    /// When.
    pub at: Time,
    /// How long the answer took, if there was one.
    pub latency: Option<Duration>,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// What was wrong, as a sentence; `None` when nothing was.
    pub problem: Option<String>,
}

/// A time in which a service was down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Its number within the monitor, from 1.
    pub number: u64,
    /// When the first check failed.
    pub began_at: Time,
    /// When that was certain and people were told.
    pub alerted_at: Time,
    /// When a check was passed again; `None` while it is open.
    pub ended_at: Option<Time>,
    /// What was wrong at first.
    pub problem: String,
    /// How many periods of reminders are over; for each of them people were reminded, or it went by unseen.
    pub reminders: u64,
    /// When the escalation person was told.
    pub escalated_at: Option<Time>,
}

/// Where a monitor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonitorState {
    /// Was never checked.
    Waiting,
    /// The last check passed.
    Up,
    /// The last check failed, which is not certain yet.
    Unsure,
    /// It is down, and people were told.
    Down,
    /// It is not checked.
    Paused,
}

impl Monitor {
    /// The engine's instance that checks it.
    pub fn instance(&self) -> String {
        instance_of_monitor(self.id)
    }

    /// Where it stands.
    pub fn state(&self) -> MonitorState {
        match (&self.paused_at, &self.pulse.incident, &self.pulse.last) {
            (Some(_), _, _) => MonitorState::Paused,
            (None, Some(_), _) => MonitorState::Down,
            (None, None, None) => MonitorState::Waiting,
            (None, None, Some(last)) if last.problem.is_some() => MonitorState::Unsure,
            (None, None, Some(_)) => MonitorState::Up,
        }
    }
}

impl Pulse {
    /// How many of the last checks a list shows.
    pub const RECENT: usize = 30;

    /// The pulse of a service that was never checked, and is to be now.
    pub fn new(now: Time) -> Self {
        Self {
            checks: 0,
            failures: 0,
            failing_since: None,
            next_check_at: now,
            last: None,
            certificate_expires_at: None,
            incident: None,
            incidents: 0,
            recent: Vec::new(),
        }
    }
}

/// The id of the engine's instance of a monitor.
pub fn instance_of_monitor(id: MonitorId) -> String {
    format!("monitor-{id}")
}
