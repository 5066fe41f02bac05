//! What the outcome of a turn becomes in the store.

use super::node::Node;
use crate::entity::{sent_by, unlocks};
use crate::ids::ExecutionId;
use crate::model::{
    Answer, ChildCreated, EventKind, ExecutionStarted, Failure, Message, ParentLink, Raised, RewoundExecution,
    RuntimeStatus, Traceparent,
};
use crate::replay::{End, Outcome};
use crate::store::{Claim, Ending, Outgoing, TurnCommit};

impl Node {
    /// The commit of a turn that the execution `started` ran under `claim`.
    pub(super) fn commit_of(
        &self,
        started: &ExecutionStarted,
        claim: Claim,
        outcome: Outcome,
        continues: Vec<RewoundExecution>,
        traceparent: Option<Traceparent>,
    ) -> TurnCommit {
        let mut tasks = Vec::new();
        let mut timers = Vec::new();
        let mut children = Vec::new();
        let mut retried_children = Vec::new();
        let mut sent = Vec::new();
        for event in &outcome.events {
            match &event.kind {
                EventKind::TaskScheduled(task) => tasks.push(task.clone()),
                EventKind::TimerCreated { event_id, fire_at, .. } => timers.push((*event_id, *fire_at)),
                EventKind::SubOrchestrationInstanceCreated(child) => {
                    retried_children.extend(child.first_event_id.map(|first| (child.event_id, first)));
                    children.push(self.start_of(started, child, traceparent));
                }
                EventKind::EventSent { instance, name, input, .. } => {
                    let raised = Raised { name: name.clone(), input: input.clone() };
                    sent.push(Outgoing { to: instance.clone(), message: Message::Raise(raised), later: None });
                }
                other => sent.extend(sent_by(started, other).into_iter().map(|message| self.outgoing(message))),
            }
        }
        for (section, entities) in &outcome.unlocks {
            sent.extend(unlocks(started, *section, entities).into_iter().map(|message| self.outgoing(message)));
        }
        let (mut rejoined, mut recalled) = (Vec::new(), Vec::new());
        for kind in &outcome.reopened {
            match kind {
                EventKind::TaskScheduled(task) => tasks.push(task.clone()),
                EventKind::TimerCreated { event_id, fire_at, .. } => timers.push((*event_id, *fire_at)),
                EventKind::SubOrchestrationInstanceCreated(child) => {
                    rejoined.push(self.start_of(started, child, traceparent));
                }
                other => recalled.extend(sent_by(started, other).into_iter().map(|message| self.outgoing(message))),
            }
        }
        let mut events = outcome.copied;
        events.extend(outcome.events);
        TurnCommit {
            claim,
            now: outcome.now,
            ending: self.ending_of(started, outcome.end),
            consumed: outcome.consumed,
            answered: Vec::new(),
            events,
            tasks,
            cancelled_tasks: outcome.cancelled_tasks,
            redrive: outcome.redrive,
            timers,
            cancelled_timers: outcome.cancelled_timers,
            children,
            retried_children,
            rejoined,
            recalled,
            continues,
            terminated_children: outcome.terminated_children,
            sent,
            custom_status: outcome.custom_status,
            awaits_outside: outcome.awaits_outside,
            traceparent,
            entity: None,
        }
    }

    /// How a child, or what is started detached, begins.
    fn start_of(
        &self,
        started: &ExecutionStarted,
        child: &ChildCreated,
        traceparent: Option<Traceparent>,
    ) -> ExecutionStarted {
        let parent =
            ParentLink { instance: started.instance.clone(), execution: started.execution, event_id: child.event_id };
        ExecutionStarted {
            instance: child.instance.clone(),
            execution: ExecutionId(self.clock.new_id()),
            name: child.name.clone(),
            version: child.version.clone(),
            input: child.input.clone(),
            parent: (!child.detached).then_some(parent),
            tags: started.tags.clone(),
            scheduled_at: None,
            seed: self.clock.new_id(),
            traceparent,
        }
    }

    fn ending_of(&self, started: &ExecutionStarted, end: Option<End>) -> Ending {
        let (status, output, failure) = match end {
            None => return Ending::Waiting,
            Some(End::ContinuedAsNew { input, version, carried }) => {
                let seed = self.clock.new_id();
                let version = version.unwrap_or_else(|| started.version.clone());
                let next = ExecutionStarted {
                    execution: ExecutionId(seed),
                    input,
                    version,
                    scheduled_at: None,
                    seed,
                    ..started.clone()
                };
                return Ending::ContinuedAsNew { next: Box::new(next), carried, keep: self.limits.kept_executions };
            }
            Some(End::Completed(output)) => (RuntimeStatus::Completed, Some(output), None),
            Some(End::Failed(failure)) => (RuntimeStatus::Failed, None, Some(failure)),
            Some(End::Terminated(reason)) => {
                let message = reason.unwrap_or_else(|| "it was terminated".to_owned());
                (RuntimeStatus::Terminated, None, Some(Failure::new(Failure::TERMINATED, message).non_retriable()))
            }
        };
        let parent = started.parent.as_ref().map(|link| {
            let result = match (&output, &failure) {
                (Some(output), _) => Ok(output.clone()),
                (None, failure) => {
                    Err(failure.clone().unwrap_or_else(|| Failure::new(Failure::TERMINATED, "it gave no result")))
                }
            };
            (link.instance.clone(), Answer { execution: link.execution, event_id: link.event_id, result })
        });
        Ending::Finished { status, output, failure, parent }
    }
}
