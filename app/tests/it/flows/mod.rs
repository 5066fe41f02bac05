//! The orchestrations on the real rules and a real database, driven step by step.

mod absence;
pub(crate) mod crash_points;
mod digests;
mod monitors;
mod webhook_crashes;
