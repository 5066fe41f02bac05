//! What several tests need.

pub(crate) mod database;
pub(crate) mod documents;
pub(crate) mod html;
pub(crate) mod receiver;
pub(crate) mod views;
