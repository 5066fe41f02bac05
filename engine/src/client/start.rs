//! Starting an instance.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

use serde::Serialize;

use super::{Client, EngineError};
use crate::clock::Timestamp;
use crate::ids::{ExecutionId, InstanceId};
use crate::limits::{check_name, check_version};
use crate::model::{ExecutionStarted, Failure, Orchestration, Payload, Tags, Traceparent};
use crate::observe::current_trace;
use crate::store::Transaction;

/// A start being put together; awaiting it starts the instance and gives its id once that is durable (or, inside a
/// transaction, written).
pub struct Start<'c> {
    client: &'c Client,
    tx: Option<&'c Transaction>,
    name: Arc<str>,
    version: Arc<str>,
    input: Result<Payload, Failure>,
    id: Option<InstanceId>,
    traceparent: Option<Traceparent>,
    at: Option<Timestamp>,
    tags: Result<Tags, Failure>,
    if_exists: IfExists,
}

/// What a start does when its id is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IfExists {
    /// It is refused with [`StoreError::Exists`](crate::StoreError::Exists), so that a repeated start starts nothing twice.
    #[default]
    Fail,
    /// It leaves the instance as it is, finished or not, and succeeds: a start that may be repeated.
    UseExisting,
    /// It takes the place of an instance that has ended, and is refused with [`StoreError::WrongState`](crate::StoreError::WrongState) while it has not.
    ReplaceFinished,
    /// It takes the place of the instance. If that has not ended, it ends as `Terminated` in the same commit: no turn and no
    /// activity of it has an effect any more, and its locks are released. Its children run on.
    TerminateAndReplace,
}

impl<'c> Start<'c> {
    pub(super) fn new<I: Serialize, O>(
        client: &'c Client,
        tx: Option<&'c Transaction>,
        orchestration: Orchestration<I, O>,
        input: &I,
    ) -> Self {
        Self::named(client, tx, (orchestration.name(), orchestration.version_name()), Payload::encode(input))
    }

    pub(super) fn named(
        client: &'c Client,
        tx: Option<&'c Transaction>,
        (name, version): (&str, &str),
        input: Result<Payload, Failure>,
    ) -> Self {
        Self {
            client,
            tx,
            name: name.into(),
            version: version.into(),
            input,
            id: None,
            traceparent: None,
            at: None,
            tags: Ok(Tags::default()),
            if_exists: IfExists::Fail,
        }
    }

    /// The instance's id; [`Start::if_exists`] says what happens when it is taken. Without this the id is new.
    #[must_use]
    pub fn id(mut self, id: InstanceId) -> Self {
        self.id = Some(id);
        self
    }

    /// The span that the instance's turns continue. Without this it is the one of [`within_trace`](crate::observe::within_trace)
    /// around the call, if there is one.
    #[must_use]
    pub fn traceparent(mut self, traceparent: Traceparent) -> Self {
        self.traceparent = Some(traceparent);
        self
    }

    /// The moment before which the instance does not run. It exists at once, as `Pending`, takes messages, and can be terminated
    /// before it has begun. A moment that is past means now.
    #[must_use]
    pub fn at(mut self, moment: Timestamp) -> Self {
        self.at = Some(moment);
        self
    }

    /// What happens when the id is taken; without this the start is refused.
    #[must_use]
    pub fn if_exists(mut self, policy: IfExists) -> Self {
        self.if_exists = policy;
        self
    }

    /// Files the instance under a tag; see [`Tags::with`] for what may be one. Its children take over its tags.
    #[must_use]
    pub fn tag(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags = self.tags.and_then(|tags| tags.with(name, value));
        self
    }

    async fn run(self) -> Result<InstanceId, EngineError> {
        check_name("an orchestration", &self.name)?;
        check_version(&self.version)?;
        let clock = self.client.clock();
        let execution = clock.new_id();
        let instance = self.id.unwrap_or_else(|| InstanceId::from_uuid(clock.new_id()));
        let started = ExecutionStarted {
            instance: instance.clone(),
            execution: ExecutionId(execution),
            name: self.name,
            version: self.version,
            input: self.input?,
            parent: None,
            tags: self.tags?,
            scheduled_at: self.at,
            seed: execution,
            traceparent: self.traceparent.or_else(current_trace),
        };
        let if_exists = self.if_exists;
        match self.tx {
            Some(tx) => self.client.within(tx).begin(&started, if_exists).await?,
            None => {
                self.client.begin(started, if_exists).await?;
            }
        }
        Ok(instance)
    }
}

impl<'c> IntoFuture for Start<'c> {
    type Output = Result<InstanceId, EngineError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'c>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
