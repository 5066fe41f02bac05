//! Durable entities: what their messages mean to them, and how their operations run. Pure but for what an operation itself
//! does: the runtime brings messages and the time, lets the operations run that [`EntityTurn`] names, and takes an
//! [`EntityOutcome`] away.
//!
//! An entity has no history. A turn takes the stored state, reads messages one after the other, and its result is one
//! commit: a crash before it means that everything is done again, and afterwards nothing is.

mod context;
mod operation;
mod sent;
mod turn;

pub use context::EntityContext;
pub use operation::{Effect, OperationCode, OperationDone, OperationError, OperationRun, StartOrchestration};
pub use sent::{sent_by, unlocks};
pub use turn::{EntityOutcome, EntityTurn};
