//! The code of an orchestration with its types erased.

use futures::future::BoxFuture;

use super::context::OrchestrationContext;
use crate::model::{Failure, Payload};

/// A run of an orchestration's code.
pub type Run = BoxFuture<'static, Result<Payload, Failure>>;

/// The code of an orchestration, from stored input to stored output. The registry implements it.
pub trait Code: Send + Sync {
    /// Begins a run; nothing happens before it is polled.
    fn begin(&self, context: OrchestrationContext, input: Payload) -> Run;
}
