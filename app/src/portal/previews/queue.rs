//! Which files get a preview, and when.

use super::draw::close;
use super::preview::{Preview, Unshowable};
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::file::RequestFile;
use crate::portal::ids::FileId;
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
    /// Has drawn what requests of an older version refer to, gives up what nothing draws any more, and deletes the pages of files
    /// that are gone. To be called now and then.
    pub async fn sweep_previews(&self) -> Result<()> {
        while self.queue_missed_previews().await? > 0 {}
        let mut looked_at = self.give_up_abandoned(None).await?;
        while looked_at.is_some() {
            looked_at = self.give_up_abandoned(looked_at).await?;
        }
        while self.delete_ownerless_pages().await? > 0 {}
        Ok(())
    }

    /// Gives up previews, of files after this one, whose instance is gone or has ended without closing them. The last file that
    /// was looked at; `None` when none was left.
    async fn give_up_abandoned(&self, after: Option<FileId>) -> Result<Option<FileId>> {
        let clock = self.parts.clock.clone();
        self.unit("give_up_abandoned_previews", move |work| {
            Box::pin(async move {
                let queued = work.lock_queued_previews(after, SWEPT_AT_ONCE).await?;
                let last = queued.last().map(|preview| preview.file);
                for preview in queued {
                    if !work.is_preview_being_made(preview.file).await? {
                        close(work, preview, Some(Unshowable::GivenUp), clock.now()).await?;
                    }
                }
                Ok(last)
            })
        })
        .await
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
