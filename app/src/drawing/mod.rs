//! Attachments are drawn by a process of their own, so that a file that was made to do harm harms only that process.
//!
//! The server starts this same program once more for each page ([`ChildDrawer`]), with nothing but the file on standard
//! input and a pipe for the answer: no environment, and, before the first byte of
//! the file is read, limits that leave it no file, no socket, no second process, a bounded memory and bounded seconds of
//! the processor ([`draw`]). On Linux a filter besides refuses it every system call that reading, drawing and answering do
//! not need ([`filters_calls`]). What it gives is a picture made anew, pixel by pixel: nothing of the file but its looks is
//! in it.

mod bounds;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod calls;
mod child;
mod order;
mod pdf;
mod picture;
mod process;

pub use bounds::filters_calls;
pub use child::draw;
pub use order::{Content, Order};
pub use process::ChildDrawer;
