//! Which files get a preview, and when.

use super::preview::Preview;
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::file::RequestFile;
use crate::portal::service::Portal;
use crate::portal::work::Work;

/// Rows of one sweep's transaction: short enough for the writer's budget.
const SWEPT_AT_ONCE: u32 = 20;

/// Has the pages of these files drawn, as far as there is something to draw and it was not done before. To be called in the
/// unit of work that makes a request refer to them.
pub(in crate::portal) async fn want(work: &dyn Work, files: &[RequestFile], now: Time) -> Result<()> {
    for file in files.iter().filter(|file| file.kind.is_drawable()) {
        work.queue_preview(&Preview::queued(file.id, now)).await?;
    }
    Ok(())
}

impl Portal {
    /// Has drawn what requests of an older version refer to, and deletes the pages of files that are gone. To be called now and
    /// then.
    pub async fn sweep_previews(&self) -> Result<()> {
        while self.queue_missed_previews().await? > 0 {}
        while self.delete_ownerless_pages().await? > 0 {}
        Ok(())
    }

    /// How many were queued.
    async fn queue_missed_previews(&self) -> Result<usize> {
        let clock = self.parts.clock.clone();
        self.unit("queue_missed_previews", move |work| {
            Box::pin(async move {
                let missed = work.list_unpreviewed(SWEPT_AT_ONCE).await?;
                for file in &missed {
                    work.queue_preview(&Preview::queued(*file, clock.now())).await?;
                }
                Ok(missed.len())
            })
        })
        .await
    }

    /// How many were deleted.
    async fn delete_ownerless_pages(&self) -> Result<u64> {
        self.unit("delete_ownerless_pages", |work| {
            Box::pin(async move { work.delete_ownerless_pages(SWEPT_AT_ONCE).await })
        })
        .await
    }
}
