//! What clients read: of what is committed, or within their own transaction.

use std::future::Future;

use async_trait::async_trait;
use sea_orm::DatabaseExecutor;

use super::database::Database;
use super::error::SqlError;
use super::schedules::{self, Lock};
use super::transaction::Transaction;
use super::{entity_query, history, looks, query, tasks};
use crate::ids::{EntityId, InstanceId, ScheduleId};
use crate::model::{Event, RuntimeStatus, ScheduleRecord};
use crate::store::{
    EntityQuery, EntityRecord, InstanceFilter, InstanceQuery, InstanceRecord, OrphanLock, Reads, StoreError, TaskRecord,
};

#[async_trait]
impl<D: Database> Reads for D {
    async fn find(&self, within: Option<&Transaction>, id: &InstanceId) -> Result<Option<InstanceRecord>, StoreError> {
        match within {
            Some(tx) => read(self, within, || query::find(tx.connection(), id)).await,
            None => looks::find(self, id).await,
        }
    }

    async fn query(
        &self,
        within: Option<&Transaction>,
        query: &InstanceQuery,
    ) -> Result<Vec<InstanceRecord>, StoreError> {
        let db = place(self, within);
        read(self, within, || query::query(&db, query)).await
    }

    async fn count_by_status(
        &self,
        within: Option<&Transaction>,
        filter: &InstanceFilter,
    ) -> Result<Vec<(RuntimeStatus, u64)>, StoreError> {
        let db = place(self, within);
        read(self, within, || query::count_by_status(&db, filter)).await
    }

    async fn list_tasks(&self, within: Option<&Transaction>, id: &InstanceId) -> Result<Vec<TaskRecord>, StoreError> {
        let db = place(self, within);
        read(self, within, || tasks::list(&db, id)).await
    }

    async fn history(
        &self,
        within: Option<&Transaction>,
        id: &InstanceId,
        ordinal: Option<u32>,
    ) -> Result<Vec<Event>, StoreError> {
        let db = place(self, within);
        read(self, within, || history::find(&db, id, ordinal)).await
    }

    async fn find_entity(
        &self,
        within: Option<&Transaction>,
        id: &EntityId,
    ) -> Result<Option<EntityRecord>, StoreError> {
        let db = place(self, within);
        read(self, within, || entity_query::find(&db, id)).await
    }

    async fn list_entities(
        &self,
        within: Option<&Transaction>,
        query: &EntityQuery,
    ) -> Result<Vec<EntityRecord>, StoreError> {
        let db = place(self, within);
        read(self, within, || entity_query::list(&db, query)).await
    }

    async fn find_orphan_locks(&self, within: Option<&Transaction>) -> Result<Vec<OrphanLock>, StoreError> {
        let db = place(self, within);
        read(self, within, || entity_query::orphan_locks(&db)).await
    }

    async fn find_schedule(
        &self,
        within: Option<&Transaction>,
        id: &ScheduleId,
    ) -> Result<Option<ScheduleRecord>, StoreError> {
        let db = place(self, within);
        read(self, within, || schedules::find(&db, id, Lock::Free)).await
    }

    async fn list_schedules(
        &self,
        within: Option<&Transaction>,
        after: Option<&ScheduleId>,
        limit: u32,
    ) -> Result<Vec<ScheduleRecord>, StoreError> {
        let db = place(self, within);
        read(self, within, || schedules::list(&db, after, limit)).await
    }
}

fn place<'r>(database: &'r impl Database, within: Option<&'r Transaction>) -> DatabaseExecutor<'r> {
    match within {
        Some(tx) => tx.connection().into(),
        None => database.reader().into(),
    }
}

/// Reads, and reads again after an error that has passed by then.
pub(super) async fn read<T, R>(
    database: &impl Database,
    within: Option<&Transaction>,
    work: impl Fn() -> R + Send + Sync,
) -> Result<T, StoreError>
where
    R: Future<Output = Result<T, SqlError>> + Send,
{
    let read = match work().await {
        Err(error) if may_repeat(database, within, &error) => work().await,
        read => read,
    };
    read.map_err(|error| database.refusal(error))
}

fn may_repeat(database: &impl Database, within: Option<&Transaction>, error: &SqlError) -> bool {
    match error {
        // A transaction has gone with its connection.
        SqlError::Database(error) => within.is_none() && database.may_repeat(error),
        // A large value is read after the row that mentions it, and both may have been removed in between.
        SqlError::Store(error) => matches!(error, StoreError::Inconsistent { table: "payloads", .. }),
    }
}
