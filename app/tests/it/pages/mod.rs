//! Every page in every state, rendered from builders.

mod account;
mod inbox;
mod instances;
mod link;
mod new_request;
mod outbox;
mod people;
mod problem;
mod request;
