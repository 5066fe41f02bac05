//! The orchestrations on the real rules and a real database, driven step by step.

pub(crate) mod crash_points;
mod monitors;
mod webhook_crashes;
