//! Nodes on a real SQLite file.

mod activities;
mod children;
mod crash_features;
mod crash_points;
mod doctor;
mod entities;
mod entity_crashes;
mod fan_out;
mod harness;
mod instances;
mod limits;
mod node;
mod observe;
mod poison;
mod purge;
mod retention;
mod rewind;
mod scheduled;
mod schedules;
mod starts;
mod support;
mod transactions;
mod unheard;
mod versions;
mod waits;
mod watch;
