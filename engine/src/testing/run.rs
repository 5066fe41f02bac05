//! An instance in a [`Harness`].

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::harness::Harness;
use crate::ids::InstanceId;
use crate::model::{Event, Failure, RuntimeStatus};
use crate::store::InstanceRecord;

/// An instance that runs in a [`Harness`]. Its calls panic when they cannot do what they say.
pub struct Run<'h, O> {
    harness: &'h Harness,
    id: InstanceId,
    output: PhantomData<fn() -> O>,
}

impl<'h, O> Run<'h, O> {
    pub(super) fn new(harness: &'h Harness, id: InstanceId) -> Self {
        Self { harness, id, output: PhantomData }
    }

    /// Its id.
    pub fn id(&self) -> &InstanceId {
        &self.id
    }

    /// Everything that clients see of it.
    pub async fn record(&self) -> InstanceRecord {
        let found = self.harness.client().status(&self.id).await;
        found.unwrap_or_else(|error| panic!("{error}")).unwrap_or_else(|| panic!("{} does not exist", self.id))
    }

    /// Its state.
    pub async fn status(&self) -> RuntimeStatus {
        self.record().await.status
    }

    /// What it said of itself last.
    pub async fn custom_status<T: DeserializeOwned>(&self) -> Option<T> {
        let status = self.record().await.custom_status?;
        Some(status.decode().unwrap_or_else(|failure| panic!("the custom status of {}: {failure}", self.id)))
    }

    /// The history of its current execution.
    pub async fn history(&self) -> Vec<Event> {
        let history = self.harness.client().history(&self.id, None).await;
        history.unwrap_or_else(|error| panic!("{error}"))
    }

    /// The same as names, without the beginnings of turns: what most assertions on a history want.
    pub async fn events(&self) -> Vec<&'static str> {
        let names = self.history().await.into_iter().map(|event| event.kind.name());
        names.filter(|name| *name != "OrchestratorStarted").collect()
    }

    /// The same as JSON, to be kept and replayed by [`super::replay_history`].
    pub async fn export(&self) -> String {
        let exported = self.harness.client().export_history(&self.id, None).await;
        exported.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Raises an external event and runs whatever can run.
    pub async fn raise<T: Serialize + ?Sized>(&self, name: &str, value: &T) {
        let raised = self.harness.client().raise_event(&self.id, name, value).await;
        raised.unwrap_or_else(|error| panic!("{name} cannot be raised: {error}"));
        self.harness.settle().await;
    }

    /// Suspends it.
    pub async fn suspend(&self) {
        let told = self.harness.client().suspend(&self.id, "").await;
        told.unwrap_or_else(|error| panic!("{error}"));
        self.harness.settle().await;
    }

    /// Resumes it and runs whatever can run.
    pub async fn resume(&self) {
        let told = self.harness.client().resume(&self.id, "").await;
        told.unwrap_or_else(|error| panic!("{error}"));
        self.harness.settle().await;
    }

    /// Terminates it.
    pub async fn terminate(&self, reason: &str) {
        let told = self.harness.client().terminate(&self.id, reason).await;
        told.unwrap_or_else(|error| panic!("{error}"));
        self.harness.settle().await;
    }

    /// Its failure; panics when it has not failed.
    pub async fn failure(&self) -> Failure {
        let record = self.record().await;
        record.failure.unwrap_or_else(|| panic!("{} has not failed, it is {}", self.id, record.status.as_str()))
    }
}

impl<O: DeserializeOwned> Run<'_, O> {
    /// Its output; panics when it has not completed.
    pub async fn output(&self) -> O {
        let record = self.record().await;
        let Some(output) = record.output else {
            let (status, history) = (record.status.as_str(), self.events().await);
            panic!("{} has no output, it is {status} ({:?}); its history: {history:?}", self.id, record.failure);
        };
        output.decode().unwrap_or_else(|failure| panic!("the output of {}: {failure}", self.id))
    }
}
