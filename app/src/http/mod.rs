//! The HTTP edge: routes, what surrounds every request, and one file of handlers per group of pages.
//!
//! A handler finds out who asks, calls one function of the portal and shows its answer as a page or a redirect. Rules
//! live in [`crate::portal`], words and markup in [`crate::pages`].

pub mod durable;
pub mod error;
pub mod heavy;
pub mod middleware;
pub mod router;
pub mod shutdown;
pub mod state;

mod absence;
mod account;
mod answer;
mod api;
mod archive;
mod assets;
mod audit;
mod bulk;
mod caller;
mod certificate;
mod csv;
mod entities;
mod files;
mod groups;
mod health;
mod held_link;
mod inbox;
mod instance_events;
mod instance_verbs;
mod instances;
mod link;
mod live;
mod monitors;
mod new_request;
mod notice;
mod outbox;
mod outlook;
mod people;
mod policies;
mod policy_form;
mod present;
mod previews;
mod reader;
mod received;
mod request;
mod request_verbs;
mod revise;
mod revisions;
mod saved_views;
mod session;
mod settings;
mod shortcuts;
mod tokens;
mod unsubscribe;
mod webhooks;
mod workflows;
mod workload;
