//! W1: chains of three activities, 100 in flight.

use super::{IN_FLIGHT, variant};
use crate::code::CHAIN;
use crate::figures::{ACTIVITIES_PER_SECOND, Figures, INSTANCES_PER_SECOND, LIMIT, LOGICAL_COMMITS, REFERENCE_LIMIT};
use crate::meter::{Meter, mean_group};
use crate::options::Part;
use crate::probe::{self, Recording};
use crate::session::Session;
use crate::{Error, drive};

const CHAINS: u32 = 2_000;

pub(crate) async fn run(part: &Part) -> Result<(), Error> {
    let count = part.size.of(CHAINS);
    let session = Session::open(part).await?;
    let chain = |n| drive::complete(session.client(), CHAIN, n);
    drive::side_by_side(count / 10, IN_FLIGHT, chain).await?;
    let meter = Meter::start(&session).await?;
    let mut times = drive::side_by_side(count, IN_FLIGHT, chain).await?;
    let figures = meter.stop(&session, Figures::of("w1", &variant(part, "")), count).await?.with_times(&mut times);
    session.close().await;
    let per_second = figures.values[INSTANCES_PER_SECOND];
    let mut figures = figures.with(ACTIVITIES_PER_SECOND, 3.0 * per_second);
    if part.postgres.is_none() {
        let recording = Recording::of_a_chain(&part.folder.join("recorded")).await?;
        let group = mean_group(&figures, count);
        let limit = recording.replay(&part.folder.join("limit"), figures.values[LOGICAL_COMMITS], group).await?;
        figures.set(LIMIT, limit);
        figures.set(REFERENCE_LIMIT, probe::reference(&part.folder.join("reference"))?);
        figures.set("logical commits in a physical one", group);
    }
    Ok(figures.tell()?)
}
