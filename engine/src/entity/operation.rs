//! Operations with their types erased.

use std::sync::Arc;

use futures::future::BoxFuture;

use crate::clock::Timestamp;
use crate::ids::{EntityId, ExecutionId, InstanceId, MessageId};
use crate::model::{Failure, Payload, ToEntity};

/// The code of an operation. The registry implements it.
pub trait OperationCode: Send + Sync {
    /// Runs the operation; nothing happens before the future is polled.
    fn run(&self, run: OperationRun) -> BoxFuture<'static, Result<OperationDone, OperationError>>;
}

/// One run of an operation. A crash before its turn is committed has it run again, with the same message.
#[derive(Clone, Debug, PartialEq)]
pub struct OperationRun {
    /// The entity.
    pub entity: EntityId,
    /// The life of the entity, from its first message until it is cleaned up: no other has the same.
    pub life: ExecutionId,
    /// The message that asked for it.
    pub message: MessageId,
    /// The operation's name.
    pub operation: Arc<str>,
    /// The operation's input.
    pub input: Payload,
    /// The entity's state before it.
    pub state: Option<Payload>,
    /// The time of the turn.
    pub now: Timestamp,
}

/// What an operation that succeeded leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct OperationDone {
    /// What it gives to its caller.
    pub output: Payload,
    /// The entity's state after it.
    pub state: Option<Payload>,
    /// What it sends, in order.
    pub effects: Vec<Effect>,
}

/// Something an operation sends, once its turn is committed.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// A signal to an entity.
    Signal(ToEntity),
    /// The start of an orchestration.
    Start(StartOrchestration),
}

/// An orchestration that an operation starts.
#[derive(Clone, Debug, PartialEq)]
pub struct StartOrchestration {
    /// Its id. If it is taken, nothing is started.
    pub instance: InstanceId,
    /// Its name.
    pub name: &'static str,
    /// Its version, empty for code without versions.
    pub version: &'static str,
    /// Its input.
    pub input: Payload,
}

/// Why an operation did not succeed. It has changed nothing and sends nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum OperationError {
    /// It failed; its caller is told.
    Failed(Failure),
    /// This build cannot read the stored state, so that no operation may be taken from the entity's inbox.
    UnreadableState(Failure),
}
