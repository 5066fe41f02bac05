//! Nodes on a real SQLite file.

mod crash_points;
mod instances;
mod node;
mod observe;
mod support;
mod transactions;
mod watch;
