//! What a unit of work and the pages need of previews.

use async_trait::async_trait;

use super::preview::{Preview, ShownPreview, Unshowable};
use crate::portal::error::Result;
use crate::portal::file::StoredFile;
use crate::portal::ids::FileId;
use crate::portal::ports::DrawnPage;

/// Previews within a unit of work.
#[async_trait]
pub trait PreviewWork: Send + Sync {
    /// Writes a preview and starts the instance that makes it; `false`, and no change, when the file has one.
    async fn queue_preview(&self, preview: &Preview) -> Result<bool>;
    /// The preview of a file, locked against every other unit until this one ends.
    async fn lock_preview(&self, file: FileId) -> Result<Option<Preview>>;
    /// Writes a locked preview back, and nudges those who watch a request with the file once that is durable.
    async fn update_preview(&self, preview: &Preview) -> Result<()>;
    /// Adds a page, or why it was not drawn. No change when there is something under its number.
    async fn insert_preview_page(
        &self,
        file: FileId,
        number: u32,
        page: std::result::Result<DrawnPage, Unshowable>,
    ) -> Result<()>;
    /// How many pages were drawn, and why the first of the others was not.
    async fn tally_preview(&self, file: FileId) -> Result<(usize, Option<Unshowable>)>;
    /// Deletes the pages of a locked preview.
    async fn delete_preview_pages(&self, file: FileId) -> Result<()>;
    /// Files that requests refer to, that can be drawn, and that have no preview, at most `limit`.
    async fn list_unpreviewed(&self, limit: u32) -> Result<Vec<FileId>>;
    /// The previews that are being made, of files after this one, in the order of the files, at most `limit`; locked against
    /// every other unit until this one ends.
    async fn lock_queued_previews(&self, after: Option<FileId>, limit: u32) -> Result<Vec<Preview>>;
    /// Whether there is an instance that makes the preview of a file, and it has not ended.
    async fn is_preview_being_made(&self, file: FileId) -> Result<bool>;
    /// Deletes pages of previews that are gone, at most `limit`; how many there were.
    async fn delete_ownerless_pages(&self, limit: u32) -> Result<u64>;
}

/// What is read of previews.
#[async_trait]
pub trait PreviewReads: Send + Sync {
    /// The file of that content.
    async fn find_stored_file(&self, id: FileId) -> Result<Option<StoredFile>>;
    /// The previews of these files with the pages that were drawn, in no order.
    async fn list_previews(&self, files: &[FileId]) -> Result<Vec<ShownPreview>>;
    /// The picture of a page.
    async fn find_preview_page(&self, file: FileId, number: u32) -> Result<Option<Vec<u8>>>;
}
