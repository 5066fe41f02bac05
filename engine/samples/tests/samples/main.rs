//! The samples, run against a manual clock with faked activities: what they give, and that no crash changes it.

mod counter;
mod crash_points;
mod outcomes;
mod support;
