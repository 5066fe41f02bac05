//! Random programs on several nodes that die: each seed decides a program, an order of all store calls and what goes
//! wrong, and the run must come to what the program's model says, with every invariant kept.
//!
//! `COUNTERSIGN_SIM_SEEDS` says how many seeds (60 where it is not set), `COUNTERSIGN_SIM_FROM` which is the first, and
//! `COUNTERSIGN_SIM_SEED` runs one seed alone and says what happens in it.

mod client;
mod database;
#[cfg(feature = "postgres")]
mod differential;
mod effects;
mod fates;
mod gate;
mod generate;
mod interpreter;
mod model;
mod node;
mod plan;
mod program;
mod random;
mod schedule;
mod seeds;
mod tally;
mod verify;
mod world;
