//! What a workload costs: the difference between two looks at process and database.

use std::time::{Duration, Instant};

use crate::figures::{BYTES, CPU, Figures, INSTANCES_PER_SECOND, LOGICAL_COMMITS, PEAK_RSS, PHYSICAL_COMMITS, ROWS};
use crate::session::Session;
use crate::{Error, drive, machine};

/// A look at everything that grows.
pub(crate) struct Meter {
    began: Instant,
    cpu: Duration,
    written: u64,
    logical: u64,
    physical: u64,
    rows: Option<u64>,
}

impl Meter {
    pub(crate) async fn start(session: &Session) -> Result<Self, Error> {
        machine::forget_peak();
        Self::look(session).await
    }

    async fn look(session: &Session) -> Result<Self, Error> {
        Ok(Self {
            rows: session.rows().await?,
            physical: session.place.transactions().await?,
            logical: session.commits.get(),
            written: machine::written(),
            cpu: machine::cpu(),
            began: Instant::now(),
        })
    }

    /// What `instances` instances have cost since the start.
    #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
    pub(crate) async fn stop(self, session: &Session, figures: Figures, instances: u32) -> Result<Figures, Error> {
        let (took, count) = (self.began.elapsed(), f64::from(instances));
        let now = Self::look(session).await?;
        let each = |before: u64, after: u64| (after - before) as f64 / count;
        let mut figures = figures
            .with(INSTANCES_PER_SECOND, count / took.as_secs_f64())
            .with(LOGICAL_COMMITS, each(self.logical, now.logical))
            .with(PHYSICAL_COMMITS, (now.physical - self.physical) as f64)
            .with(BYTES, each(self.written, now.written))
            .with(CPU, drive::milliseconds(now.cpu - self.cpu) / count)
            .with(PEAK_RSS, machine::peak() as f64);
        if let (Some(before), Some(after)) = (self.rows, now.rows) {
            figures.set(ROWS, each(before, after));
        }
        Ok(figures)
    }
}

/// The mean number of logical commits in a physical one.
pub(crate) fn mean_group(figures: &Figures, instances: u32) -> f64 {
    let value = |name: &str| figures.values.get(name).copied().unwrap_or(0.0);
    (value(LOGICAL_COMMITS) * f64::from(instances) / value(PHYSICAL_COMMITS).max(1.0)).max(1.0)
}
