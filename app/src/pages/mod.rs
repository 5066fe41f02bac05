//! Pages, rendered on the server to complete documents.
//!
//! A page component shows one plain value from [`crate::view`] and nothing else; its handler in [`crate::http`] made it.

pub mod assets;
pub mod paths;

mod account;
mod answer;
mod api;
mod audit;
mod bulk;
mod delivery;
mod entities;
mod entity;
mod inbox;
mod instance;
mod instances;
pub mod layout;
mod link;
mod link_status;
mod mail;
mod monitor;
mod monitor_form;
mod monitors;
mod new_request;
mod outbox;
mod people;
mod problem;
mod request;
mod shell;
mod tokens;
mod webhook;
mod webhooks;
mod workflow;
mod workflows;

pub use account::{invitation, set_up, sign_in};
pub use answer::{answer, answer_closed};
pub use api::api;
pub use audit::audit;
pub use bulk::{bulk, bulk_result};
pub use delivery::delivery;
pub use entities::entities;
pub use entity::entity;
pub use inbox::inbox;
pub use instance::instance;
pub use instances::instances;
pub use link::decide;
pub use link_status::link_status;
pub use mail::mail;
pub use monitor::monitor;
pub use monitor_form::new_monitor;
pub use monitors::monitors;
pub use new_request::new_request;
pub use outbox::outbox;
pub use people::people;
pub use problem::problem;
pub use request::request;
pub use shell::{Page, Scripts, Shell, render};
pub use tokens::tokens;
pub use webhook::webhook;
pub use webhooks::webhooks;
pub use workflow::workflow;
pub use workflows::workflows;
