//! `/workflows`: the catalogue, and the forms that start what is in it.
//!
//! A form is made from the JSON schema of a workflow's input, one control per property; beside it the whole input can be
//! written as JSON. An address may fill both in, and starts nothing: that is for the button.

mod catalogue;
mod input;
mod schema;
mod start;

pub(crate) use catalogue::list;
pub(crate) use start::{show, start};
