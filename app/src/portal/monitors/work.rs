//! What a unit of work and the pages need of monitors.

use async_trait::async_trait;

use super::monitor::{Check, Incident, Monitor};
use super::uptime::{Uptime, Windows};
use crate::portal::error::Result;
use crate::portal::ids::MonitorId;
use crate::portal::user::Person;

/// Monitors within a unit of work.
#[async_trait]
pub trait MonitorWork: Send + Sync {
    /// How many monitors there are.
    async fn count_monitors(&self) -> Result<u64>;
    /// The monitor, locked against every other unit until this one ends.
    async fn lock_monitor(&self, id: MonitorId) -> Result<Option<Monitor>>;
    /// Adds a monitor.
    async fn insert_monitor(&self, monitor: &Monitor) -> Result<()>;
    /// Writes a locked monitor back.
    async fn update_monitor(&self, monitor: &Monitor) -> Result<()>;
    /// Deletes a locked monitor with its checks, counters and incidents.
    async fn delete_monitor(&self, id: MonitorId) -> Result<()>;

    /// Adds a check to a locked monitor: the row, of which the newest 1,000 are kept, and the counters of its hour and its day.
    async fn insert_check(&self, monitor: MonitorId, check: &Check) -> Result<()>;
    /// The incident of that number.
    async fn find_incident(&self, monitor: MonitorId, number: u64) -> Result<Option<Incident>>;
    /// Adds an incident; the newest 200 of a monitor are kept.
    async fn insert_incident(&self, monitor: MonitorId, incident: &Incident) -> Result<()>;
    /// Writes an incident back.
    async fn update_incident(&self, monitor: MonitorId, incident: &Incident) -> Result<()>;

    /// Starts the instance that checks a monitor.
    async fn start_monitor(&self, monitor: MonitorId) -> Result<()>;
    /// Tells a monitor's instance that its rows have changed. One that has ended needs not be told.
    async fn wake_monitor(&self, monitor: MonitorId) -> Result<()>;
}

/// What pages, and the instances of monitors, ask.
#[async_trait]
pub trait MonitorReads: Send + Sync {
    /// The monitor of that id.
    async fn find_monitor(&self, id: MonitorId) -> Result<Option<Monitor>>;
    /// Every monitor, by name.
    async fn list_monitors(&self, windows: Windows) -> Result<Vec<MonitorLine>>;
    /// A monitor with its newest incidents, at most `incidents`, and its checks before number `before`, newest first, at most
    /// `checks`.
    async fn find_monitor_record(
        &self,
        id: MonitorId,
        windows: Windows,
        before: Option<u64>,
        checks: u64,
        incidents: u64,
    ) -> Result<Option<MonitorRecord>>;
}

/// One monitor in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorLine {
    /// The monitor.
    pub monitor: Monitor,
    /// Who made it.
    pub owner: Person,
    /// Of the last 24 hours.
    pub day: Uptime,
    /// Of the last 30 days.
    pub month: Uptime,
}

/// A monitor with everything its page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorRecord {
    /// What the list shows of it.
    pub line: MonitorLine,
    /// Who is told.
    pub receivers: Vec<Person>,
    /// Who is told later.
    pub escalate_to: Option<Person>,
    /// Its checks, newest first.
    pub checks: Vec<Check>,
    /// Its incidents, newest first.
    pub incidents: Vec<Incident>,
}
