//! Critical sections: the locks of several entities, held by an execution until it lets go of them.
//!
//! The rules are those of Durable Functions, and each keeps orchestrations from waiting for each other in a circle: locks
//! are taken in one global order, all at once and never more later, and inside of a section nothing is awaited that may
//! itself need one of the locks.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use crate::ids::{EntityId, EventId};
use crate::model::{EventKind, Failure, Payload};
use crate::replay::context::OrchestrationContext;
use crate::replay::open::Waits;
use crate::replay::state::{Shared, State};

/// The critical sections of an execution that are not over, by the actions that asked for their locks.
#[derive(Debug, Default)]
pub(in crate::replay) struct Sections(BTreeMap<EventId, Section>);

#[derive(Debug)]
struct Section {
    entities: Vec<EntityId>,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The locks are asked for.
    Requested,
    /// All of them are held.
    Held,
    /// The code went away before it had them. They were released at once, but the request may have been on its way from one
    /// entity to the next and may still come through; then they are released again.
    GivenUp,
}

impl Sections {
    /// The section that the code is in, or is about to enter. There is at most one.
    fn present(&self) -> Option<(EventId, &Section)> {
        let (id, section) = self.0.iter().find(|(_, section)| section.stage != Stage::GivenUp)?;
        Some((*id, section))
    }

    /// Whether the code may ask for locks, or start another orchestration: both may wait for what is held here.
    pub(in crate::replay) fn refuse(&self, what: &str) -> Result<(), Failure> {
        match self.present() {
            None => Ok(()),
            Some(_) => Err(violation(format!("{what} is not allowed inside of a critical section"))),
        }
    }

    /// Whether the code may call `entity`, and the section in which it does.
    pub(super) fn admit_call(&self, entity: &EntityId) -> Result<Option<EventId>, Failure> {
        match self.present() {
            None => Ok(None),
            Some((id, section)) if section.stage == Stage::Held && section.entities.contains(entity) => Ok(Some(id)),
            Some(_) => Err(violation(format!(
                "{entity} is not locked, so it may not be called inside of the critical section"
            ))),
        }
    }

    /// Whether the code may signal `entity`.
    pub(super) fn admit_signal(&self, entity: &EntityId) -> Result<(), Failure> {
        match self.present() {
            Some((_, section)) if section.entities.contains(entity) => {
                Err(violation(format!("{entity} is locked by its caller, so it may be called and not be signalled")))
            }
            _ => Ok(()),
        }
    }

    /// Whether a grant for the request `id` means anything.
    pub(in crate::replay) fn expects_grant(&self, id: EventId) -> bool {
        self.0.get(&id).is_some_and(|section| section.stage != Stage::Held)
    }

    /// Follows a history that no code is taken through.
    pub(in crate::replay) fn follow(&mut self, event: &EventKind) {
        match event {
            EventKind::EntityLockRequested { event_id, entities } => {
                self.0.insert(*event_id, Section { entities: entities.clone(), stage: Stage::Requested });
            }
            EventKind::EntityLockGranted { lock_requested_id } => {
                let section = self.0.get_mut(lock_requested_id).filter(|section| section.stage == Stage::Requested);
                section.into_iter().for_each(|section| section.stage = Stage::Held);
            }
            EventKind::EntityUnlockSent { lock_requested_id, .. } => match self.0.get_mut(lock_requested_id) {
                Some(section) if section.stage == Stage::Requested => section.stage = Stage::GivenUp,
                _ => drop(self.0.remove(lock_requested_id)),
            },
            _ => {}
        }
    }

    /// Whatever may be locked when the execution ends.
    pub(in crate::replay) fn take_all(&mut self) -> Vec<(EventId, Vec<EntityId>)> {
        std::mem::take(&mut self.0).into_iter().map(|(id, section)| (id, section.entities)).collect()
    }
}

impl State {
    /// Records that the locks of the request `id` are held; gives the waker of who waits.
    pub(in crate::replay) fn grant(&mut self, id: EventId) -> Option<Waker> {
        let section = self.sections.0.get_mut(&id)?;
        if section.stage == Stage::GivenUp {
            self.unlock(id);
            return None;
        }
        section.stage = Stage::Held;
        self.open.answer(id, Waits::Lock, Ok(Payload::null()))
    }

