//! From what the portal answers to what pages show: values of [`crate::portal`] become values of [`crate::view`].
//!
//! Nothing is decided here. Times become texts as the reader's clocks show them, seen from the one moment that the handler
//! asked for ([`Seen`]), so that a page is consistent in itself.

mod words;

pub(crate) mod absence;
pub(crate) mod absence_ahead;
pub(crate) mod api;
pub(crate) mod audit;
pub(crate) mod bulk;
pub(crate) mod changes;
pub(crate) mod decision;
pub(crate) mod entity;
pub(crate) mod file;
pub(crate) mod frame;
pub(crate) mod group;
pub(crate) mod inbox;
pub(crate) mod instance;
pub(crate) mod monitor;
pub(crate) mod outbox;
pub(crate) mod people;
pub(crate) mod policy;
pub(crate) mod request;
pub(crate) mod request_verbs;
mod seen;
pub(crate) mod settings;
pub(crate) mod token;
pub(crate) mod webhook;

pub(crate) use seen::{Seen, due, moment};

/// What was typed, if anything was.
pub(super) fn non_empty(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}
