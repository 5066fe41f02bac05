//! The rules on a real database: use cases, transactions, the engine's part in them.

mod audit;
mod bulk;
mod comments;
mod decide;
mod files;
mod inbox;
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
mod withdraw;
mod workflows;
