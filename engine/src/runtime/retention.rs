//! The step that removes instances whose time is over.

use std::sync::Arc;

use super::node::Node;
use crate::client::{Client, EngineError};
use crate::clock::Timestamp;
use crate::model::Retention;
use crate::observe;

impl Node {
    /// Removes what this node's limits do not keep; gives the moment at which there may be something to remove again,
    /// `None` when everything is kept for ever. After an error the same call may be made again.
    pub async fn expire(&self) -> Result<Option<Timestamp>, EngineError> {
        let client = Client::new(Arc::clone(&self.store), Arc::clone(&self.clock), self.wake.clone());
        expire(&client, &self.limits.retention).await.map(|(_, next)| next)
    }
}

/// Removes what `retention` does not keep, chunk by chunk, each a transaction of its own, which sweeps behind it. Gives
/// the number of removed instances and the moment at which there may be something to remove again.
pub(crate) async fn expire(client: &Client, retention: &Retention) -> Result<(u64, Option<Timestamp>), EngineError> {
    let mut removed = 0;
    let mut next: Option<Timestamp> = None;
    if retention.ages().next().is_some() {
        // What somebody removed who died before the sweep.
        client.sweep().await?;
    }
    for (status, age) in retention.ages() {
        let first_end = loop {
            let until = client.clock().now() - age;
            let first_end = client.store().first_end(status).await?;
            if first_end.is_none_or(|first_end| first_end > until) {
                break first_end;
            }
            let step =
                client.write("expire", move |within| Box::pin(async move { within.expire(status, until).await }));
            let gone: u64 = step.await?;
            if gone == 0 {
                // Others work on all that is left at this moment.
                break first_end;
            }
            observe::count_removed(status, gone);
            removed += gone;
        };
        // Whatever ends from now on is kept for that long at least.
        let moment = first_end.unwrap_or_else(|| client.clock().now()) + age;
        next = Some(next.map_or(moment, |next| next.min(moment)));
    }
    Ok((removed, next))
}
