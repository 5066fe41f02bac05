//! The step that runs an activity.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use tracing::Instrument;

use super::node::Node;
use crate::model::{Answer, BlockedKind, Failure, Task};
use crate::observe::names::field;
use crate::observe::{self, within_trace};
use crate::registry::ActivityContext;
use crate::store::StoreError;

impl Node {
    /// Runs an activity; `None` when its code is unknown here, in which case its instance is marked as blocked and the task
    /// stays for a build that knows it.
    pub async fn run_task(&self, task: &Task) -> Result<Option<Answer>, StoreError> {
        let Some(code) = self.registry.find_activity(&task.name) else {
            if let Some(claim) = self.store.claim(self.id, task.key).await? {
                let message = format!("no activity {} is registered", task.name);
                self.block(&claim, BlockedKind::UnknownCode, message).await?;
            }
            return Ok(None);
        };
        let span = observe::activity_span(task);
        let traceparent = self.place(&span, task.traceparent);
        let context = ActivityContext::of(task, traceparent);
        observe::count_attempt(&task.name, task.attempt);
        let began = self.clock.now();
        let input = task.input.clone();
        // Called inside the future, so that a panic before the first await is caught too.
        let running = AssertUnwindSafe(async move { code.run(context, input).await }).catch_unwind();
        let running = within_trace(traceparent, running).instrument(span.clone());
        let result = running.await.unwrap_or_else(|panic| Err(Failure::from_panic(&*panic)));
        if let Err(failure) = &result {
            tracing::warn!(
                { field::INSTANCE_ID } = %task.instance,
                { field::ACTIVITY_NAME } = %task.name,
                { field::ACTIVITY_ATTEMPT } = task.attempt,
                { field::FAILURE } = %failure,
                "activity failed"
            );
        }
        let outcome = observe::count_activity(&task.name, &result, self.clock.now().since(began));
        span.record(field::OUTCOME, outcome);
        Ok(Some(Answer { execution: task.execution, event_id: task.event_id, result }))
    }

    /// Records what an activity gave. After an error the same call may be made again.
    pub async fn complete_task(&self, task: &Task, answer: &Answer) -> Result<(), StoreError> {
        if self.heard(self.store.complete_task(task.id, task.key, answer).await)? {
            self.wake.instances([task.key]);
        }
        Ok(())
    }
}
