//! The step that runs an activity.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;

use super::node::Node;
use crate::model::{Answer, BlockedKind, Failure, Task};
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
        let context = ActivityContext::of(task);
        let input = task.input.clone();
        // Called inside the future, so that a panic before the first await is caught too.
        let running = AssertUnwindSafe(async move { code.run(context, input).await }).catch_unwind();
        let result = running.await.unwrap_or_else(|panic| Err(Failure::from_panic(&*panic)));
        if let Err(failure) = &result {
            tracing::warn!(instance.id = %task.instance, activity = %task.name, attempt = task.attempt, %failure, "activity failed");
        }
        Ok(Some(Answer { execution: task.execution, event_id: task.event_id, result }))
    }

    /// Records what an activity gave. After an error the same call may be made again.
    pub async fn complete_task(&self, task: &Task, answer: &Answer) -> Result<(), StoreError> {
        if self.store.complete_task(task.id, task.key, answer).await? {
            self.wake.instances([task.key]);
        }
        Ok(())
    }
}
