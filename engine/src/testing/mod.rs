//! What tests of the engine, of its stores and of programs that embed it stand on. Feature `testing`.

mod check;
mod clock;
pub mod contract;
mod crash;
mod stepper;

pub use check::{check_all, check_instance};
pub use clock::ManualClock;
pub use crash::{Crash, CrashAt, CrashingStore, Fate, FatedStore};
pub use stepper::Stepper;
