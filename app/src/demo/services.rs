//! The services that monitors and webhooks of the demo call: played, so that nothing leaves the machine.

use std::time::Duration;

use async_trait::async_trait;

use super::clock::{Calendar, DemoClock, When, on};
use super::error::DemoError;
use crate::portal::Time;
use crate::portal::ports::{Outbound, OutboundAnswer, OutboundError, OutboundRequest};

/// From when to when which host is down.
const OUTAGES: [(&str, When, When); 3] = [
    ("shop.example.org", on(14, 13, 10), on(14, 19, 40)),
    ("shop.example.org", on(6, 2, 5), on(6, 10, 30)),
    ("hooks.example.org", on(12, 9, 0), on(12, 11, 15)),
];

/// How long certificates have left, seen from any moment.
const CERTIFICATE: Duration = Duration::from_secs(61 * 86_400);

/// The way out to nowhere: services that answer well, but for some hours.
#[derive(Clone, Debug)]
pub struct Rehearsed {
    clock: DemoClock,
    outages: Vec<(&'static str, Time, Time)>,
}

impl Rehearsed {
    /// Services on the time of `clock`, whose bad hours lie on the days of `calendar`.
    pub fn new(clock: DemoClock, calendar: &Calendar) -> Result<Self, DemoError> {
        let moments = OUTAGES
            .into_iter()
            .map(|(host, from, to)| Ok::<_, DemoError>((host, calendar.moment(from)?, calendar.moment(to)?)));
        Ok(Self { clock, outages: moments.collect::<Result<_, _>>()? })
    }
}

#[async_trait]
impl Outbound for Rehearsed {
    async fn send(&self, request: OutboundRequest) -> Result<OutboundAnswer, OutboundError> {
        let now = self.clock.time();
        let is_down = |(host, from, to): &(&str, Time, Time)| request.url.contains(host) && *from <= now && now < *to;
        if self.outages.iter().any(is_down) {
            return Err(OutboundError::Failed("no answer came within the time allowed".to_owned()));
        }
        // Slower by day than by night, and never twice the same.
        let hour = u64::try_from(now.micros() / 3_600_000_000 % 24).unwrap_or(0);
        let noise = u64::try_from(now.micros() / 1_000 % 47).unwrap_or(0);
        let load = if (7..17).contains(&hour) { 70 + 6 * hour } else { 40 };
        Ok(OutboundAnswer {
            status: 200,
            body: String::new(),
            latency: Duration::from_millis(load + noise),
            certificate_expires_at: request.url.starts_with("https:").then(|| now + CERTIFICATE),
        })
    }

    async fn admit(&self, _: &str) -> Result<(), OutboundError> {
        Ok(())
    }
}
