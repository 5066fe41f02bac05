//! Removing instances that have ended: in many short transactions, or in one of the caller.

use std::collections::HashSet;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use futures::future::BoxFuture;

use super::{Client, EngineError, Within};
use crate::clock::Timestamp;
use crate::ids::{InstanceId, InstanceKey};
use crate::model::RuntimeStatus;
use crate::store::{InstanceFilter, InstanceOrder, InstanceQuery, InstanceRecord, StoreError, Transaction};

/// How many instances one transaction removes: a few milliseconds of the writer's time, with room for turns in between.
const CHUNK: u32 = 100;

/// How many rows of histories and inboxes one transaction removes.
const ROWS: u32 = 1_000;

/// The states in which an instance can be removed.
const ENDED: [RuntimeStatus; 3] = [RuntimeStatus::Completed, RuntimeStatus::Failed, RuntimeStatus::Terminated];

/// A removal being put together; awaiting it removes the instances and gives their number.
///
/// Each is gone whole and at once, with its history, its unread messages and its tags, and its id is free. Of many, those
/// that were removed before an error or a crash stay removed; the same call goes on with the others. A chunk is a short
/// transaction, so other writers never wait long.
///
/// Within a transaction of the caller all of them go with it, or none, and this has to fit into its budget: it is for the
/// instances of a customer who leaves, and not for an archive. What they leave behind is swept after the commit.
#[must_use = "a purge happens when it is awaited"]
pub struct Purge<'c> {
    client: &'c Client,
    tx: Option<&'c Transaction>,
    target: Target,
    recursive: bool,
}

enum Target {
    Instance(InstanceId),
    Instances(Box<InstanceFilter>),
}

impl<'c> Purge<'c> {
    pub(super) fn one(client: &'c Client, tx: Option<&'c Transaction>, id: &InstanceId) -> Self {
        Self { client, tx, target: Target::Instance(id.clone()), recursive: false }
    }

    pub(super) fn all(client: &'c Client, tx: Option<&'c Transaction>, filter: &InstanceFilter) -> Self {
        Self { client, tx, target: Target::Instances(Box::new(filter.clone())), recursive: false }
    }

    /// Removes the children too, and theirs, before their parent. Of a single instance it removes nothing when one of them has
    /// not ended; of many it leaves those that have not.
    pub fn recursive(mut self) -> Self {
        self.recursive = true;
        self
    }

    async fn run(self) -> Result<u64, EngineError> {
        if self.tx.is_none() {
            // What somebody removed who died before the sweep.
            self.client.sweep().await?;
        }
        match &self.target {
            Target::Instance(id) => self.purge_one(id).await,
            Target::Instances(filter) => self.purge_all(filter).await,
        }
    }

    async fn purge_one(&self, id: &InstanceId) -> Result<u64, EngineError> {
        let record = self.client.store().find(self.tx, id).await?.ok_or_else(|| StoreError::NotFound(id.clone()))?;
        must_have_ended(&record)?;
        let mut family = vec![record];
        if self.recursive {
            let descendants = self.descendants(&family).await?;
            descendants.iter().try_for_each(must_have_ended)?;
            family.extend(descendants);
        }
        self.remove(&family).await
    }

    async fn purge_all(&self, filter: &InstanceFilter) -> Result<u64, EngineError> {
        if let Some(status) = filter.statuses.iter().find(|status| !ENDED.contains(status)) {
            return Err(EngineError::NotFinal(*status));
        }
        let mut query = InstanceQuery { filter: filter.clone(), limit: 500, ..InstanceQuery::default() };
        if filter.statuses.is_empty() {
            query.filter.statuses = ENDED.to_vec();
        }
        let by_end = filter.completed.from.or(filter.completed.until).is_some() && filter.tags.is_empty();
        query.order = if by_end { InstanceOrder::ByEnd } else { InstanceOrder::OldestFirst };
        let mut count = 0;
        loop {
            let mut page = self.client.store().query(self.tx, &query).await?;
            let Some(last) = page.last() else { return Ok(count) };
            query.after = Some(last.cursor());
            if self.recursive {
                let descendants = self.descendants(&page).await?;
                page.extend(descendants.into_iter().filter(|record| record.status.is_finished()));
            }
            count += self.remove(&page).await?;
        }
    }

