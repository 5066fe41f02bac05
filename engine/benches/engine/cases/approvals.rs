//! W3: instances that wait for an external event with a deadline of an hour; each is raised and then ends.

use std::sync::Arc;

use countersign_engine::{Clock, InstanceId, SystemClock};

use super::{IN_FLIGHT, variant};
use crate::code::{APPROVAL, DECISION, FAR};
use crate::figures::Figures;
use crate::meter::Meter;
use crate::options::Part;
use crate::session::Session;
use crate::{Error, counts, drive};

const INSTANCES: u32 = 2_000;
const PACED: u32 = 5_000;
const PER_SECOND: u32 = 1_000;
/// One after the other, on an engine that does nothing else.
const ALONE: u32 = 100;

pub(crate) async fn run(part: &Part) -> Result<(), Error> {
    let session = Session::open(part).await?;
    warm_up(&session, part.size.of(INSTANCES) / 10).await?;

    let count = part.size.of(INSTANCES);
    let waiting = waiting(&session, count).await?;
    let meter = Meter::start(&session).await?;
    let mut times = drive::side_by_side(count, IN_FLIGHT, |n| raised(&session, &waiting, n)).await?;
    let figures = meter.stop(&session, Figures::of("w3", &variant(part, "")), count).await?;
    figures.with_times(&mut times).tell()?;

    let waiting = self::waiting(&session, part.size.of(PACED)).await?;
    let meter = Meter::start(&session).await?;
    let mut times = drive::paced(part.size.of(PACED), PER_SECOND, |n| raised(&session, &waiting, n)).await?;
    let figures = Figures::of("w3", &variant(part, "1,000 raised per second"));
    meter.stop(&session, figures, part.size.of(PACED)).await?.with_times(&mut times).tell()?;

    let waiting = self::waiting(&session, ALONE).await?;
    let meter = Meter::start(&session).await?;
    let mut times = drive::side_by_side(ALONE, 1, |n| raised(&session, &waiting, n)).await?;
    let figures = meter.stop(&session, Figures::of("w3", &variant(part, "one at a time")), ALONE).await?;
    figures.with_times(&mut times).tell()?;
    session.close().await;
    Ok(())
}

async fn warm_up(session: &Session, count: u32) -> Result<(), Error> {
    let waiting = waiting(session, count).await?;
    drive::side_by_side(count, IN_FLIGHT, |n| raised(session, &waiting, n)).await.map(drop)
}

/// Starts instances; gives their ids when all of them wait.
async fn waiting(session: &Session, count: u32) -> Result<Arc<[InstanceId]>, Error> {
    let ids: Arc<[InstanceId]> = (0..count).map(|_| InstanceId::from_uuid(SystemClock.new_id())).collect();
    let before = counts::turns();
    let start = |n: u32| {
        let (client, id) = (session.client(), ids[n as usize].clone());
        async move { Ok(client.start(APPROVAL, &(SystemClock.now() + FAR)).id(id).await.map(drop)?) }
    };
    drive::side_by_side(count, IN_FLIGHT, start).await?;
    drive::until(|| counts::turns() - before >= u64::from(count)).await;
    Ok(ids)
}

/// Raises the decision of one of them and waits for its end.
fn raised(
    session: &Session,
    ids: &Arc<[InstanceId]>,
    number: u32,
) -> impl Future<Output = Result<(), Error>> + Send + 'static {
    let (client, ids) = (session.client(), Arc::clone(ids));
    async move {
        let id = &ids[number as usize];
        client.raise_event(id, DECISION, &true).await?;
        drive::completed(&client, id).await
    }
}
