//! The step that removes instances whose time is over.

use super::node::Node;
use crate::clock::{Clock, Timestamp};
use crate::model::Retention;
use crate::observe;
use crate::store::{Store, StoreError};

/// How many instances one transaction removes: little enough for turns to be committed in between.
const CHUNK: u32 = 100;

impl Node {
    /// Removes what this node's limits do not keep; gives the moment at which there may be something to remove again, `None`
    /// when everything is kept for ever. After an error the same call may be made again.
    pub async fn expire(&self) -> Result<Option<Timestamp>, StoreError> {
        expire(&*self.store, &*self.clock, &self.limits.retention).await.map(|(_, next)| next)
    }
}

/// Removes what `retention` does not keep, chunk by chunk, each a transaction of its own. Gives the number of removed
/// instances and the moment at which there may be something to remove again.
pub(crate) async fn expire(
    store: &dyn Store,
    clock: &dyn Clock,
    retention: &Retention,
) -> Result<(u64, Option<Timestamp>), StoreError> {
    let mut removed = 0;
    let mut next: Option<Timestamp> = None;
    for (status, age) in retention.ages() {
        let first_end = loop {
            let expired = store.expire(status, clock.now() - age, CHUNK).await?;
            observe::count_removed(status, expired.removed);
            removed += expired.removed;
            if expired.removed < u64::from(CHUNK) {
                break expired.first_end;
            }
        };
        // Whatever ends from now on is kept for that long at least.
        let moment = first_end.unwrap_or_else(|| clock.now()) + age;
        next = Some(next.map_or(moment, |next| next.min(moment)));
    }
    Ok((removed, next))
}
