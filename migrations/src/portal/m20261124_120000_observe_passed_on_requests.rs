//! Whoever passed their question on, or was away when it moved to a substitute, goes on as an observer: those of before, too.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261124_120000_observe_passed_on_requests"
    }
}

/// The event of the same moment says who passed the question on: nobody where an absence did, and others than whoever had it where
/// an admin took it from them.
const OBSERVE: &str = "INSERT INTO request_observers (request_id, user_id, added_by, added_at) \
    SELECT a.request_id, a.user_id, e.actor_id, a.settled_at FROM assignments a \
    JOIN requests r ON r.id = a.request_id AND r.generation = a.generation \
    JOIN request_events e ON e.request_id = a.request_id AND e.subject_id = a.user_id AND e.at = a.settled_at \
    WHERE a.state = 'reassigned' AND a.user_id <> r.requester_id \
    AND e.kind = 'reassigned' AND (e.actor_id IS NULL OR e.actor_id = a.user_id) \
    ON CONFLICT (request_id, user_id) DO NOTHING";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(OBSERVE).await.map(|_| ())
    }
}
