//! What a turn leads to.

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::ids::{EntityId, EventId, InstanceId, MessageId};
use crate::model::{Event, EventKind, Failure, Payload, Raised};

/// The result of a turn, to be committed whole.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The time of the turn.
    pub now: Timestamp,
    /// Messages that are done with. Those not named here stay in the inbox.
    pub consumed: Vec<MessageId>,
    /// How many of them were addressed to nobody: an execution or an action that is gone.
    pub dropped: u32,
    /// What to append to the history; empty when the turn changed nothing.
    pub events: Vec<Event>,
    /// What to copy into the history before them: the turns that the execution takes over from one that it continues.
    pub copied: Vec<Event>,
    /// Actions of the copied turns that have no result, and must be done again.
    pub reopened: Vec<EventKind>,
    /// Activities whose callers went away with `cancel_on_drop`.
    pub cancelled_tasks: Vec<EventId>,
    /// Timers nobody waits for any more.
    pub cancelled_timers: Vec<EventId>,
    /// Whether activities that were set aside shall be tried again.
    pub redrive: bool,
    /// Children to be terminated: their callers went away with `cancel_on_drop`, or the execution was terminated with all
    /// of its children. Each with the action that started it.
    pub terminated_children: Vec<(EventId, InstanceId)>,
    /// The custom status, if the turn set it.
    pub custom_status: Option<Payload>,
    /// What the code logged, to be written once the turn is committed.
    pub log: Vec<(tracing::Level, String)>,
    /// Whether the instance is suspended after the turn.
    pub suspended: bool,
    /// Whether the code then waits for something that has no row of the instance's own, such as an external event.
    pub awaits_outside: bool,
    /// The locks that an ended execution may hold or have asked for: for each critical section the action that asked, and the
    /// entities.
    pub unlocks: Vec<(EventId, Vec<EntityId>)>,
    /// How the execution ended, if it did.
    pub end: Option<End>,
}

/// How an execution ends.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// With an output.
    Completed(Payload),
    /// With a failure.
    Failed(Failure),
    /// By a client, who may have said why.
    Terminated(Option<String>),
    /// Another execution follows.
    ContinuedAsNew {
        /// Its input.
        input: Payload,
        /// Its version, if it is another one than the present.
        version: Option<Arc<str>>,
        /// Events that were received and not used.
        carried: Vec<Raised>,
    },
}
