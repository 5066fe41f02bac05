//! What tests of the engine, of its stores and of programs that embed it stand on. Feature `testing`.

mod check;
mod clock;
pub mod contract;
mod crash;
#[cfg(feature = "postgres")]
mod postgres;
mod stepper;

pub use check::{check_all, check_instance};
pub use clock::ManualClock;
pub use crash::{Crash, CrashAt, CrashingStore, Fate, FatedStore};
#[cfg(feature = "postgres")]
pub use postgres::ScratchDatabase;
pub use stepper::Stepper;
