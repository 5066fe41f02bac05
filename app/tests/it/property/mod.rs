//! Random requests by random policies, played step by step on the portal and on a small model of its rules. Each case is four
//! requests of one kind, decided by link, by session, by token and in bulk, which must not differ in anything.
//!
//! `COUNTERSIGN_PROPERTY_SEEDS` says how many cases there are (`200`) or which (`17..18`). A case that fails prints its seed and
//! its steps.

mod acts;
mod check;
mod drive;
mod generate;
mod ground;
mod hours;
mod model;
mod rungs;
mod seeds;
