//! The calls to instances, inside a transaction of the caller.

use serde::Serialize;

use super::start::{IfExists, Start};
use super::{Client, EngineError};
use crate::clock::Timestamp;
use crate::ids::{EntityId, ExecutionId, InstanceId};
use crate::limits::check_name;
use crate::model::{ExecutionStarted, Message, Orchestration, Payload, Raised};
use crate::observe::current_trace;
use crate::store::{Later, StoreError, Transaction, Unfinished};

/// The engine, seen from inside a transaction: whatever is called here takes effect together with the caller's rows, or
/// not at all, and what is asked here shows what the transaction has done. Made by [`Client::within`].
///
/// Some calls of [`Client`] make no sense here: those that wait, because nothing happens meanwhile, and
/// [`Client::doctor`] and [`Client::expire`], which look at everything and would hold the writer for long.
#[derive(Clone, Copy)]
pub struct Within<'t> {
    pub(super) client: &'t Client,
    pub(super) tx: &'t Transaction,
}

impl<'t> Within<'t> {
    /// Starts an instance; see [`Client::start`].
    pub fn start<I: Serialize, O>(self, orchestration: Orchestration<I, O>, input: &I) -> Start<'t> {
        Start::new(self.client, Some(self.tx), orchestration, input)
    }

    /// Starts an instance by names; see [`Client::start_named`].
    pub fn start_named(self, name: &str, version: &str, input: Payload) -> Start<'t> {
        Start::named(self.client, Some(self.tx), (name, version), Ok(input))
    }

    /// Raises an external event; see [`Client::raise_event`].
    pub async fn raise_event<T: Serialize + ?Sized>(
        self,
        id: &InstanceId,
        name: &str,
        value: &T,
    ) -> Result<(), EngineError> {
        self.send(id, raised(name, value)?).await
    }

    /// Raises an external event at a later moment; see [`Client::raise_event_at`].
    pub async fn raise_event_at<T: Serialize + ?Sized>(
        self,
        id: &InstanceId,
        name: &str,
        value: &T,
        moment: Timestamp,
    ) -> Result<(), EngineError> {
        self.send_at(id, raised(name, value)?, moment).await
    }

    /// Suspends an instance; see [`Client::suspend`].
    pub async fn suspend(self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        self.send(id, Message::Suspend { reason: said(reason) }).await
    }

    /// Resumes an instance; see [`Client::resume`].
    pub async fn resume(self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        self.send(id, Message::Resume { reason: said(reason) }).await
    }

    /// Terminates an instance; see [`Client::terminate`].
    pub async fn terminate(self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        self.send(id, Message::Terminate { reason: said(reason), recursive: false }).await
    }

    /// Terminates an instance and its children; see [`Client::terminate_recursively`].
    pub async fn terminate_recursively(self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        self.send(id, Message::Terminate { reason: said(reason), recursive: true }).await
    }

    /// Takes a failed instance back to before its failure; see [`Client::rewind`].
    pub async fn rewind(self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        let clock = self.client.clock();
        let execution = ExecutionId(clock.new_id());
        Ok(self.client.store().rewind(self.tx, id, said(reason), execution, clock.now()).await?)
    }

    /// Begins a finished instance anew under its own id, with the input it had or a new one; see [`Client::restart`].
    pub async fn restart(self, id: &InstanceId, input: Option<Payload>) -> Result<(), EngineError> {
        let clock = self.client.clock();
        let execution = ExecutionId(clock.new_id());
        Ok(self.client.store().restart(self.tx, id, input, execution, clock.now()).await?)
    }

    /// Starts another instance like this one under another id, which must be free; see [`Client::restart`].
    pub async fn restart_as(
        self,
        id: &InstanceId,
        new_id: InstanceId,
        input: Option<Payload>,
    ) -> Result<(), EngineError> {
        let old = self.client.store().find(Some(self.tx), id).await?.ok_or_else(|| StoreError::NotFound(id.clone()))?;
        let execution = self.client.clock().new_id();
        let started = ExecutionStarted {
            instance: new_id,
            execution: ExecutionId(execution),
            name: old.name,
            version: old.version,
            input: input.or(old.input).unwrap_or_else(Payload::null),
            parent: None,
            tags: old.tags,
            scheduled_at: None,
            seed: execution,
            traceparent: current_trace(),
        };
        self.begin(&started, IfExists::Fail).await
    }

    /// Starts the instance that `started` describes.
    pub(super) async fn begin(self, started: &ExecutionStarted, if_exists: IfExists) -> Result<(), EngineError> {
        let (store, now) = (self.client.store(), self.client.clock().now());
        let unfinished = match (store.create(self.tx, started, now).await, if_exists) {
            (Err(StoreError::Exists(_)), IfExists::UseExisting) => return Ok(()),
            (Err(StoreError::Exists(_)), IfExists::ReplaceFinished) => Unfinished::Stays,
            (Err(StoreError::Exists(_)), IfExists::TerminateAndReplace) => Unfinished::Ends,
            (created, _) => return Ok(created.map(|_| ())?),
        };
        store.replace(self.tx, started, unfinished, now).await?;
        if started.scheduled_at.is_some() {
            self.stop_what_ran_before(started).await?;
        }
        Ok(())
    }

    /// Has the activities of the execution whose place `started` has taken asked to stop after the commit. Otherwise it is the
    /// first turn that does so, which may be far away.
    async fn stop_what_ran_before(self, started: &ExecutionStarted) -> Result<(), EngineError> {
        if let Some(record) = self.client.store().find(Some(self.tx), &started.instance).await? {
            let (wake, execution) = (self.client.wake().clone(), started.execution);
            self.tx.after_commit(move || wake.execution_ended(record.key, Some(execution)));
        }
        Ok(())
    }

    /// Tries again the operations of an entity that are blocked; see [`Client::redrive_entity`].
    pub async fn redrive_entity(self, entity: &EntityId) -> Result<(), EngineError> {
        self.redrive(&InstanceId::of_entity(entity)).await
    }

    /// Tries again what is blocked; see [`Client::redrive`].
    pub async fn redrive(self, id: &InstanceId) -> Result<(), EngineError> {
        Ok(self.client.store().redrive(self.tx, id, self.client.clock().now()).await?)
    }

    async fn send(self, id: &InstanceId, message: Message) -> Result<(), EngineError> {
        Ok(self.client.store().send(self.tx, id, &message, self.client.clock().now()).await?)
    }

    pub(super) async fn send_at(self, id: &InstanceId, message: Message, moment: Timestamp) -> Result<(), EngineError> {
        let later = Later { at: moment, id: self.client.clock().new_id() };
        Ok(self.client.store().send_later(self.tx, id, &message, later).await?)
    }
}

/// An external event as a message, unless its name or its value will not do.
pub(super) fn raised<T: Serialize + ?Sized>(name: &str, value: &T) -> Result<Message, EngineError> {
    check_name("an event", name)?;
    Ok(Message::Raise(Raised { name: name.into(), input: Payload::encode(value)? }))
}

pub(super) fn said(reason: &str) -> Option<String> {
    (!reason.is_empty()).then(|| reason.to_owned())
}