    /// The children of these instances, and theirs, each once, parents before children.
    async fn descendants(&self, roots: &[InstanceRecord]) -> Result<Vec<InstanceRecord>, EngineError> {
        let mut seen: HashSet<InstanceKey> = roots.iter().map(|root| root.key).collect();
        let mut parents: Vec<InstanceId> = roots.iter().map(|root| root.id.clone()).collect();
        let mut found = Vec::new();
        while let Some(parent) = parents.pop() {
            let filter = InstanceFilter { parent: Some(parent), ..InstanceFilter::default() };
            let mut query = InstanceQuery { filter, limit: 500, ..InstanceQuery::default() };
            loop {
                let page = self.client.store().query(self.tx, &query).await?;
                let Some(last) = page.last() else { break };
                query.after = Some(last.cursor());
                let new: Vec<_> = page.into_iter().filter(|child| seen.insert(child.key)).collect();
                parents.extend(new.iter().map(|child| child.id.clone()));
                found.extend(new);
            }
        }
        Ok(found)
    }

    /// Removes these instances, the last first: a parent stays as long as one of its children does.
    async fn remove(&self, instances: &[InstanceRecord]) -> Result<u64, EngineError> {
        let keys: Vec<_> = instances.iter().map(|record| record.key).collect();
        if let Some(tx) = self.tx {
            return self.client.within(tx).remove(&keys).await;
        }
        let mut count = 0;
        for chunk in keys.rchunks(CHUNK as usize) {
            let chunk = chunk.to_vec();
            let step = self.client.write("purge", move |within| Box::pin(async move { within.remove(&chunk).await }));
            let removed: u64 = step.await?;
            count += removed;
        }
        Ok(count)
    }
}

impl<'t> Within<'t> {
    /// Removes an instance that has ended, or its whole family; see [`Client::purge`].
    pub fn purge(self, id: &InstanceId) -> Purge<'t> {
        Purge::one(self.client, Some(self.tx), id)
    }

    /// Removes the instances that `filter` means and that have ended; see [`Client::purge_all`].
    pub fn purge_all(self, filter: &InstanceFilter) -> Purge<'t> {
        Purge::all(self.client, Some(self.tx), filter)
    }

    async fn remove(self, instances: &[InstanceKey]) -> Result<u64, EngineError> {
        Ok(self.client.store().purge(self.tx, instances).await?)
    }

    /// Removes a chunk of the instances that ended in this state at `until` or before.
    pub(crate) async fn expire(self, status: RuntimeStatus, until: Timestamp) -> Result<u64, EngineError> {
        Ok(self.client.store().expire(self.tx, status, until, CHUNK).await?)
    }

    async fn sweep(self) -> Result<bool, EngineError> {
        Ok(self.client.store().sweep(self.tx, ROWS).await?)
    }
}

impl Client {
    /// Takes away what removed instances left behind, in short transactions. Boxed, because a transaction that removes
    /// instances ends with it.
    pub(crate) fn sweep(&self) -> BoxFuture<'_, Result<(), EngineError>> {
        Box::pin(async move {
            loop {
                let step = self.write("sweep", |within| Box::pin(async move { within.sweep().await }));
                let is_more: bool = step.await?;
                if !is_more {
                    return Ok(());
                }
            }
        })
    }
}

fn must_have_ended(record: &InstanceRecord) -> Result<(), StoreError> {
    match record.status {
        status if status.is_finished() => Ok(()),
        status => Err(StoreError::WrongState { id: record.id.clone(), status, verb: "purged" }),
    }
}

impl<'c> IntoFuture for Purge<'c> {
    type Output = Result<u64, EngineError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'c>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
