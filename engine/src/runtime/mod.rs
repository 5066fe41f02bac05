//! The node: step functions ([`Node`]) that take work from the store and give results to it, and the loops that call them.

mod backlog;
mod blocked;
mod cache;
mod changes;
mod engine;
mod entity_turn;
mod gate;
mod limits;
mod load;
mod loops;
mod news;
mod node;
mod orphans;
mod queue;
mod record;
mod retention;
mod schedule;
mod supervise;
mod task;
mod tasks;
mod turn;
mod wake;

pub use backlog::Backlog;
pub use engine::{Engine, EngineBuilder};
pub use limits::Limits;
pub use node::Node;
pub(crate) use retention::expire;
pub use wake::Wake;
