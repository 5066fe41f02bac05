//! The management API of Durable Functions, so that its unmodified clients drive the workflows of the portal.
//!
//! It is served twice: below `/runtime/webhooks/durabletask/` for callers with an API token, and below `/durabletask/` on
//! a listener of its own ([`rpc`]) for callers of this machine, which the clients' local RPC mode expects and which asks
//! for no token. Paths, queries, bodies and codes are those of the Durable Functions host; where its clients differ from
//! each other, both are served.
//!
//! Handlers are ordinary: they find out who calls (`surface`), ask the portal for verbs and the engine for reads, and
//! answer. What is peculiar stands in one file each: the spelling of paths (`path`), queries, bodies, refusals.

mod path;
mod routes;
mod surface;

mod denial;
mod described;
mod input;
mod links;
mod query;
mod token;

mod history;
mod status;
mod values;
mod wait;

mod entities;
mod instances;
mod orchestrators;
mod verbs;

pub use routes::{document, rpc};

pub(crate) use path::normalised;
pub(crate) use routes::router;
