//! What a turn changes in a store.

use uuid::Uuid;

use super::api::{Begun, Claim};
use super::entities::EntityChange;
use crate::clock::Timestamp;
use crate::ids::{EventId, InstanceId, InstanceKey, MessageId, TaskId};
use crate::model::{
    Answer, Event, ExecutionStarted, Failure, Message, Payload, Raised, RewoundExecution, RuntimeStatus, Task,
    TaskScheduled, Traceparent,
};

/// One turn, as a store records it.
#[derive(Clone, Debug)]
pub struct TurnCommit {
    /// The lease under which the turn ran.
    pub claim: Claim,
    /// The time of the turn.
    pub now: Timestamp,
    /// Messages that were read.
    pub consumed: Vec<MessageId>,
    /// Tasks whose answers were read without a way through the inbox.
    pub answered: Vec<TaskId>,
    /// New events, with dense sequence numbers.
    pub events: Vec<Event>,
    /// New activities.
    pub tasks: Vec<TaskScheduled>,
    /// Activities nobody waits for any more.
    pub cancelled_tasks: Vec<EventId>,
    /// Whether activities that were set aside shall be tried again: they come back with the new ones.
    pub redrive: bool,
    /// New timers.
    pub timers: Vec<(EventId, Timestamp)>,
    /// Timers nobody waits for any more.
    pub cancelled_timers: Vec<EventId>,
    /// New instances: children, whose parent link names this execution, and detached ones without a link.
    pub children: Vec<ExecutionStarted>,
    /// Those of `children` that are further tries of their calls: their actions, and the actions of the first tries. One
    /// whose id an earlier try of the same call has begins anew in its place, if that has ended.
    pub retried_children: Vec<(EventId, EventId)>,
    /// Children that this execution shares with one that it continues after a rewind and that have not answered: those that
    /// have completed answer, failed ones are rewound, and those that are gone start again.
    pub rejoined: Vec<ExecutionStarted>,
    /// Calls of entities that this execution shares with one that it continues and that have no answer. They are sent, but
    /// for those that such an execution has made and the entity has not carried out yet, and those whose answers to it
    /// are unread.
    pub recalled: Vec<Outgoing>,
    /// The executions that this one continues: a child of one of them is a child of this one.
    pub continues: Vec<RewoundExecution>,
    /// Children to be terminated with their own children, by the actions that started them. An instance of that id that
    /// another action started is left alone, and a child that this turn would start is not created.
    pub terminated_children: Vec<(EventId, InstanceId)>,
    /// Messages to other instances. One to a missing or ended instance is dropped, but for the result of an operation that an
    /// instance called which has failed: it may be rewound and wait on. An entity comes into being by a message.
    pub sent: Vec<Outgoing>,
    /// The new custom status, if the turn changed it.
    pub custom_status: Option<Payload>,
    /// The turn's own span, which its activities continue.
    pub traceparent: Option<Traceparent>,
    /// Whether the code then waits for something that has no row of the instance's own, such as an external event: see
    /// [`Vitals::awaits_outside`](super::Vitals::awaits_outside).
    pub awaits_outside: bool,
    /// What the turn of an entity changes in its state.
    pub entity: Option<EntityChange>,
    /// What became of the instance.
    pub ending: Ending,
}

impl TurnCommit {
    /// A turn under `claim` that changes nothing and waits.
    pub fn new(claim: Claim, now: Timestamp) -> Self {
        Self {
            claim,
            now,
            consumed: Vec::new(),
            answered: Vec::new(),
            events: Vec::new(),
            tasks: Vec::new(),
            cancelled_tasks: Vec::new(),
            redrive: false,
            timers: Vec::new(),
            cancelled_timers: Vec::new(),
            children: Vec::new(),
            retried_children: Vec::new(),
            rejoined: Vec::new(),
            recalled: Vec::new(),
            continues: Vec::new(),
            terminated_children: Vec::new(),
            sent: Vec::new(),
            custom_status: None,
            traceparent: None,
            awaits_outside: false,
            entity: None,
            ending: Ending::Waiting,
        }
    }
}

/// A message to another instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// The receiver.
    pub to: InstanceId,
    /// What it is told.
    pub message: Message,
    /// When it is delivered; with the commit for `None`.
    pub later: Option<Later>,
}

/// When a delayed message is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Later {
    /// The earliest moment.
    pub at: Timestamp,
    /// A fresh id of the message (UUIDv7), which keeps it apart from others to the same receiver. Of those due at the same
    /// moment the one with the smaller id comes first.
    pub id: Uuid,
}

/// How a turn leaves its instance.
#[derive(Clone, Debug)]
pub enum Ending {
    /// It waits. The visible status follows the clients' verbs in the order of their commits (see
    /// [`Store::send`](super::Store::send)), so that a turn that has not read a suspend yet does not hide it: here a store
    /// only turns `Pending` into `Running`.
    Waiting,
    /// It has ended: its tasks and timers are deleted, unread messages stay.
    Finished {
        /// `Completed`, `Failed` or `Terminated`.
        status: RuntimeStatus,
        /// The output of a completed instance.
        output: Option<Payload>,
        /// The failure of a failed one.
        failure: Option<Failure>,
        /// Who gets the result.
        parent: Option<(InstanceId, Answer)>,
    },
    /// A new execution follows; the old one's tasks and timers are deleted, and of the old histories the last `keep` stay.
    ContinuedAsNew {
        /// How the next execution begins.
        next: Box<ExecutionStarted>,
        /// Received and unused events.
        carried: Vec<Raised>,
        /// How many executions' histories stay, the new one included.
        keep: u32,
    },
}

/// What a commit leads to.
#[derive(Debug, Default)]
pub struct Committed {
    /// The turn's activities, now to be run by the node that committed.
    pub tasks: Vec<Task>,
    /// Instances with new messages (children, parents, receivers of events, or the instance itself).
    pub touched: Vec<InstanceKey>,
    /// The turn's children that begin at once, for the node that committed; they are among `touched` too.
    pub begun: Vec<Begun>,
    /// The claim under which the next turn may commit.
    pub claim: Option<Claim>,
    /// When the first of the turn's delayed messages is due.
    pub due: Option<Timestamp>,
}
