//! The portal's own API: how it says no, who may do what, pages of lists, calls that are repeated, and its document.

mod program;

mod document;
mod once;
mod paging;
mod problems;
mod request_verbs;
mod requests;
mod revisions;
mod scopes;
