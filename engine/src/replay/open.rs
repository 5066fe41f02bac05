//! Actions whose answers the code has not taken yet.

use std::collections::BTreeMap;
use std::task::Waker;

use crate::ids::{EventId, InstanceId};
use crate::model::{Failure, Payload};

/// What kind of action waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waits {
    Task,
    Timer,
    Child,
    Operation,
    Lock,
}

impl Waits {
    /// Whether the answer comes from elsewhere: neither a task nor a timer of the instance nor a child that names it.
    fn is_outside(self) -> bool {
        !matches!(self, Self::Task | Self::Timer | Self::Child)
    }
}

/// An action whose answer has not been taken by the code.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) waits: Waits,
    pub(super) answer: Option<Result<Payload, Failure>>,
    pub(super) waker: Option<Waker>,
    /// Nobody waits any more; the answer is recorded and ignored.
    forgotten: bool,
    /// The instance that an action of kind [`Waits::Child`] started.
    child: Option<InstanceId>,
}

impl Open {
    /// The instance that the action started, if it is one that starts any.
    pub(super) fn into_child(self) -> Option<InstanceId> {
        self.child
    }
}

/// The open actions of an execution. Every call takes logarithmic time, so that a fan-out of any width takes time in
/// proportion to it.
#[derive(Debug, Default)]
pub(super) struct OpenActions {
    actions: BTreeMap<EventId, Open>,
    /// How many of them are not forgotten.
    awaited: usize,
    /// How many of these are answered from outside.
    outside: usize,
}

impl OpenActions {
    /// Opens the wait for the answer to `id`; `child` is the instance that it started, if any.
    pub(super) fn insert(&mut self, id: EventId, waits: Waits, child: Option<InstanceId>) {
        self.actions.insert(id, Open { waits, answer: None, waker: None, forgotten: false, child });
        self.awaited += 1;
        self.outside += usize::from(waits.is_outside());
    }

    pub(super) fn get_mut(&mut self, id: EventId) -> Option<&mut Open> {
        self.actions.get_mut(&id)
    }

    /// Closes an action.
    pub(super) fn remove(&mut self, id: EventId) -> Option<Open> {
        let open = self.actions.remove(&id)?;
        self.awaited -= usize::from(!open.forgotten);
        self.outside -= usize::from(!open.forgotten && open.waits.is_outside());
        Some(open)
    }

    /// Notes that nobody waits for an action any more.
    pub(super) fn forget(&mut self, id: EventId) {
        if let Some(open) = self.actions.get_mut(&id).filter(|open| !open.forgotten) {
            open.forgotten = true;
            open.waker = None;
            self.awaited -= 1;
            self.outside -= usize::from(open.waits.is_outside());
        }
    }

    /// Records the answer to `id`; gives the waker of who waits.
    pub(super) fn answer(&mut self, id: EventId, waits: Waits, answer: Result<Payload, Failure>) -> Option<Waker> {
        let open = self.actions.get_mut(&id).filter(|open| open.waits == waits && open.answer.is_none())?;
        if open.forgotten {
            self.actions.remove(&id);
            return None;
        }
        open.answer = Some(answer);
        open.waker.take()
    }

    /// Whether the answer to `id` is still awaited or at least to be recorded.
    pub(super) fn expects(&self, id: EventId, waits: Waits) -> bool {
        self.actions.get(&id).is_some_and(|open| open.waits == waits && open.answer.is_none())
    }

    /// Whether somebody waits for the answer to `id`.
    pub(super) fn is_awaited(&self, id: EventId) -> bool {
        self.actions.get(&id).is_some_and(|open| open.answer.is_none() && !open.forgotten)
    }

    /// Whether the answer to `id` has come and was not taken.
    pub(super) fn is_answered(&self, id: EventId) -> bool {
        self.actions.get(&id).is_some_and(|open| open.answer.is_some())
    }

    /// How many awaited answers come from outside of the instance's own rows.
    pub(super) fn awaited_outside(&self) -> usize {
        self.outside
    }

    /// How many actions somebody waits for.
    pub(super) fn awaited(&self) -> usize {
        self.awaited
    }

    /// How many actions are open, forgotten ones included.
    pub(super) fn len(&self) -> usize {
        self.actions.len()
    }

    /// The children that have not answered, in the order of their starts, those included for which nobody waits any more.
    pub(super) fn children(&self) -> impl Iterator<Item = (EventId, &InstanceId)> {
        let unanswered = self.actions.iter().filter(|(_, open)| open.answer.is_none());
        unanswered.filter_map(|(id, open)| Some((*id, open.child.as_ref()?)))
    }
}
