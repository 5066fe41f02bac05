//! How to write orchestrations, a page for each thing that they do.

#[doc = include_str!("../guide/activities.md")]
pub mod activities {}

#[doc = include_str!("../guide/waiting.md")]
pub mod waiting {}

#[doc = include_str!("../guide/side_by_side.md")]
pub mod side_by_side {}

#[doc = include_str!("../guide/eternal.md")]
pub mod eternal {}

#[doc = include_str!("../guide/transactions.md")]
pub mod transactions {}
