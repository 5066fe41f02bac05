//! The pure part of the engine: code against messages and history, without a store.

mod combinators;
mod determinism;
mod external_events;
mod lifecycle;
mod retries;
mod support;
