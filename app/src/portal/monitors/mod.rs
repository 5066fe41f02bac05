//! Monitors: services that are asked at intervals, and whom to tell when they do not answer as they should.
//!
//! Each monitor has an instance of the engine that never ends. It asks [`Portal::next_monitor_step`](crate::portal::Portal)
//! what the rows say, sends what is due and hands the result to `record_check`; then it waits. Everything that follows from a
//! check (counters, incidents, who is told) is decided and written in the one transaction that records it, under the number of
//! the check, so that a check that is reported twice counts once and tells nobody twice.

mod judge;
mod monitor;
mod pulse;
mod status;
mod uptime;

mod alerts;
mod draft;
mod manage;
mod pages;
mod probe;
mod steer;
mod work;

pub use draft::MonitorDraft;
pub use monitor::{
    AlertEscalation, Alerts, Check, Expectation, Incident, LastCheck, MAX_MONITORS, Monitor, MonitorState, Pace, Pulse,
    Settings, instance_of_monitor,
};
pub use pages::MonitorPage;
pub use probe::{MonitorProbe, MonitorStep};
pub use status::StatusSet;
pub use uptime::{Bucket, Uptime, Windows};
pub use work::{MonitorLine, MonitorReads, MonitorRecord, MonitorWork};
