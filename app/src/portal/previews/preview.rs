//! The pictures of a file's pages, as rows: how many there are, which are drawn, and why one is not.

use crate::portal::clock::Time;
use crate::portal::file::FileKind;
use crate::portal::ids::FileId;

/// The most pages of a file that are drawn; the others are in the file.
pub const MAX_PAGES: u32 = 50;
/// The longer side of a drawn page in pixels: A4 at 136 dots per inch.
pub const MAX_SIDE: u32 = 1_600;

/// How far a file's preview is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreviewState {
    /// Being made, or about to be.
    Queued,
    /// At least one page was drawn, and no other one will be.
    Ready,
    /// There is nothing to show.
    Failed,
}

/// Why pages are not shown. Where it is the file's fault, trying again would come to the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unshowable {
    /// The file is not what it says, or broken.
    Damaged,
    /// It opens with a password only.
    Locked,
    /// It has no page.
    Empty,
    /// It has more pixels, or more pages, than are looked at.
    TooLarge,
    /// It takes longer than a preview may.
    TooSlow,
    /// It takes more memory than a preview may.
    TooHungry,
    /// An administrator ended the work on it.
    Stopped,
    /// Drawing it failed again and again, for want of something else.
    GivenUp,
}

/// A file's preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Of which file.
    pub file: FileId,
    /// How far it is.
    pub state: PreviewState,
    /// The pages of the document, drawn or not; `None` until they are counted.
    pub total: Option<u32>,
    /// Why there is nothing to show, or why not all of it is shown: the first reason that was met.
    pub why: Option<Unshowable>,
    /// When it was asked for.
    pub queued_at: Time,
    /// When it was ready or had failed.
    pub finished_at: Option<Time>,
}

/// A page that was drawn, without its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PreviewPage {
    /// Its number, from 1.
    pub number: u32,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// A preview with the pages that were drawn, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownPreview {
    /// The preview.
    pub preview: Preview,
    /// Its pages; none before it is ready.
    pub pages: Vec<PreviewPage>,
}

impl FileKind {
    /// Whether pages of such a file can be drawn.
    pub const fn is_drawable(self) -> bool {
        matches!(self, Self::Pdf | Self::Png | Self::Jpeg | Self::WebP)
    }
}

impl Preview {
    /// A preview that is to be made.
    pub(super) const fn queued(file: FileId, at: Time) -> Self {
        Self { file, state: PreviewState::Queued, total: None, why: None, queued_at: at, finished_at: None }
    }

    /// Ends the work, unless it has ended already. `drawn` says how many pages there are to show.
    pub(super) fn finish(&mut self, drawn: usize, why: Option<Unshowable>, at: Time) {
        if self.state == PreviewState::Queued {
            self.state = if drawn > 0 { PreviewState::Ready } else { PreviewState::Failed };
            self.why = why;
            self.finished_at = Some(at);
        }
    }
}

/// The engine's instance that makes a file's preview.
pub fn instance_of_preview(file: FileId) -> String {
    format!("preview-{file}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_that_ended_stays_as_it_ended() {
        let mut preview = Preview::queued(FileId([1; 32]), Time(1));
        preview.finish(0, Some(Unshowable::Locked), Time(2));
        preview.finish(3, None, Time(3));
        assert_eq!((preview.state, preview.why), (PreviewState::Failed, Some(Unshowable::Locked)));
        assert_eq!(preview.finished_at, Some(Time(2)));
    }
}
