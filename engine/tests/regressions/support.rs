//! A store that outlives its nodes, and a view on the calls that they make to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use countersign_engine::store::Store;
use countersign_engine::testing::{Fate, ManualClock, ScratchStore, Stepper};
use countersign_engine::{
    Client, InstanceFilter, InstanceId, InstanceQuery, InstanceRecord, Registry, StoreError, Values,
};

/// A database of its own.
pub(crate) struct World {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: ManualClock,
    _scratch: ScratchStore,
}

impl World {
    /// On the store that the environment names.
    pub(crate) async fn new() -> Self {
        let scratch = ScratchStore::create().await;
        Self { store: Arc::clone(&scratch.store), clock: ManualClock::default(), _scratch: scratch }
    }

    /// A node that has just started.
    pub(crate) async fn node(&self, registry: &Registry) -> Stepper {
        self.node_on(Arc::clone(&self.store), registry).await
    }

    /// The same with another view of the store.
    pub(crate) async fn node_on(&self, store: Arc<dyn Store>, registry: &Registry) -> Stepper {
        Stepper::start(store, registry.clone(), self.clock.clone()).await.expect("the node starts")
    }
}

/// Counts the calls to a store.
#[derive(Default)]
pub(crate) struct Counted(AtomicU64);

impl Counted {
    pub(crate) fn calls(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Fate for Counted {
    async fn before(&self, _call: &'static str) -> Result<(), StoreError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }
}

pub(crate) fn id(text: &str) -> InstanceId {
    InstanceId::parse(text).expect("a valid id")
}

pub(crate) async fn record(client: &Client, instance: &str) -> InstanceRecord {
    client.status(&id(instance)).await.expect("the store answers").expect("the instance exists")
}

/// The instances of that orchestration, oldest first.
pub(crate) async fn instances(client: &Client, name: &str) -> Vec<InstanceRecord> {
    let filter = InstanceFilter { name: Some(name.to_owned()), ..InstanceFilter::default() };
    let query = InstanceQuery { filter, limit: 100, values: Values::Included, ..InstanceQuery::default() };
    let mut page = client.query(&query).await.expect("the store answers");
    page.reverse();
    page
}

/// The output of a completed instance.
pub(crate) async fn output<T: serde::de::DeserializeOwned>(client: &Client, instance: &str) -> T {
    let ended = record(client, instance).await;
    ended
        .output
        .unwrap_or_else(|| panic!("{instance} has not completed: {:?}", ended.failure))
        .decode()
        .expect("its type")
}
