//! The rows of the engine's tables, as SeaORM reads them. Every module is one table.

#![expect(unreachable_pub, reason = "what SeaORM derives is public, and so is what it derives from")]

pub(super) mod entity;
pub(super) mod history;
pub(super) mod inbox;
pub(super) mod instance;
pub(super) mod node;
pub(super) mod schedule;
pub(super) mod task;
pub(super) mod timer;
