//! What tests of the engine, of its stores and of programs that embed it stand on. Feature `testing`.

mod check;
mod clock;
pub mod contract;
mod crash;
mod crash_at;
mod crash_reads;
#[cfg(feature = "sqlite")]
mod harness;
#[cfg(feature = "postgres")]
mod postgres;
mod recorded;
#[cfg(feature = "sqlite")]
mod run;
#[cfg(feature = "sqlite")]
mod scratch;
mod stepper;

pub use check::{check_all, check_instance};
pub use clock::ManualClock;
pub use crash::{Fate, FatedStore};
pub use crash_at::{Crash, CrashAt, CrashingStore, crash_at_every_call};
#[cfg(feature = "sqlite")]
pub use harness::{Harness, HarnessBuilder};
#[cfg(feature = "postgres")]
pub use postgres::ScratchDatabase;
pub use recorded::{ReplayError, replay_history};
#[cfg(feature = "sqlite")]
pub use run::Run;
#[cfg(feature = "sqlite")]
pub use scratch::{ScratchFolder, ScratchStore};
pub use stepper::Stepper;
