//! W2: one instance with many parallel activities.

use crate::code::FAN_OUT;
use crate::figures::{ACTIVITIES_PER_SECOND, Figures, INSTANCES_PER_SECOND};
use crate::meter::Meter;
use crate::options::Part;
use crate::session::Session;
use crate::{Error, drive};

const FEW: u32 = 1_000;
const MANY: u32 = 10_000;

pub(crate) async fn run(part: &Part) -> Result<(), Error> {
    let session = Session::open(part).await?;
    drive::complete(session.client(), FAN_OUT, FEW / 10).await?;
    let few = measure(&session, "", part.size.of(FEW)).await?;
    few.tell()?;
    let many = measure(&session, "10 times as many", part.size.of(MANY)).await?;
    let ratio = few.values[INSTANCES_PER_SECOND] / many.values[INSTANCES_PER_SECOND];
    many.with("times as long", ratio).tell()?;
    session.close().await;
    Ok(())
}

async fn measure(session: &Session, variant: &str, calls: u32) -> Result<Figures, Error> {
    let meter = Meter::start(session).await?;
    drive::complete(session.client(), FAN_OUT, calls).await?;
    let figures = meter.stop(session, Figures::of("w2", variant), 1).await?;
    let per_second = figures.values[INSTANCES_PER_SECOND] * f64::from(calls);
    Ok(figures.with(ACTIVITIES_PER_SECOND, per_second))
}
