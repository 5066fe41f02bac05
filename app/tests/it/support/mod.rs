//! What several tests need.

pub(crate) mod html;
pub(crate) mod views;
