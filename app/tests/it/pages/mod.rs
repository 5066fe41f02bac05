//! Every page in every state, rendered from builders.

mod account;
mod audit;
mod bulk;
mod entities;
mod inbox;
mod instances;
mod link;
mod monitors;
mod new_request;
mod outbox;
mod people;
mod problem;
mod request;
mod webhooks;
mod workflows;
