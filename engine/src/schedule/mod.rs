//! Schedules as pure functions: which moments a recurrence has ([`Calendar`]), and what is to be done at one of them.
//!
//! The calendar is computed by `croner` (cron expressions, with what happens when clocks are set) on time zones of `jiff`:
//! those of the machine, or, where it has none, those compiled in.

mod calendar;
mod daily;
mod fire;

pub use calendar::{Calendar, InvalidSchedule};
pub(crate) use fire::{Firing, begin, fire, is_run, pause, start, started};
