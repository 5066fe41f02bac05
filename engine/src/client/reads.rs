//! What instances show, to a client and within a transaction of the caller.

use super::{Client, EngineError, Within};
use crate::ids::InstanceId;
use crate::model::{Event, RuntimeStatus};
use crate::store::{InstanceFilter, InstanceQuery, InstanceRecord, Store, StoreError, TaskRecord, Transaction};

impl Client {
    /// The instance of that id as it stands.
    pub async fn status(&self, id: &InstanceId) -> Result<Option<InstanceRecord>, EngineError> {
        Ok(self.store().find(None, id).await?)
    }

    /// A page of instances. The next page comes after the cursor of this one's last record.
    pub async fn query(&self, query: &InstanceQuery) -> Result<Vec<InstanceRecord>, EngineError> {
        Ok(self.store().query(None, query).await?)
    }

    /// How many instances are in each state, for those that have any.
    pub async fn count_by_status(&self) -> Result<Vec<(RuntimeStatus, u64)>, EngineError> {
        self.count_by_status_of(&InstanceFilter::default()).await
    }

    /// The same for those that `filter` means.
    pub async fn count_by_status_of(&self, filter: &InstanceFilter) -> Result<Vec<(RuntimeStatus, u64)>, EngineError> {
        Ok(self.store().count_by_status(None, filter).await?)
    }

    /// The history of an execution by its ordinal (from 1); of the current one for `None`. Empty for an execution that is not
    /// there; [`StoreError::NotFound`] for an instance that is not.
    pub async fn history(&self, id: &InstanceId, ordinal: Option<u32>) -> Result<Vec<Event>, EngineError> {
        history(self.store(), None, id, ordinal).await
    }

    /// The same history as JSON text, to be kept and replayed against later code (`testing::replay_history`).
    pub async fn export_history(&self, id: &InstanceId, ordinal: Option<u32>) -> Result<String, EngineError> {
        Ok(exported(&self.history(id, ordinal).await?))
    }

    /// The activities of an instance that have been scheduled and have not ended, with what they said last by their heartbeats.
    /// [`StoreError::NotFound`] for an instance that is not there.
    pub async fn list_tasks(&self, id: &InstanceId) -> Result<Vec<TaskRecord>, EngineError> {
        list_tasks(self.store(), None, id).await
    }
}

impl Within<'_> {
    /// The instance of that id as it stands; see [`Client::status`].
    pub async fn status(self, id: &InstanceId) -> Result<Option<InstanceRecord>, EngineError> {
        Ok(self.client.store().find(Some(self.tx), id).await?)
    }

    /// A page of instances; see [`Client::query`]. On PostgreSQL, a list of several states sorts all that are in them.
    pub async fn query(self, query: &InstanceQuery) -> Result<Vec<InstanceRecord>, EngineError> {
        Ok(self.client.store().query(Some(self.tx), query).await?)
    }

    /// How many instances are in each state; see [`Client::count_by_status`].
    pub async fn count_by_status(self) -> Result<Vec<(RuntimeStatus, u64)>, EngineError> {
        self.count_by_status_of(&InstanceFilter::default()).await
    }

    /// The same for those that `filter` means.
    pub async fn count_by_status_of(self, filter: &InstanceFilter) -> Result<Vec<(RuntimeStatus, u64)>, EngineError> {
        Ok(self.client.store().count_by_status(Some(self.tx), filter).await?)
    }

    /// The history of an execution; see [`Client::history`]. That of an instance that was started in this transaction is
    /// empty until its first turn.
    pub async fn history(self, id: &InstanceId, ordinal: Option<u32>) -> Result<Vec<Event>, EngineError> {
        history(self.client.store(), Some(self.tx), id, ordinal).await
    }

    /// The same history as JSON text; see [`Client::export_history`].
    pub async fn export_history(self, id: &InstanceId, ordinal: Option<u32>) -> Result<String, EngineError> {
        Ok(exported(&self.history(id, ordinal).await?))
    }

    /// The activities of an instance that have not ended; see [`Client::list_tasks`].
    pub async fn list_tasks(self, id: &InstanceId) -> Result<Vec<TaskRecord>, EngineError> {
        list_tasks(self.client.store(), Some(self.tx), id).await
    }
}

async fn history(
    store: &dyn Store,
    within: Option<&Transaction>,
    id: &InstanceId,
    ordinal: Option<u32>,
) -> Result<Vec<Event>, EngineError> {
    let history = store.history(within, id, ordinal).await?;
    must_exist_if(history.is_empty(), store, within, id).await?;
    Ok(history)
}

fn exported(history: &[Event]) -> String {
    serde_json::to_string_pretty(history).expect("what the model holds has a JSON form")
}

async fn list_tasks(
    store: &dyn Store,
    within: Option<&Transaction>,
    id: &InstanceId,
) -> Result<Vec<TaskRecord>, EngineError> {
    let tasks = store.list_tasks(within, id).await?;
    must_exist_if(tasks.is_empty(), store, within, id).await?;
    Ok(tasks)
}

/// Tells an instance of which there is nothing from one that is not there.
async fn must_exist_if(
    nothing_found: bool,
    store: &dyn Store,
    within: Option<&Transaction>,
    id: &InstanceId,
) -> Result<(), EngineError> {
    if nothing_found && store.find(within, id).await?.is_none() {
        return Err(StoreError::NotFound(id.clone()).into());
    }
    Ok(())
}
