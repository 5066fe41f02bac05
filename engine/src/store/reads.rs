//! The part of the contract by which clients read.

use async_trait::async_trait;

use super::api::TaskRecord;
use super::entities::{EntityQuery, EntityRecord, OrphanLock};
use super::error::StoreError;
use super::instances::{InstanceFilter, InstanceQuery, InstanceRecord};
use super::sql::Transaction;
use crate::ids::{EntityId, InstanceId, ScheduleId};
use crate::model::{Event, RuntimeStatus, ScheduleRecord};

/// What a store answers to clients.
///
/// Each answer is read at one moment. Outside of a transaction (`None`) it waits for no writer and shows what is committed;
/// within one it also shows what that has done.
#[async_trait]
pub trait Reads: Send + Sync + 'static {
    /// The instance of that id.
    async fn find(&self, within: Option<&Transaction>, id: &InstanceId) -> Result<Option<InstanceRecord>, StoreError>;

    /// A page of instances; see [`InstanceQuery`].
    async fn query(
        &self,
        within: Option<&Transaction>,
        query: &InstanceQuery,
    ) -> Result<Vec<InstanceRecord>, StoreError>;

    /// How many of the instances that `filter` means are in each state, for those states that any is in.
    async fn count_by_status(
        &self,
        within: Option<&Transaction>,
        filter: &InstanceFilter,
    ) -> Result<Vec<(RuntimeStatus, u64)>, StoreError>;

    /// The activities that the instance has scheduled and that have not ended, in the order of their calls.
    async fn list_tasks(&self, within: Option<&Transaction>, id: &InstanceId) -> Result<Vec<TaskRecord>, StoreError>;

    /// The history of an execution by its ordinal; of the current one for `None`.
    async fn history(
        &self,
        within: Option<&Transaction>,
        id: &InstanceId,
        ordinal: Option<u32>,
    ) -> Result<Vec<Event>, StoreError>;

    /// The entity of that id, from its first message until it is cleaned up.
    async fn find_entity(
        &self,
        within: Option<&Transaction>,
        id: &EntityId,
    ) -> Result<Option<EntityRecord>, StoreError>;

    /// Entities in the order oldest first; see [`EntityQuery`].
    async fn list_entities(
        &self,
        within: Option<&Transaction>,
        query: &EntityQuery,
    ) -> Result<Vec<EntityRecord>, StoreError>;

    /// Locks whose holders' executions have ended and have not left a release to read: there are none, unless something
    /// went wrong.
    async fn find_orphan_locks(&self, within: Option<&Transaction>) -> Result<Vec<OrphanLock>, StoreError>;

    /// The schedule of that id.
    async fn find_schedule(
        &self,
        within: Option<&Transaction>,
        id: &ScheduleId,
    ) -> Result<Option<ScheduleRecord>, StoreError>;

    /// Schedules in the order of their ids: those after `after`, at most `limit` and at most 1,000.
    async fn list_schedules(
        &self,
        within: Option<&Transaction>,
        after: Option<&ScheduleId>,
        limit: u32,
    ) -> Result<Vec<ScheduleRecord>, StoreError>;
}
