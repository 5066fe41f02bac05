//! A policy as text (TOML): what is exported and imported, and how a version is kept in the database.
//!
//! The two differ in the groups only: an exported text names them, so that another portal can read it, and a kept one has their
//! ids. What is written is read back as it was.

mod named;
mod nearest;
mod read;
mod source;
mod write;

#[cfg(test)]
mod tests;

pub use named::Named;
pub use read::{of_kept_text, of_text};
pub use write::as_text;
