//! An eternal orchestration that watches a service: it checks, tells those concerned when the service goes down, stays down
//! or comes back, waits, and continues as new.

use std::time::Duration;

use countersign_engine::{Activity, Failure, Orchestration, OrchestrationContext, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Watches a service until it is terminated; [`Health`] is its custom status.
pub const MONITOR_SERVICE: Orchestration<Monitor, ()> = Orchestration::named("MonitorService");

/// Asks the service at a URL how it is. That the service is down is an answer and not a failure.
pub const CHECK_SERVICE: Activity<String, Check> = Activity::named("CheckService");

/// Tells somebody. The idempotency key of the call keeps a repeated one from telling twice.
pub const SEND_ALERT: Activity<Alert, ()> = Activity::named("SendAlert");

/// What is watched, how often, and who is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Monitor {
    /// The health endpoint.
    pub url: String,
    /// The pause between two checks, in seconds.
    #[serde(default = "five_minutes")]
    pub interval_seconds: u64,
    /// Who is told.
    pub alert: String,
    /// How many failed checks in a row make the service down: a single one may be the network's mood.
    #[serde(default = "two")]
    pub failures_before_alert: u32,
    /// Who else is told when the service stays down; nobody without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate_to: Option<String>,
    /// After how many failed checks in a row the trouble is lasting.
    #[serde(default = "twelve")]
    pub failures_before_escalation: u32,
    /// What the executions before this one found; absent at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub health: Option<Health>,
}

/// How the service is: the custom status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Up or down.
    pub state: State,
    /// Since when, in microseconds since 1970.
    pub since: Timestamp,
    /// How long the last check took, in milliseconds.
    pub latency_ms: u64,
    /// How many checks there were.
    pub checks: u64,
    /// How many of the last ones failed in a row.
    pub failures: u32,
}

/// Whether the service answers as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It does.
    Up,
    /// It does not, and those concerned were told.
    Down,
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Whether the service answered as it should.
    pub healthy: bool,
    /// How long it took, in milliseconds.
    pub latency_ms: u64,
    /// What it answered, for people.
    pub detail: String,
}

/// A message to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// To whom.
    pub to: String,
    /// What happened.
    pub kind: AlertKind,
    /// The health endpoint.
    pub url: String,
    /// What the last check found.
    pub detail: String,
}

/// What an [`Alert`] tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// The service has gone down.
    Down,
    /// It stays down.
    StillDown,
    /// It is back.
    Recovered,
}

fn five_minutes() -> u64 {
    300
}

fn two() -> u32 {
    2
}

fn twelve() -> u32 {
    12
}

/// The orchestration of [`MONITOR_SERVICE`]: one check in each execution, so that its history never grows.
pub async fn monitor_service(ctx: OrchestrationContext, mut monitor: Monitor) -> Result<(), Failure> {
    let next_check = ctx.now() + Duration::from_secs(monitor.interval_seconds.max(1));
    let check = match ctx.call(CHECK_SERVICE, &monitor.url).await {
        Ok(check) => check,
        Err(failure) => Check { healthy: false, latency_ms: 0, detail: failure.to_string() },
    };
    let (health, alerts) = monitor.judge(&check, ctx.now());
    ctx.set_custom_status(&health)?;
    for alert in alerts {
        // An alert that cannot be sent must not end the watch.
        if let Err(failure) = ctx.call(SEND_ALERT, &alert).await {
            ctx.log(tracing::Level::WARN, format!("an alert could not be sent: {failure}"));
        }
    }
    monitor.health = Some(health);
    ctx.timer_at(next_check).await;
    ctx.continue_as_new(&monitor).await
}

impl Monitor {
    /// What follows from `check`: how the service is now, and who is told.
    fn judge(&self, check: &Check, now: Timestamp) -> (Health, Vec<Alert>) {
        let before = self.health.as_ref();
        let failures = if check.healthy { 0 } else { before.map_or(0, |health| health.failures).saturating_add(1) };
        let was = before.map_or(State::Up, |health| health.state);
        let state = match was {
            _ if check.healthy => State::Up,
            State::Up if failures < self.failures_before_alert => State::Up,
            _ => State::Down,
        };
        let since = before.filter(|_| state == was).map_or(now, |health| health.since);
        let checks = before.map_or(0, |health| health.checks).saturating_add(1);
        let health = Health { state, since, latency_ms: check.latency_ms, checks, failures };
        (health, self.alerts(was, state, failures, &check.detail))
    }

    fn alerts(&self, was: State, state: State, failures: u32, detail: &str) -> Vec<Alert> {
        let escalated = |health: &Health| health.failures >= self.failures_before_escalation;
        let alert =
            |to: &String, kind| Alert { to: to.clone(), kind, url: self.url.clone(), detail: detail.to_owned() };
        let mut alerts = Vec::new();
        match (was, state) {
            (State::Up, State::Down) => alerts.push(alert(&self.alert, AlertKind::Down)),
            (State::Down, State::Up) => {
                alerts.push(alert(&self.alert, AlertKind::Recovered));
                let told = self.escalate_to.as_ref().filter(|_| self.health.as_ref().is_some_and(escalated));
                alerts.extend(told.map(|to| alert(to, AlertKind::Recovered)));
            }
            _ => {}
        }
        if state == State::Down && failures == self.failures_before_escalation {
            alerts.extend(self.escalate_to.as_ref().map(|to| alert(to, AlertKind::StillDown)));
        }
        alerts
    }
}
