#![doc = include_str!("README.md")]

mod children;
mod events;
mod links;
mod nodes;
mod support;
#[cfg(feature = "postgres")]
mod upgrades;
