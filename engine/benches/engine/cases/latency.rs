//! W4: one chain of three activities, with nothing else running.

use super::variant;
use crate::code::CHAIN;
use crate::figures::{Figures, LOGICAL_COMMITS};
use crate::meter::Meter;
use crate::options::Part;
use crate::probe::Recording;
use crate::session::Session;
use crate::{Error, drive};

const CHAINS: u32 = 200;
const WARM_UP: u32 = 20;

pub(crate) async fn run(part: &Part) -> Result<(), Error> {
    let session = Session::open(part).await?;
    let chain = |n| drive::complete(session.client(), CHAIN, n);
    drive::side_by_side(WARM_UP, 1, chain).await?;
    let meter = Meter::start(&session).await?;
    let mut times = drive::side_by_side(CHAINS, 1, chain).await?;
    let figures = meter.stop(&session, Figures::of("w4", &variant(part, "")), CHAINS).await?;
    let mut figures = figures.with_times(&mut times);
    session.close().await;
    if part.postgres.is_none() {
        let recording = Recording::of_a_chain(&part.folder.join("recorded")).await?;
        let alone = recording.replay(&part.folder.join("limit"), figures.values[LOGICAL_COMMITS], 1.0).await?;
        figures.set("ms for its commits alone", 1_000.0 / alone);
    }
    Ok(figures.tell()?)
}
