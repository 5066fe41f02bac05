//! What stores say about the health of what they hold. Reads only.

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::ids::{ExecutionId, InstanceId, InstanceKey, MessageId, ScheduleId};
use crate::model::Blocked;

/// Where a walk over all instances that have not ended goes on; begins with the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// Which of the states is being walked through.
    pub(crate) state: usize,
    /// When the last one seen was created, and its key.
    pub(crate) after: (i64, i64),
}

/// A page of a walk.
#[derive(Debug, Default)]
pub struct Walked {
    /// What was found.
    pub instances: Vec<Vitals>,
    /// Where to go on; `None` at the end.
    pub next: Option<Walk>,
}

/// What could move an instance that has not ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Vitals {
    /// Its key.
    pub key: InstanceKey,
    /// Its id.
    pub id: Arc<str>,
    /// Its execution.
    pub execution: ExecutionId,
    /// Whether it is suspended.
    pub suspended: bool,
    /// What stops it, if anything.
    pub blocked: Option<Blocked>,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// Whether its code waits for something that has no row of the instance's own, such as an external event, as its last
    /// turn said; `None` before the first turn.
    pub awaits_outside: Option<bool>,
    /// Whether a node that lives has its lease.
    pub is_held: bool,
    /// Its first unread message.
    pub first_unread: Option<MessageId>,
    /// Whether it has tasks.
    pub has_task: bool,
    /// Whether one of them is in the hands of no node that lives.
    pub has_stranded_task: bool,
    /// Whether it has timers.
    pub has_timer: bool,
    /// The place of its last turn's first event: about the length of its history.
    pub events: u32,
}

/// What should have happened before a moment.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Overdue {
    /// Timers that have not fired, the oldest first.
    pub timers: Vec<(Arc<str>, Timestamp)>,
    /// Schedules that have not fired, the oldest first.
    pub schedules: Vec<(ScheduleId, Timestamp)>,
}

/// Messages that nobody will read any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undelivered {
    /// How many.
    pub messages: u64,
    /// To how many ended instances.
    pub instances: u64,
}

/// An execution whose children are asked for.
pub type Parent = (InstanceId, ExecutionId);
