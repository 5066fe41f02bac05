//! From what the portal answers to what pages show: values of [`crate::portal`] become values of [`crate::view`].
//!
//! Nothing is decided here. Times become texts seen from the one moment that the handler asked for, so that a page is
//! consistent in itself.

mod words;

pub(crate) mod api;
pub(crate) mod audit;
pub(crate) mod bulk;
pub(crate) mod decision;
pub(crate) mod entity;
pub(crate) mod file;
pub(crate) mod frame;
pub(crate) mod inbox;
pub(crate) mod instance;
pub(crate) mod monitor;
pub(crate) mod outbox;
pub(crate) mod people;
pub(crate) mod request;
pub(crate) mod token;
pub(crate) mod webhook;

use crate::portal::clock::Time;
use crate::view::{Due, Moment};

/// A moment seen from `now`.
pub(super) fn moment(at: Time, now: Time) -> Moment {
    Moment::at(at.micros(), now.micros())
}

/// A due time seen from `now`.
pub(super) fn due(at: Time, now: Time) -> Due {
    Due::at(at.micros(), now.micros())
}

/// What was typed, if anything was.
pub(super) fn non_empty(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}
