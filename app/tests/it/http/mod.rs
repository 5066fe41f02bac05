//! The HTTP edge, through the whole router: who gets in, what surrounds an answer, how it says no.

mod browser;

mod access;
mod answer;
mod api;
mod audit;
mod bulk;
mod durable;
mod files;
mod headers;
mod refusals;
mod requests;
mod roles;
mod tokens;
mod workflows;
