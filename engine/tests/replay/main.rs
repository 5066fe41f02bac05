//! The pure part of the engine: code against messages and history, without a store.

mod children;
mod combinators;
mod determinism;
mod entities;
mod entity_turns;
mod external_events;
mod fan_out;
mod lifecycle;
mod retries;
mod rewind;
mod size;
mod support;
mod versions;
