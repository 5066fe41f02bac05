//! The reads of clients, each with a fate.

use async_trait::async_trait;

use super::crash::{Fate, FatedStore};
use crate::ids::{EntityId, InstanceId, ScheduleId};
use crate::model::{Event, RuntimeStatus, ScheduleRecord};
use crate::store::{
    EntityQuery, EntityRecord, InstanceFilter, InstanceQuery, InstanceRecord, OrphanLock, Reads, StoreError,
    TaskRecord, Transaction,
};

#[async_trait]
impl<F: Fate> Reads for FatedStore<F> {
    async fn find(&self, within: Option<&Transaction>, id: &InstanceId) -> Result<Option<InstanceRecord>, StoreError> {
        self.call("find", self.inner.find(within, id)).await
    }

    async fn query(
        &self,
        within: Option<&Transaction>,
        query: &InstanceQuery,
    ) -> Result<Vec<InstanceRecord>, StoreError> {
        self.call("query", self.inner.query(within, query)).await
    }

    async fn count_by_status(
        &self,
        within: Option<&Transaction>,
        filter: &InstanceFilter,
    ) -> Result<Vec<(RuntimeStatus, u64)>, StoreError> {
        self.call("count_by_status", self.inner.count_by_status(within, filter)).await
    }

    async fn list_tasks(&self, within: Option<&Transaction>, id: &InstanceId) -> Result<Vec<TaskRecord>, StoreError> {
        self.call("list_tasks", self.inner.list_tasks(within, id)).await
    }

    async fn history(
        &self,
        within: Option<&Transaction>,
        id: &InstanceId,
        ordinal: Option<u32>,
    ) -> Result<Vec<Event>, StoreError> {
        self.call("history", self.inner.history(within, id, ordinal)).await
    }

    async fn find_entity(
        &self,
        within: Option<&Transaction>,
        id: &EntityId,
    ) -> Result<Option<EntityRecord>, StoreError> {
        self.call("find_entity", self.inner.find_entity(within, id)).await
    }

    async fn list_entities(
        &self,
        within: Option<&Transaction>,
        query: &EntityQuery,
    ) -> Result<Vec<EntityRecord>, StoreError> {
        self.call("list_entities", self.inner.list_entities(within, query)).await
    }

    async fn find_orphan_locks(&self, within: Option<&Transaction>) -> Result<Vec<OrphanLock>, StoreError> {
        self.call("find_orphan_locks", self.inner.find_orphan_locks(within)).await
    }

    async fn find_schedule(
        &self,
        within: Option<&Transaction>,
        id: &ScheduleId,
    ) -> Result<Option<ScheduleRecord>, StoreError> {
        self.call("find_schedule", self.inner.find_schedule(within, id)).await
    }

    async fn list_schedules(
        &self,
        within: Option<&Transaction>,
        after: Option<&ScheduleId>,
        limit: u32,
    ) -> Result<Vec<ScheduleRecord>, StoreError> {
        self.call("list_schedules", self.inner.list_schedules(within, after, limit)).await
    }
}
