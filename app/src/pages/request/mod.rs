//! The page of one request: the document, how it may be decided, what else may be done to it, and what happened; and the form
//! of its next revision.

mod decision;
mod observers;
mod page;
mod revise;
mod verbs;

pub use page::request;
pub use revise::revise;
