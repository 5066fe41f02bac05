//! What an operation's code sees of its entity.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::operation::{Effect, OperationDone, OperationError, OperationRun, StartOrchestration};
use crate::clock::Timestamp;
use crate::ids::{EntityId, InstanceId};
use crate::limits::{check_name, check_version};
use crate::model::{EntityMessage, Failure, Operation, Orchestration, Payload, ToEntity};

/// The entity that carries out an operation: its state, and the means to reach others.
///
/// Nobody else sees a change before the operation has succeeded and its turn is committed. An operation that fails or
/// panics changes nothing and sends nothing. It may do I/O, and as it runs at least once it should then use
/// [`EntityContext::idempotency_key`]. Cloning is cheap.
pub struct EntityContext<S> {
    run: Arc<OperationRun>,
    inner: Arc<Mutex<Inner<S>>>,
}

struct Inner<S> {
    state: Option<S>,
    effects: Vec<Effect>,
    ids: u32,
}

impl<S> EntityContext<S> {
    /// The entity.
    pub fn id(&self) -> &EntityId {
        &self.run.entity
    }

    /// Which one of its kind it is.
    pub fn key(&self) -> &str {
        self.run.entity.key()
    }

    /// The time of the turn.
    pub fn now(&self) -> Timestamp {
        self.run.now
    }

    /// The same whenever this operation runs again after a crash, and for no other: hand it to services that take an
    /// idempotency key.
    pub fn idempotency_key(&self) -> String {
        format!("{}/{}", self.run.life, self.run.message)
    }

    /// Whether the entity has a state; without one it has the default.
    pub fn exists(&self) -> bool {
        self.inner().state.is_some()
    }

    /// Takes the state away; the entity has the default again, and is cleaned up some time later.
    pub fn delete(&self) {
        self.inner().state = None;
    }

    /// Gives the entity a state.
    pub fn set(&self, state: S) {
        self.inner().state = Some(state);
    }

    /// Tells the entity `key` to carry out `operation`. It may be this one.
    pub fn signal<T, I: Serialize, O>(
        &self,
        operation: Operation<T, I, O>,
        key: impl AsRef<str>,
        input: &I,
    ) -> Result<(), Failure> {
        self.send(operation.id(key)?, operation.name(), Payload::encode(input)?, None);
        Ok(())
    }

    /// The same at `moment` or later, never earlier.
    pub fn signal_at<T, I: Serialize, O>(
        &self,
        moment: Timestamp,
        operation: Operation<T, I, O>,
        key: impl AsRef<str>,
        input: &I,
    ) -> Result<(), Failure> {
        self.send(operation.id(key)?, operation.name(), Payload::encode(input)?, Some(moment));
        Ok(())
    }

    /// Starts an orchestration, under an id that is the same if this operation runs again.
    pub fn start<I: Serialize, O>(&self, orchestration: Orchestration<I, O>, input: &I) -> Result<InstanceId, Failure> {
        let id = InstanceId::from_uuid(self.new_uuid());
        self.start_as(id.clone(), orchestration, input)?;
        Ok(id)
    }

    /// Starts an orchestration under the id `instance`. Nothing is started when it is taken.
    pub fn start_as<I: Serialize, O>(
        &self,
        instance: InstanceId,
        orchestration: Orchestration<I, O>,
        input: &I,
    ) -> Result<(), Failure> {
        let (name, version, input) = (orchestration.name(), orchestration.version_name(), Payload::encode(input)?);
        check_name("an orchestration", name)?;
        check_version(version)?;
        self.inner().effects.push(Effect::Start(StartOrchestration { instance, name, version, input }));
        Ok(())
    }

    /// A fresh id, the same if this operation runs again.
    pub fn new_uuid(&self) -> Uuid {
        let mut inner = self.inner();
        inner.ids += 1;
        Uuid::new_v5(&self.run.life.0, format!("{}/{}", self.run.message, inner.ids).as_bytes())
    }

    fn send(&self, entity: EntityId, operation: &'static str, input: Payload, at: Option<Timestamp>) {
        let message = EntityMessage::Signal { operation: operation.into(), input };
        self.inner().effects.push(Effect::Signal(ToEntity { entity, message, at }));
    }

    fn inner(&self) -> MutexGuard<'_, Inner<S>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Default> EntityContext<S> {
    /// The state, or the default.
    pub fn get(&self) -> S
    where
        S: Clone,
    {
        self.inner().state.clone().unwrap_or_default()
    }

    /// Changes the state, beginning with the default if there is none, and gives what `change` gives.
    pub fn update<R>(&self, change: impl FnOnce(&mut S) -> R) -> R {
        change(self.inner().state.get_or_insert_default())
    }
}

impl<S: Serialize + DeserializeOwned> EntityContext<S> {
    /// The context of `run`.
    pub(crate) fn new(run: OperationRun) -> Result<Self, OperationError> {
        let state = run.state.as_ref().map(Payload::decode).transpose().map_err(OperationError::UnreadableState)?;
        let inner = Inner { state, effects: Vec::new(), ids: 0 };
        Ok(Self { run: Arc::new(run), inner: Arc::new(Mutex::new(inner)) })
    }

    /// What the operation leads to that gave `output`. A clone that outlives it reaches nothing any more.
    pub(crate) fn finish(&self, output: Payload) -> Result<OperationDone, Failure> {
        let mut inner = self.inner();
        let state = inner.state.take().as_ref().map(Payload::encode).transpose()?;
        Ok(OperationDone { output, state, effects: std::mem::take(&mut inner.effects) })
    }
}

impl<S> Clone for EntityContext<S> {
    fn clone(&self) -> Self {
        Self { run: Arc::clone(&self.run), inner: Arc::clone(&self.inner) }
    }
}
