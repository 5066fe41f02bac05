//! The rules on a real database: use cases, transactions, the engine's part in them.

mod decide;
mod files;
mod ladder;
mod lifecycle;
mod mail;
mod monitors;
mod people;
mod samples;
mod sessions;
pub(crate) mod stand;
mod tokens;
mod trouble;
mod webhooks;
mod workflows;
