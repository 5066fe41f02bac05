//! A clock that moves only when told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use uuid::{Builder, Uuid};

use crate::clock::{Clock, Sleep, Timestamp};

/// Starts at 2026-01-01 00:00 UTC and stands still. Clones share the time; ids are a deterministic series.
#[derive(Clone, Debug)]
pub struct ManualClock {
    now: Arc<watch::Sender<Timestamp>>,
    ids: Arc<AtomicU64>,
}

impl Default for ManualClock {
    fn default() -> Self {
        let start = Timestamp::from_micros(1_767_225_600_000_000);
        Self { now: Arc::new(watch::Sender::new(start)), ids: Arc::default() }
    }
}

impl ManualClock {
    /// Lets `duration` pass and wakes those who waited for it.
    pub fn advance(&self, duration: Duration) {
        self.now.send_modify(|now| *now = *now + duration);
    }

    /// Moves to `moment`, unless it is past already.
    pub fn advance_to(&self, moment: Timestamp) {
        self.now.send_modify(|now| *now = moment.max(*now));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.borrow()
    }

    fn sleep_until(&self, moment: Timestamp) -> Sleep {
        let mut now = self.now.subscribe();
        Box::pin(async move {
            // The sender lives as long as any clock; when all are gone nobody waits for the time any more.
            let _ = now.wait_for(|now| *now >= moment).await;
        })
    }

    fn new_id(&self) -> Uuid {
        let millis = u64::try_from(self.now().as_micros() / 1_000).unwrap_or(0);
        let count = self.ids.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        let random = [0, 0, count[0], count[1], count[2], count[3], count[4], count[5], count[6], count[7]];
        Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}
