//! What a workload measured, by name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The figures that `engine.jsonl` holds, in its order; a case leaves out what does not apply to it.
pub(crate) const KEYS: [&str; 11] = [
    INSTANCES_PER_SECOND,
    ACTIVITIES_PER_SECOND,
    LIMIT,
    REFERENCE_LIMIT,
    P50,
    P99,
    LOGICAL_COMMITS,
    PHYSICAL_COMMITS,
    BYTES,
    CPU,
    PEAK_RSS,
];
pub(crate) const INSTANCES_PER_SECOND: &str = "instances_per_second";
pub(crate) const ACTIVITIES_PER_SECOND: &str = "activities_per_second";
pub(crate) const LIMIT: &str = "limit_instances_per_second";
pub(crate) const REFERENCE_LIMIT: &str = "reference_limit_instances_per_second";
pub(crate) const P50: &str = "p50_ms";
pub(crate) const P99: &str = "p99_ms";
pub(crate) const LOGICAL_COMMITS: &str = "logical_commits_per_instance";
pub(crate) const PHYSICAL_COMMITS: &str = "physical_commits";
pub(crate) const BYTES: &str = "bytes_per_instance";
pub(crate) const CPU: &str = "cpu_ms_per_instance";
pub(crate) const PEAK_RSS: &str = "peak_rss_bytes";
/// Rows inserted, updated and deleted; in the table only.
pub(crate) const ROWS: &str = "rows_per_instance";

/// The figures of one case: a workload, or one of its variants.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Figures {
    /// `w1` to `w6`, or `burst`.
    pub workload: String,
    /// Which variant; empty for the one that stands in `engine.jsonl`.
    pub variant: String,
    /// The figures of [`KEYS`], and others that only the table shows.
    pub values: BTreeMap<String, f64>,
}

impl Figures {
    pub(crate) fn of(workload: &str, variant: &str) -> Self {
        Self { workload: workload.to_owned(), variant: variant.to_owned(), values: BTreeMap::new() }
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<f64>) {
        self.values.insert(name.to_owned(), value.into());
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<f64>) -> Self {
        self.set(name, value);
        self
    }

    /// The median and the 99th percentile of times.
    #[must_use]
    pub(crate) fn with_times(self, times: &mut [f64]) -> Self {
        self.with(P50, percentile(times, 50.0)).with(P99, percentile(times, 99.0))
    }

    /// A line on the standard output, which the suite reads.
    pub(crate) fn tell(&self) -> Result<(), serde_json::Error> {
        println!("{}", serde_json::to_string(self)?);
        Ok(())
    }
}

/// The value below which `percent` of `values` lie; NaN without values.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a place in a list"
)]
pub(crate) fn percentile(values: &mut [f64], percent: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (percent / 100.0 * (values.len() as f64 - 1.0)).round().max(0.0) as usize;
    values.get(place).copied().unwrap_or(f64::NAN)
}
