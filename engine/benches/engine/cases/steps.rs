//! W5: one instance with many sequential steps, of which the last must cost what the first cost.

use std::time::Instant;

use crate::code::STEPS;
use crate::figures::{ACTIVITIES_PER_SECOND, Figures, INSTANCES_PER_SECOND};
use crate::meter::Meter;
use crate::options::Part;
use crate::session::Session;
use crate::{Error, drive};

const STEP_COUNT: u32 = 10_000;

pub(crate) async fn run(part: &Part) -> Result<(), Error> {
    let count = part.size.of(STEP_COUNT);
    let session = Session::open(part).await?;
    drive::complete(session.client(), STEPS, count / 100).await?;
    session.marks.take();
    let meter = Meter::start(&session).await?;
    drive::complete(session.client(), STEPS, count).await?;
    let figures = meter.stop(&session, Figures::of("w5", ""), 1).await?;
    let marks = session.marks.take();
    session.close().await;
    let (mut steps, tenth) = (between(&marks), marks.len() / 10);
    let (first, last): (f64, f64) = (steps[..tenth].iter().sum(), steps[steps.len() - tenth..].iter().sum());
    let per_second = figures.values[INSTANCES_PER_SECOND] * f64::from(count);
    let figures = figures.with_times(&mut steps).with(ACTIVITIES_PER_SECOND, per_second);
    Ok(figures
        .with("ms for the first tenth of the steps", first)
        .with("ms for the last tenth", last)
        .with("last to first", last / first)
        .tell()?)
}

/// The milliseconds from one mark to the next.
fn between(marks: &[Instant]) -> Vec<f64> {
    marks.windows(2).map(|pair| drive::milliseconds(pair[1] - pair[0])).collect()
}
