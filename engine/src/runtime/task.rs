//! The step that runs an activity.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use tracing::{Instrument, Span};

use super::gate::Pass;
use super::node::Node;
use super::supervise::{Ended, Running, Supervised};
use crate::model::{Answer, Blocked, BlockedKind, Failure, Payload, Task};
use crate::observe::names::field;
use crate::observe::{self, within_trace};
use crate::registry::{ActivityCode, ActivityContext, CancelReason};
use crate::store::StoreError;

/// What a try leads to.
pub(super) struct Tried {
    /// What to record, unless nobody waits for it.
    pub(super) answer: Option<Answer>,
    /// The code, when it was asked to stop and may still run.
    pub(super) winding_up: Option<Running>,
}

impl Node {
    /// Runs a try of an activity. `None` when there is nothing to record: nobody waits for the result, or the task is set aside,
    /// because its code is unknown here or because it killed its node too often.
    ///
    /// What is left of a try that took too long is dropped here; the node's loop lets it wind up.
    pub async fn run_task(&self, task: &Task) -> Result<Option<Answer>, StoreError> {
        Ok(self.attempt(task).await?.and_then(|tried| tried.answer))
    }

    /// The same, with what is left of the code.
    pub(super) async fn attempt(&self, task: &Task) -> Result<Option<Tried>, StoreError> {
        let _listed = Listed { node: self, task };
        if task.recoveries >= self.limits.recoveries {
            let (name, times) = (&task.name, task.recoveries);
            let message = format!("the activity {name} was cut off by the death of its node {times} times");
            return self.set_aside(task, BlockedKind::Poison, message).await;
        }
        let Some(code) = self.registry.find_activity(&task.name) else {
            let message = format!("no activity {} is registered", task.name);
            return self.set_aside(task, BlockedKind::UnknownCode, message).await;
        };
        let pass = self.pass(task.is_suspect()).await;
        if task.needs_mark() && !self.store.mark_task(self.id, task).await? {
            return Ok(None);
        }
        let span = observe::activity_span(task);
        Ok(Some(self.supervise(task, code, pass, &span).instrument(span.clone()).await))
    }

    async fn set_aside(&self, task: &Task, kind: BlockedKind, message: String) -> Result<Option<Tried>, StoreError> {
        let before = task.set_aside.as_ref();
        let blocked = Blocked { kind, message, since: self.clock.now() }.met_before(before);
        if before != Some(&blocked) {
            observe::count_blocked(kind);
            tracing::error!(
                { field::INSTANCE_ID } = %task.instance,
                { field::ACTIVITY_NAME } = %task.name,
                { field::BLOCKED_KIND } = kind.as_str(),
                { field::BLOCKED_MESSAGE } = blocked.message,
                "activity is set aside"
            );
        }
        self.store.set_aside(self.id, task, blocked).await?;
        self.wake.change(&task.instance);
        Ok(None)
    }

    async fn supervise(&self, task: &Task, code: Arc<dyn ActivityCode>, pass: Pass, span: &Span) -> Tried {
        let line = self.wake.line(task);
        let traceparent = self.place(span, task.traceparent);
        let context = ActivityContext::of(task, traceparent, Arc::clone(&line));
        let running = within_trace(traceparent, begin(code, context, task.input.clone())).instrument(span.clone());
        let mut supervised = Supervised::new(self, task, Arc::clone(&line), Box::pin(running), pass);
        observe::count_attempt(&task.name, task.attempt);
        let began = self.clock.now();
        let ended = supervised.until_ended().await;
        let cancelled = line.reason();
        log_end(task, &ended, cancelled);
        let answer = match ended {
            Ended::With(result) => {
                let outcome = observe::count_activity(&task.name, &result, self.clock.now().since(began));
                span.record(field::OUTCOME, outcome);
                Some(Answer { execution: task.execution, event_id: task.event_id, result })
            }
            Ended::ForNobody => None,
        };
        Tried { answer, winding_up: cancelled.map(|_| supervised.running) }
    }

    /// Hands what an activity gave to the next turn of its instance, whose commit records it. After an error the same call may be
    /// made again.
    ///
    /// What was recovered before is recorded at once: if a turn kills its node the task has no part in it.
    pub async fn complete_task(&self, task: &Task, answer: &Answer) -> Result<(), StoreError> {
        if task.recoveries == 0 {
            self.wake.answer(task.clone(), answer.clone());
            return Ok(());
        }
        self.record(task, answer).await
    }

    /// Records what an activity gave. It is dropped when nobody waits for it.
    async fn record(&self, task: &Task, answer: &Answer) -> Result<(), StoreError> {
        if self.heard(self.store.complete_task(task.id, task.key, answer).await)? {
            self.wake.instances([task.key]);
        } else {
            let (id, name) = (&task.instance, &task.name);
            tracing::debug!({ field::INSTANCE_ID } = %id, { field::ACTIVITY_NAME } = %name, "a result came too late and was dropped");
        }
        Ok(())
    }

    /// Records answers that no turn has read, one by one. After an error those that are left wait for the next turn.
    pub(super) async fn record_all(&self, answers: Vec<(Task, Answer)>) -> Result<(), StoreError> {
        let mut answers = answers.into_iter();
        while let Some((task, answer)) = answers.next() {
            let recorded = self.record(&task, &answer).await;
            if recorded.is_err() {
                std::iter::once((task, answer))
                    .chain(answers)
                    .for_each(|(task, answer)| self.wake.answer(task, answer));
                return recorded;
            }
            self.wake.answered([task.id]);
        }
        Ok(())
    }

    /// Lets code that was asked to stop go on for a while, then drops it. What it gives reaches nobody.
    pub(super) async fn wind_up(&self, task: &Task, running: Running) {
        let over = self.clock.sleep_until(self.clock.now() + self.limits.wind_up);
        tokio::select! {
            biased;
            _ = running => {}
            () = over => {
                let (id, name) = (&task.instance, &task.name);
                tracing::warn!({ field::INSTANCE_ID } = %id, { field::ACTIVITY_NAME } = %name, "activity did not stop when asked to and was dropped");
            }
        }
    }
}

/// The code of a try, which gives a panic as a failure. Called inside the future, so that one before the first await is
/// caught too.
fn begin(code: Arc<dyn ActivityCode>, context: ActivityContext, input: Payload) -> Running {
    let running = AssertUnwindSafe(async move { code.run(context, input).await }).catch_unwind();
    Box::pin(running.map(|result| result.unwrap_or_else(|panic| Err(Failure::from_panic(&*panic)))))
}

fn log_end(task: &Task, ended: &Ended, cancelled: Option<CancelReason>) {
    if let Some(reason) = cancelled {
        tracing::info!(
            { field::INSTANCE_ID } = %task.instance,
            { field::ACTIVITY_NAME } = %task.name,
            { field::ACTIVITY_ATTEMPT } = task.attempt,
            { field::CANCEL_REASON } = %reason,
            "activity was asked to stop"
        );
    }
    if let Ended::With(Err(failure)) = ended {
        tracing::warn!(
            { field::INSTANCE_ID } = %task.instance,
            { field::ACTIVITY_NAME } = %task.name,
            { field::ACTIVITY_ATTEMPT } = task.attempt,
            { field::FAILURE } = %failure,
            "activity failed"
        );
    }
}

/// Keeps a task on the node's list of those that run.
struct Listed<'n> {
    node: &'n Node,
    task: &'n Task,
}

impl Drop for Listed<'_> {
    fn drop(&mut self) {
        self.node.wake.hang_up(self.task);
    }
}
