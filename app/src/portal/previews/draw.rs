//! The steps of the instance that makes a preview. Each may be repeated and then changes nothing.

use super::preview::{MAX_PAGES, MAX_SIDE, Preview, PreviewState, Unshowable};
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::file::StoredFile;
use crate::portal::ids::FileId;
use crate::portal::ports::DrawError;
use crate::portal::service::Portal;
use crate::portal::work::Work;

impl Portal {
    /// Counts a file's pages and notes the number. How many of them are to be drawn: none when the file cannot be shown, which
    /// is noted too, or is gone.
    pub async fn count_preview_pages(&self, id: FileId) -> Result<u32> {
        let Some(file) = self.reads().find_stored_file(id).await? else { return Ok(0) };
        let counted = {
            let _place = self.desk.place().await?;
            let content = self.content(&file).await?;
            fate(self.parts.drawer.count_pages(file.kind, &content).await)?
        };
        let clock = self.parts.clock.clone();
        self.unit("count_preview_pages", move |work| {
            Box::pin(async move {
                let Some(mut preview) = unfinished(work, id).await? else { return Ok(0) };
                match counted {
                    Ok(pages) => preview.total = Some(pages),
                    Err(why) => preview.finish(0, Some(why), clock.now()),
                }
                work.update_preview(&preview).await?;
                Ok(counted.unwrap_or(0).min(MAX_PAGES))
            })
        })
        .await
    }

    /// Draws a page, from 1, and keeps the picture, or why there is none. Whether there is one.
    pub async fn draw_preview_page(&self, id: FileId, number: u32) -> Result<bool> {
        let Some(file) = self.reads().find_stored_file(id).await? else { return Ok(false) };
        let page = {
            let _place = self.desk.place().await?;
            let content = self.content(&file).await?;
            fate(self.parts.drawer.draw_page(file.kind, &content, number, MAX_SIDE).await)?
        };
        let is_drawn = page.is_ok();
        self.unit("draw_preview_page", move |work| {
            Box::pin(async move {
                if unfinished(work, id).await?.is_some() {
                    work.insert_preview_page(id, number, page).await?;
                }
                Ok(is_drawn)
            })
        })
        .await
    }

    /// Closes a preview with the pages that were drawn. The state it has then; `None` when the file is gone.
    pub async fn finish_preview(&self, id: FileId) -> Result<Option<PreviewState>> {
        self.close_preview("finish_preview", id, None).await
    }

    /// The same for a preview that cannot be finished: what was not drawn yet never will be.
    pub async fn give_up_preview(&self, id: FileId) -> Result<()> {
        self.close_preview("give_up_preview", id, Some(Unshowable::GivenUp)).await?;
        Ok(())
    }

    async fn close_preview(
        &self,
        caller: &'static str,
        id: FileId,
        missing: Option<Unshowable>,
    ) -> Result<Option<PreviewState>> {
        let clock = self.parts.clock.clone();
        self.unit(caller, move |work| {
            Box::pin(async move {
                let Some(preview) = work.lock_preview(id).await? else { return Ok(None) };
                close(work, preview, missing, clock.now()).await.map(Some)
            })
        })
        .await
    }

    /// The whole file.
    async fn content(&self, file: &StoredFile) -> Result<Vec<u8>> {
        let mut content = Vec::new();
        for number in 0..file.chunks() {
            content.extend(self.file_chunk(file.chunks_of, number).await?);
        }
        Ok(content)
    }
}

/// Closes a locked preview with the pages that were drawn, and says how it stands then. `missing` says why there are not all
/// pages where no page does.
pub(super) async fn close(
    work: &dyn Work,
    mut preview: Preview,
    missing: Option<Unshowable>,
    at: Time,
) -> Result<PreviewState> {
    let (drawn, why) = work.tally_preview(preview.file).await?;
    preview.finish(drawn, why.or(missing), at);
    work.update_preview(&preview).await?;
    Ok(preview.state)
}

/// The preview, locked, while it is being made.
async fn unfinished(work: &dyn Work, id: FileId) -> Result<Option<Preview>> {
    Ok(work.lock_preview(id).await?.filter(|preview| preview.state == PreviewState::Queued))
}

/// What is the file's fault is a result, everything else an error that is worth another attempt.
fn fate<T>(drawn: std::result::Result<T, DrawError>) -> Result<std::result::Result<T, Unshowable>> {
    match drawn {
        Ok(drawn) => Ok(Ok(drawn)),
        Err(DrawError::Unshowable(why)) => Ok(Err(why)),
        Err(DrawError::Unavailable(trouble)) => Err(PortalError::Unavailable(trouble)),
    }
}
