//! The HTTP edge, through the whole router: who gets in, what surrounds an answer, how it says no.

mod browser;

mod absence;
mod access;
mod answer;
mod api;
mod audit;
mod bulk;
mod certificate;
mod code;
mod durable;
mod files;
mod headers;
mod policies;
mod previews;
mod refusals;
mod request_verbs;
mod requests;
mod revise;
mod roles;
mod saved_views;
mod security;
mod settings;
mod tokens;
mod unsubscribe;
mod workflows;
