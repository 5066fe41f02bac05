//! Nodes on a real SQLite file.

mod activities;
mod children;
mod crash_points;
mod doctor;
mod entities;
mod entity_crashes;
mod instances;
mod node;
mod observe;
mod retention;
mod scheduled;
mod schedules;
mod support;
mod transactions;
mod unheard;
mod versions;
mod watch;
