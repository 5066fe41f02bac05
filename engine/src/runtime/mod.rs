//! The node: step functions ([`Node`]) that take work from the store and give results to it, and the loops that call them.

mod cache;
mod engine;
mod limits;
mod loops;
mod node;
mod task;
mod turn;
mod wake;

pub use engine::{Engine, EngineBuilder};
pub use limits::Limits;
pub use node::Node;
pub use wake::Wake;
