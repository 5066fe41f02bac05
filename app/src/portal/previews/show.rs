//! What pages show of previews. Whoever asks was allowed to see the file.

use super::preview::ShownPreview;
use crate::portal::error::{PortalError, Result};
use crate::portal::file::RequestFile;
use crate::portal::ids::FileId;
use crate::portal::service::Portal;

impl Portal {
    /// The previews of files that the caller was allowed to see, in no order; those without one are left out.
    pub async fn previews_of(&self, files: &[RequestFile]) -> Result<Vec<ShownPreview>> {
        let mut ids: Vec<FileId> = files.iter().filter(|file| file.kind.is_drawable()).map(|file| file.id).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() { Ok(Vec::new()) } else { self.reads().list_previews(&ids).await }
    }

    /// The picture of page `number`, from 1, of a file that the caller was allowed to see: PNG or JPEG.
    pub async fn preview_page(&self, file: FileId, number: u32) -> Result<Vec<u8>> {
        self.reads().find_preview_page(file, number).await?.ok_or(PortalError::NotFound)
    }
}
