//! Calls that a program may repeat: it sends a key of its own with what creates something, and however often it sends
//! both, there is one of it.
//!
//! What is remembered of a call is which thing it made, written by the audit row of its effect in the transaction of the
//! effect. So a crash leaves both or neither, and the answer is made anew from the thing whenever the call is repeated. What was
//! refused made nothing and is not remembered. While a call is under way its key is held in memory, which suffices because
//! one process serves a database; should a caller have gone away while its effect was being written, the second row of
//! the same key undoes the second effect.

mod begin;
mod call;
mod work;

pub use begin::Begun;
pub use call::{FirstCall, KEPT_FOR, MAX_KEY_CHARS, Once, Ticket};
pub use work::{OnceReads, OnceWork};

pub(super) use call::CallsInProgress;
