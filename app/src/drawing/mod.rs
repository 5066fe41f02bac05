//! Attachments are drawn by a process of their own, so that a file that was made to do harm harms only that process.
//!
//! The server starts this same program once more for each page ([`ChildDrawer`]), with nothing but the file on standard
//! input and a pipe for the answer: no environment, and, before the first byte of
//! the file is read, limits that leave it no file, no socket, no second process, a bounded memory and bounded seconds of
//! the processor ([`draw`]). What it gives is a picture made anew, pixel by pixel: nothing of the file but its looks is in it.

mod bounds;
mod child;
mod order;
mod pdf;
mod picture;
mod process;

pub use child::draw;
pub use order::{Content, Order};
pub use process::ChildDrawer;
