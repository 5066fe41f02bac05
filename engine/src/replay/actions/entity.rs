//! Signals to entities, and calls of them.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::Awaited;
use crate::clock::Timestamp;
use crate::ids::{EntityId, EventId};
use crate::model::{EventKind, Failure, Operation, OperationSent, Payload};
use crate::replay::context::OrchestrationContext;
use crate::replay::open::Waits;
use crate::replay::state::Shared;

impl OrchestrationContext {
    /// Tells the entity `key` to carry out `operation`, and waits for nothing. What one execution tells one entity is carried
    /// out in this order.
    pub fn signal_entity<S, I: Serialize, O>(
        &self,
        operation: Operation<S, I, O>,
        key: impl AsRef<str>,
        input: &I,
    ) -> Result<(), Failure> {
        self.signal(Sending::new(operation, key, input)?, None)
    }

    /// The same at `moment` or later, never earlier. It keeps no order with anything else.
    pub fn signal_entity_at<S, I: Serialize, O>(
        &self,
        moment: Timestamp,
        operation: Operation<S, I, O>,
        key: impl AsRef<str>,
        input: &I,
    ) -> Result<(), Failure> {
        self.signal(Sending::new(operation, key, input)?, Some(moment))
    }

    /// Has the entity `key` carry out `operation` and waits for what it gives. An operation that fails, or that the entity
    /// does not have, has changed nothing. Dropping the future forgets the result; the operation is carried out.
    pub fn call_entity<S, I: Serialize, O>(
        &self,
        operation: Operation<S, I, O>,
        key: impl AsRef<str>,
        input: &I,
    ) -> EntityCall<O> {
        let sending = Some(Sending::new(operation, key, input));
        EntityCall { shared: self.0.clone(), sending, awaited: None, output: PhantomData }
    }

    fn signal(&self, sending: Sending, moment: Option<Timestamp>) -> Result<(), Failure> {
        let mut state = self.0.lock();
        state.sections.admit_signal(&sending.entity)?;
        state.schedule(|event_id| EventKind::EntityOperationSignaled(sending.sent(event_id, moment, None)));
        Ok(())
    }
}

/// An operation that is about to be sent.
struct Sending {
    entity: EntityId,
    operation: &'static str,
    input: Payload,
}

impl Sending {
    fn new<S, I: Serialize, O>(
        operation: Operation<S, I, O>,
        key: impl AsRef<str>,
        input: &I,
    ) -> Result<Self, Failure> {
        Ok(Self { entity: operation.id(key)?, operation: operation.name(), input: Payload::encode(input)? })
    }

    fn sent(self, event_id: EventId, scheduled_at: Option<Timestamp>, section: Option<EventId>) -> OperationSent {
        let Self { entity, operation, input } = self;
        OperationSent { event_id, entity, operation: operation.into(), input, scheduled_at, section }
    }
}

/// A call of an entity, scheduled when it is first polled. Made by the context.
#[must_use = "futures do nothing unless they are awaited"]
pub struct EntityCall<O> {
    shared: Shared,
    sending: Option<Result<Sending, Failure>>,
    awaited: Option<Awaited>,
    output: PhantomData<fn() -> O>,
}

impl<O> EntityCall<O> {
    fn begin(&self, sending: Sending) -> Result<Awaited, Failure> {
        let mut state = self.shared.lock();
        let section = state.sections.admit_call(&sending.entity)?;
        let id = state.schedule(|event_id| EventKind::EntityOperationCalled(sending.sent(event_id, None, section)));
        drop(state);
        Ok(Awaited::new(self.shared.clone(), id, Waits::Operation, false))
    }
}

impl<O: DeserializeOwned> Future for EntityCall<O> {
    type Output = Result<O, Failure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(sending) = self.sending.take() {
            match sending.and_then(|sending| self.begin(sending)) {
                Ok(awaited) => self.awaited = Some(awaited),
                Err(failure) => return Poll::Ready(Err(failure)),
            }
        }
        let Some(awaited) = self.awaited.as_mut() else { return Poll::Pending };
        let answer = ready!(awaited.poll(context));
        Poll::Ready(answer.and_then(|output| output.decode()))
    }
}
