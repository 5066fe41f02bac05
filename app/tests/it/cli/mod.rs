//! The commands, each as a process of its own.

mod process;

mod audit;
mod commands;
mod refusals;
mod restarts;
