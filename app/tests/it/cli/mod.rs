//! The commands, each as a process of its own.

mod process;

mod audit;
mod commands;
mod demo;
mod refusals;
mod restarts;
