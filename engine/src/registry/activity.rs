//! What an activity's code sees of the world.

use futures::future::BoxFuture;

use crate::ids::{ExecutionId, InstanceId};
use crate::model::{Failure, Payload, Task, Traceparent};

/// The code of an activity with its types erased.
pub trait ActivityCode: Send + Sync {
    /// Runs the activity.
    fn run(&self, context: ActivityContext, input: Payload) -> BoxFuture<'static, Result<Payload, Failure>>;
}

/// For whom an activity runs.
#[derive(Clone, Debug)]
pub struct ActivityContext {
    instance: InstanceId,
    execution: ExecutionId,
    attempt: u32,
    idempotency_key: String,
    traceparent: Option<Traceparent>,
}

impl ActivityContext {
    /// `traceparent` is the span in which the activity runs.
    pub(crate) fn of(task: &Task, traceparent: Option<Traceparent>) -> Self {
        Self {
            instance: task.instance.clone(),
            execution: task.execution,
            attempt: task.attempt,
            idempotency_key: format!("{}/{}", task.execution, task.first_event_id),
            traceparent,
        }
    }

    /// The instance that waits for the result.
    pub fn instance_id(&self) -> &InstanceId {
        &self.instance
    }

    /// The execution that waits for the result.
    pub fn execution_id(&self) -> ExecutionId {
        self.execution
    }

    /// Which try of the call this is, from 1, as the retry policy counts. A try that a crash cut off runs again with the
    /// same number.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The same for all tries of one call and for nothing else: hand it to services that take an idempotency key.
    pub fn idempotency_key(&self) -> &str {
        &self.idempotency_key
    }

    /// The span in which this try runs, if the instance was started within a trace: the value of the header `traceparent` for
    /// calls of other services. Instances that the activity starts continue it by themselves.
    pub fn traceparent(&self) -> Option<Traceparent> {
        self.traceparent
    }
}
