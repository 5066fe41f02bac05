//! `/api/`: the portal's own API for programs, and the one document that describes it and the other one (`durable`).
//!
//! A handler finds out who calls ([`call`]), calls one function of the portal and shapes its answer. Refusals of every kind
//! are problem details ([`problem`]). Whatever creates something may be repeated with a key ([`once`]). Each handler stands
//! in the document with all that it may answer; a session's cookie opens nothing here, and no signed link is reachable.

mod router;

mod document;
mod page;

mod answers;
mod call;
mod json;
mod once;
mod problem;
mod query;
mod time;

mod files;
mod monitors;
mod people;
mod policies;
mod requests;
mod webhooks;
mod workflows;

pub(crate) use page::show;
pub(super) use requests::events_json;
pub(crate) use router::router;
