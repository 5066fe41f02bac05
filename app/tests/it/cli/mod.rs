//! The commands, each as a process of its own.

mod process;

mod audit;
mod commands;
mod demo;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod drawing;
mod keys;
mod refusals;
mod restarts;
