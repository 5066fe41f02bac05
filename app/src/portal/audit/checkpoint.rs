//! Signed checkpoints of the chain.

use std::time::Duration;

use super::chain::ChainHead;
use crate::portal::actor::Actor;
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::{ChainHash, CheckpointMac};
use crate::portal::link::KeyId;
use crate::portal::service::Portal;

const DAY: Duration = Duration::from_secs(24 * 3_600);
/// How many rows without a place one unit chains: few enough for the time that a unit has.
const STEP: u32 = 200;

/// What the chain was at a moment, signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The number of the newest row.
    pub seq: i64,
    /// That row's hash.
    pub hash: ChainHash,
    /// When it was signed.
    pub at: Time,
    /// Which master key the signing key comes from.
    pub key: KeyId,
    /// The signature over all of it.
    pub signature: CheckpointMac,
}

/// Signs checkpoints, with a key that serves nothing else.
pub trait CheckpointSigner: Send + Sync + 'static {
    /// Signs with the active key.
    fn sign_checkpoint(&self, head: ChainHead, at: Time) -> Checkpoint;

    /// Whether a key of this ring signed exactly this.
    fn has_signed(&self, checkpoint: &Checkpoint) -> bool;
}

impl Portal {
    /// Signs what the log is now, to be kept where nobody who can write the database can reach it. For admins and the
    /// command line.
    pub async fn audit_checkpoint(&self, actor: &Actor) -> Result<Checkpoint> {
        actor.require_admin_in_person()?;
        let head = self.reads().chain_head().await?;
        Ok(self.parts.keys.sign_checkpoint(head, self.now()))
    }

    /// Keeps the day's checkpoint, unless it is there or nothing was written since the one before. To be called now and
    /// then.
    pub async fn sweep_audit(&self) -> Result<()> {
        let parts = self.parts.clone();
        self.unit("sweep_audit", move |work| {
            Box::pin(async move {
                let now = parts.clock.now();
                let head = work.lock_chain_head().await?;
                let newest = work.newest_checkpoint().await?;
                let is_due = match newest {
                    Some(newest) => head.seq > newest.seq && day_of(now) > day_of(newest.at),
                    None => head.seq > 0,
                };
                if !is_due {
                    return Ok(());
                }
                work.insert_checkpoint(&parts.keys.sign_checkpoint(head, now)).await
            })
        })
        .await
    }

    /// Gives rows that a version without the chain wrote their place in it, by their age. There is something to do only at
    /// the first start after that version; what was chained before an error stays so.
    pub async fn chain_old_audit(&self) -> Result<()> {
        while self.reads().find_unchained().await?.is_some() {
            self.unit("chain_old_audit", |work| Box::pin(async move { work.chain_old_rows(STEP).await })).await?;
        }
        Ok(())
    }
}

/// Days since 1970 in UTC.
fn day_of(at: Time) -> u64 {
    at.since(Time(0)).as_secs() / DAY.as_secs()
}
