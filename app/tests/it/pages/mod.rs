//! Every page in every state, rendered from builders.

mod absence;
mod account;
mod audit;
mod bulk;
mod changes;
mod entities;
mod files;
mod groups;
mod inbox;
mod instances;
mod link;
mod monitors;
mod new_request;
mod outbox;
mod people;
mod person;
mod policies;
mod problem;
mod request;
mod request_verbs;
mod revise;
mod settings;
mod webhooks;
mod workflows;
