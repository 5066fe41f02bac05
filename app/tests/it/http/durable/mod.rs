//! The management API of Durable Functions: who may do what, what each call answers, and how it may be spelled.

mod api;

mod access;
mod codes;
mod entities;
mod history;
mod lists;
mod rpc;
mod spelling;
