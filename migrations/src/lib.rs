//! The tables of the engine and of the portal, as two ordered lists of migrations that know nothing of each other.

pub mod engine;
pub mod portal;
