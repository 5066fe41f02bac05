//! What an activity's code sees of the world.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::line::{CancelReason, Line};
use crate::ids::{ExecutionId, InstanceId};
use crate::model::{Failure, MAX_HEARTBEAT_BYTES, Payload, Task, Traceparent};

/// The code of an activity with its types erased.
pub trait ActivityCode: Send + Sync {
    /// Runs the activity.
    fn run(&self, context: ActivityContext, input: Payload) -> BoxFuture<'static, Result<Payload, Failure>>;
}

/// For whom an activity runs, and its line to the node that runs it. Cloning is cheap, and clones may go to other tasks.
#[derive(Clone, Debug)]
pub struct ActivityContext {
    instance: InstanceId,
    execution: ExecutionId,
    attempt: u32,
    idempotency_key: Arc<str>,
    last_heartbeat: Option<Payload>,
    traceparent: Option<Traceparent>,
    line: Arc<Line>,
}

impl ActivityContext {
    /// `traceparent` is the span in which the activity runs, `line` its way to the node that runs it.
    pub(crate) fn of(task: &Task, traceparent: Option<Traceparent>, line: Arc<Line>) -> Self {
        Self {
            instance: task.instance.clone(),
            execution: task.execution,
            attempt: task.attempt,
            idempotency_key: format!("{}/{}", task.execution, task.first_event_id).into(),
            last_heartbeat: task.last_heartbeat.clone(),
            traceparent,
            line,
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

    /// Says that the activity lives, and how far it is. Returns at once: nothing is written here, so it may be called often.
    ///
    /// The node hears every call in memory, which is what `heartbeat_timeout` is measured by. It records the latest details
    /// for clients ([`crate::Client::list_tasks`]) and for a crash at most once per
    /// [`crate::Limits::heartbeat_interval`], the first time at once, so what is recorded may be older by that much. The next try
    /// after a failure or a timeout gets the very last details; so does the one after a graceful stop of the node.
    ///
    /// Fails with kind [`Failure::INVALID_PAYLOAD`] for details that have no JSON form or more than [`MAX_HEARTBEAT_BYTES`].
    pub fn heartbeat<T: Serialize + ?Sized>(&self, details: &T) -> Result<(), Failure> {
        let details = Payload::encode(details)?;
        let bytes = details.as_str().len();
        if bytes > MAX_HEARTBEAT_BYTES {
            let message = format!("the details of a heartbeat have {bytes} bytes, the limit is {MAX_HEARTBEAT_BYTES}");
            return Err(Failure::new(Failure::INVALID_PAYLOAD, message).non_retriable());
        }
        self.line.beat(details);
        Ok(())
    }

    /// What the try before this one said last by its heartbeat, or this one before a crash cut it off; `None` if there was
    /// none. Fails with kind [`Failure::INVALID_PAYLOAD`] when it is not a `T`.
    pub fn last_heartbeat<T: DeserializeOwned>(&self) -> Result<Option<T>, Failure> {
        self.last_heartbeat.as_ref().map(Payload::decode).transpose()
    }

    /// Completes once the activity is asked to stop, and says why. It then has [`crate::Limits::wind_up`] to end by itself;
    /// after that it is dropped where it awaits.
    pub async fn cancelled(&self) -> CancelReason {
        self.line.cancelled().await
    }

    /// Whether the activity is asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.line.reason().is_some()
    }

    /// Why the activity is asked to stop, if it is.
    pub fn cancel_reason(&self) -> Option<CancelReason> {
        self.line.reason()
    }
}