    /// Ends the section `id`, or the wait for it.
    fn leave(&mut self, id: EventId) {
        self.open.remove(id);
        let Some(section) = self.sections.0.get_mut(&id) else { return };
        if section.stage == Stage::Requested {
            section.stage = Stage::GivenUp;
            let entities = section.entities.clone();
            self.send_unlock(id, entities);
        } else {
            self.unlock(id);
        }
    }

    fn unlock(&mut self, id: EventId) {
        if let Some(section) = self.sections.0.remove(&id) {
            self.send_unlock(id, section.entities);
        }
    }

    fn send_unlock(&mut self, lock_requested_id: EventId, entities: Vec<EntityId>) {
        self.schedule(|event_id| EventKind::EntityUnlockSent { event_id, lock_requested_id, entities });
    }
}

impl OrchestrationContext {
    /// Locks entities, in an order that is the same for everybody, and begins a critical section: until the guard is dropped
    /// they carry out what this execution calls and nothing else. Requests for one entity are served in their order.
    ///
    /// Inside of the section, which begins with the request, the code may not lock more, start sub-orchestrations, call an
    /// entity that it has not locked, or signal one that it has; these are failures of kind `CriticalSection`. The locks
    /// are released when the guard is dropped, and by every end of the execution. Dropping the future gives the wait up.
    pub fn lock(&self, entities: impl IntoIterator<Item = EntityId>) -> LockRequest {
        let mut entities: Vec<EntityId> = entities.into_iter().collect();
        entities.sort_unstable();
        entities.dedup();
        LockRequest { shared: self.0.clone(), entities, section: None, done: false }
    }
}

/// A request for locks, made when it is first polled. Made by the context.
#[must_use = "futures do nothing unless they are awaited"]
pub struct LockRequest {
    shared: Shared,
    entities: Vec<EntityId>,
    section: Option<EventId>,
    done: bool,
}

impl LockRequest {
    fn begin(&self, state: &mut State) -> Result<EventId, Failure> {
        state.sections.refuse("a request for locks")?;
        if self.entities.is_empty() {
            return Err(violation("a critical section needs at least one entity".to_owned()));
        }
        let entities = self.entities.clone();
        let id = state.schedule(|event_id| EventKind::EntityLockRequested { event_id, entities });
        state.open.insert(id, Waits::Lock, None);
        state.sections.0.insert(id, Section { entities: self.entities.clone(), stage: Stage::Requested });
        Ok(id)
    }
}

impl Future for LockRequest {
    type Output = Result<LockGuard, Failure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let shared = self.shared.clone();
        let mut state = shared.lock();
        let id = match self.section {
            Some(id) => id,
            None => match self.begin(&mut state) {
                Ok(id) => *self.section.insert(id),
                Err(failure) => return Poll::Ready(Err(failure)),
            },
        };
        let Some(open) = state.open.get_mut(id) else { return Poll::Pending };
        if open.answer.is_none() {
            open.waker = Some(context.waker().clone());
            return Poll::Pending;
        }
        state.open.remove(id);
        self.done = true;
        Poll::Ready(Ok(LockGuard { shared: shared.clone(), section: id }))
    }
}

impl Drop for LockRequest {
    fn drop(&mut self) {
        if let (Some(id), false) = (self.section, self.done) {
            leave_while_polled(&self.shared, id);
        }
    }
}

/// The locks of a critical section. Dropping it while the code runs releases them; dropping it together with the whole run
/// does nothing, because an execution that ends releases what it holds and one that leaves memory goes on.
#[must_use = "the locks are released when the guard is dropped"]
pub struct LockGuard {
    shared: Shared,
    section: EventId,
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        leave_while_polled(&self.shared, self.section);
    }
}

fn leave_while_polled(shared: &Shared, section: EventId) {
    let mut state = shared.lock();
    if state.polling {
        state.leave(section);
    }
}

fn violation(message: String) -> Failure {
    Failure::new(Failure::CRITICAL_SECTION, message).non_retriable()
}
