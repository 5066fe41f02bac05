//! Where values are inside events and messages: for stores that keep large ones elsewhere.

use super::entity::EntityMessage;
use super::event::EventKind;
use super::payload::Payload;
use super::work::{Answer, Message};

impl EventKind {
    /// Shows every value of the event to `visit`, which may put another in its place.
    pub fn payloads_mut<'p>(&'p mut self, visit: &mut impl FnMut(&'p mut Payload)) {
        match self {
            Self::ExecutionStarted(started) => visit(&mut started.input),
            Self::TaskScheduled(task) => visit(&mut task.input),
            Self::SubOrchestrationInstanceCreated(child) => visit(&mut child.input),
            Self::EventRaised(raised) => visit(&mut raised.input),
            Self::EventSent { input, .. } | Self::ContinueAsNew { input, .. } => visit(input),
            Self::EntityOperationSignaled(sent) | Self::EntityOperationCalled(sent) => visit(&mut sent.input),
            Self::TaskCompleted { result, .. }
            | Self::SubOrchestrationInstanceCompleted { result, .. }
            | Self::EntityOperationCompleted { result, .. } => visit(result),
            Self::ExecutionCompleted { result, .. } => result.iter_mut().for_each(visit),
            Self::OrchestratorStarted
            | Self::TaskFailed { .. }
            | Self::TimerCreated { .. }
            | Self::TimerFired { .. }
            | Self::SubOrchestrationInstanceFailed { .. }
            | Self::EntityOperationFailed { .. }
            | Self::EntityLockRequested { .. }
            | Self::EntityLockGranted { .. }
            | Self::EntityUnlockSent { .. }
            | Self::PatchApplied { .. }
            | Self::ExecutionRewound { .. }
            | Self::ExecutionSuspended { .. }
            | Self::ExecutionResumed { .. }
            | Self::ExecutionTerminated { .. } => {}
        }
    }
}

impl Message {
    /// Shows every value of the message to `visit`, which may put another in its place.
    pub fn payloads_mut<'p>(&'p mut self, visit: &mut impl FnMut(&'p mut Payload)) {
        match self {
            Self::Start { started, carried } => {
                visit(&mut started.input);
                carried.iter_mut().for_each(|raised| visit(&mut raised.input));
            }
            Self::Raise(raised) => visit(&mut raised.input),
            Self::TaskDone(Answer { result, .. })
            | Self::ChildDone(Answer { result, .. })
            | Self::OperationDone(Answer { result, .. }) => {
                result.iter_mut().for_each(visit);
            }
            Self::Entity(EntityMessage::Signal { input, .. } | EntityMessage::Call { input, .. }) => visit(input),
            Self::Entity(EntityMessage::Lock(_) | EntityMessage::Unlock { .. })
            | Self::LockGranted { .. }
            | Self::TimerFired { .. }
            | Self::Rewind { .. }
            | Self::Suspend { .. }
            | Self::Resume { .. }
            | Self::Redrive
            | Self::Terminate { .. } => {}
        }
    }
}
