//! The workloads, a file each.

mod approvals;
mod burst;
mod chains;
mod fan_out;
mod latency;
mod steps;
mod waiting;

use crate::options::{Part, Size, Step, Workload};
use crate::{Error, counts};

/// How many instances are in flight in the workloads that measure throughput.
const IN_FLIGHT: usize = 100;

/// Runs the part in this process and tells its figures on the standard output.
pub(crate) async fn run(part: &Part) -> Result<(), Error> {
    counts::listen()?;
    match part.step {
        Step::Whole(Workload::W1) => chains::run(part).await,
        Step::Whole(Workload::W2) => fan_out::run(part).await,
        Step::Whole(Workload::W3) => approvals::run(part).await,
        Step::Whole(Workload::W4) => latency::run(part).await,
        Step::Whole(Workload::W5) => steps::run(part).await,
        Step::Whole(Workload::W6) => waiting::make(part).await,
        Step::Whole(Workload::Burst) => burst::run(part).await,
        Step::ServeWaiting => waiting::serve(part).await,
    }
}

impl Size {
    /// `count`, or a tenth of it when it must be quick.
    fn of(self, count: u32) -> u32 {
        if self.quick { count / 10 } else { count }
    }
}

/// The variant's name on the database that the part uses; that on SQLite is the one without a name.
fn variant(part: &Part, name: &str) -> String {
    let database = part.postgres.as_ref().map_or("", |_| "PostgreSQL");
    [database, name].iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join(", ")
}
