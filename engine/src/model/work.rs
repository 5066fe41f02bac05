//! What waits to be done: messages for instances and tasks for activities.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::entity::EntityMessage;
use super::event::{ExecutionStarted, ParentLink, Raised, TaskTimeouts};
use super::failure::Failure;
use super::payload::Payload;
use super::status::Blocked;
use super::trace::Traceparent;
use crate::clock::Timestamp;
use crate::ids::{EventId, ExecutionId, InstanceId, InstanceKey, TaskId};

/// Something an instance is told. Messages wait in the instance's inbox until a turn consumes them, so neither
/// continue-as-new nor a suspension can lose one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Message {
    /// Begin an execution; taken before all others.
    Start {
        /// How it begins.
        started: Box<ExecutionStarted>,
        /// External events that the execution before it had received and not used.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        carried: Vec<Raised>,
    },
    /// Continue a failed execution from before its failure; taken before all others.
    Rewind {
        /// What the client said.
        reason: Option<String>,
        /// The ordinal of the failed execution.
        from: u32,
        /// Who waits for the result now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<ParentLink>,
    },
    /// An external event.
    Raise(Raised),
    /// An activity ended.
    TaskDone(Answer),
    /// A child ended.
    ChildDone(Answer),
    /// An entity carried out an operation that was called.
    OperationDone(Answer),
    /// All locks that an execution asked for are its own.
    LockGranted {
        /// The execution that asked.
        execution: ExecutionId,
        /// The action that asked.
        event_id: EventId,
    },
    /// Something an entity is told.
    Entity(EntityMessage),
    /// A timer fired.
    TimerFired {
        /// The execution that set it.
        execution: ExecutionId,
        /// The action that set it.
        event_id: EventId,
        /// The moment it was set for.
        fire_at: Timestamp,
    },
    /// Stop running turns.
    Suspend {
        /// What the client said.
        reason: Option<String>,
    },
    /// Run turns again.
    Resume {
        /// What the client said.
        reason: Option<String>,
    },
    /// Try again what was set aside. It is nothing to the code and leaves no event.
    Redrive,
    /// End now.
    Terminate {
        /// What the client said.
        reason: Option<String>,
        /// Whether its children end too, and theirs.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        recursive: bool,
    },
}

/// So many recoveries make work a suspect: it runs alone from then on.
pub const SUSPECT: u32 = 2;

impl Task {
    /// Whether it may have killed its node, so that it must run alone.
    pub fn is_suspect(&self) -> bool {
        self.recoveries >= SUSPECT
    }

    /// Whether its begin must be recorded: the first one never, for speed.
    pub fn needs_mark(&self) -> bool {
        self.recoveries > 0 || self.set_aside.is_some()
    }
}

impl Message {
    /// Whether a suspended instance leaves it in its inbox.
    pub fn waits_for_resume(&self) -> bool {
        !matches!(
            self,
            Self::Start { .. }
                | Self::Rewind { .. }
                | Self::Suspend { .. }
                | Self::Resume { .. }
                | Self::Redrive
                | Self::Terminate { .. }
        )
    }

    /// Whether it begins an execution: then it is read before all others.
    pub fn is_start(&self) -> bool {
        matches!(self, Self::Start { .. } | Self::Rewind { .. })
    }

    /// Whether it ends the instance whatever else is read with it.
    pub fn is_terminate(&self) -> bool {
        matches!(self, Self::Terminate { .. })
    }

    /// Whether it is read before all others: a start, and what the holder of an entity's lock says, because everything else
    /// waits for it and there may be any amount of that.
    pub fn comes_first(&self) -> bool {
        matches!(
            self,
            Self::Start { .. }
                | Self::Rewind { .. }
                | Self::Entity(EntityMessage::Unlock { .. } | EntityMessage::Call { section: Some(_), .. })
        )
    }
}

/// The result of an action, addressed to the execution that scheduled it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The execution that waits.
    pub execution: ExecutionId,
    /// The action it answers.
    pub event_id: EventId,
    /// How it ended.
    pub result: Result<Payload, Failure>,
}

/// A scheduled activity, as a node works on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Its row.
    pub id: TaskId,
    /// The instance that waits for it.
    pub key: InstanceKey,
    /// That instance's id.
    pub instance: InstanceId,
    /// The execution that waits for it.
    pub execution: ExecutionId,
    /// The action it answers.
    pub event_id: EventId,
    /// The action number that all tries of the call share.
    pub first_event_id: EventId,
    /// Which try this is, from 1.
    pub attempt: u32,
    /// The activity's name.
    pub name: Arc<str>,
    /// The activity's input.
    pub input: Payload,
    /// How long it may take.
    pub timeouts: TaskTimeouts,
    /// What was said last by heartbeat: by the try before this one, or by this one before a crash cut it off.
    pub last_heartbeat: Option<Payload>,
    /// How often a dead node had it in its hands and may have died of it.
    pub recoveries: u32,
    /// Why it was set aside, if it was; its next run takes it back.
    pub set_aside: Option<Blocked>,
    /// The span of the turn that scheduled it, which its own continues.
    pub traceparent: Option<Traceparent>,
}
