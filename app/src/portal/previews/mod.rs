//! Previews: the pages of attached documents and pictures as images, which show them without running anything of them.
//!
//! A file has one preview, by its content, whoever attached it how often. The row is written with the request that refers to
//! the file; an instance of its own (`preview-<SHA-256>`) counts the pages, draws them side by side and closes the row. The
//! drawing itself is done elsewhere ([`Drawer`](super::ports::Drawer)), because a file may have been made to do harm. A
//! request never waits for a preview, and is never held up by one that fails.

mod desk;
mod draw;
mod preview;
mod queue;
mod show;
mod steer;
mod work;

pub(super) use desk::Desk;
pub use preview::{
    MAX_PAGES, MAX_SIDE, Preview, PreviewPage, PreviewState, ShownPreview, Unshowable, instance_of_preview,
};
pub(super) use queue::want;
pub use work::{PreviewReads, PreviewWork};
