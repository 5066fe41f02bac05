//! A monitor as programs write it.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::api::problem::ApiError;
use crate::portal::monitors::MonitorDraft;
use crate::portal::{PortalError, SpanDraft};

/// The portal's names of fields, and ours.
const NAMES: [(&str, &str); 5] = [
    ("max_latency", "max_latency_ms"),
    ("interval", "interval_seconds"),
    ("timeout", "timeout_seconds"),
    ("remind", "remind_every_seconds"),
    ("escalate", "escalate_after_seconds"),
];

/// What to check, how often, and whom to tell.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMonitor {
    #[schema(min_length = 1, max_length = 100, example = "Shop")]
    name: String,
    /// http or https; addresses within private networks are refused unless the operator allows them.
    #[schema(min_length = 1, max_length = 2000, example = "https://shop.example.org/health")]
    url: String,
    /// Statuses that are as they should be, such as "2xx, 301, 400-404"; 2xx and 3xx if not said.
    #[serde(default)]
    #[schema(max_length = 200)]
    statuses: String,
    /// What the body must contain; anything if not said.
    #[serde(default)]
    #[schema(max_length = 500)]
    contains: String,
    /// The longest time that an answer may take.
    #[schema(minimum = 1, maximum = 60000)]
    max_latency_ms: Option<u32>,
    /// For how many days the certificate must be valid at least.
    #[schema(minimum = 1, maximum = 365)]
    certificate_days: Option<u32>,
    /// From one check to the next.
    #[schema(minimum = 10, maximum = 86400, example = 60)]
    interval_seconds: u32,
    /// How long a check waits; 10 if not said.
    #[serde(default = "ten")]
    #[schema(minimum = 1, maximum = 60)]
    timeout_seconds: u32,
    /// How often a failed check is repeated before the service counts as down; 2 if not said.
    #[serde(default = "two")]
    #[schema(minimum = 0, maximum = 10)]
    retries: u32,
    /// Mail addresses of those who are told.
    #[serde(default)]
    #[schema(max_items = 10)]
    alert_to: Vec<String>,
    /// How often they are reminded while it stays down; never if not said.
    #[schema(minimum = 1, maximum = 31622400)]
    remind_every_seconds: Option<u64>,
    /// The mail address of who is told later.
    #[schema(max_length = 254)]
    escalate_to: Option<String>,
    /// How much later.
    #[schema(minimum = 1, maximum = 31622400)]
    escalate_after_seconds: Option<u64>,
}

fn ten() -> u32 {
    10
}

fn two() -> u32 {
    2
}

impl From<NewMonitor> for MonitorDraft {
    fn from(new: NewMonitor) -> Self {
        let maybe = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        Self {
            name: new.name,
            url: new.url,
            statuses: new.statuses,
            contains: new.contains,
            max_latency: maybe(new.max_latency_ms),
            certificate_days: maybe(new.certificate_days),
            interval: new.interval_seconds.to_string(),
            timeout: new.timeout_seconds.to_string(),
            retries: new.retries.to_string(),
            alert_to: new.alert_to.join(","),
            remind: SpanDraft::of_seconds(new.remind_every_seconds),
            escalate_to: new.escalate_to.unwrap_or_default(),
            escalate: SpanDraft::of_seconds(new.escalate_after_seconds),
        }
    }
}

/// What the portal refuses, with the fields named as here.
pub(super) fn refused(error: PortalError) -> ApiError {
    ApiError::from(error).renamed(&NAMES)
}
