//! The HTTP edge, through the whole router: who gets in, what surrounds an answer, how it says no.

mod browser;

mod access;
mod files;
mod headers;
mod refusals;
mod roles;
