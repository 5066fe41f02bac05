//! The orders of two lists. Entities come in the order of their keys, which no index gave since that of states is in
//! the order of age, so that every page sorted them all. Schedules come in the order of their ids, which is that of
//! characters on all databases.
//!
//! The indices hold entities only, of which neither the state nor the name changes: no turn writes to them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_125500_index_entities"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            let statement = "ALTER TABLE schedules ALTER COLUMN id TYPE text COLLATE \"C\"";
            manager.get_connection().execute_unprepared(statement).await?;
        }
        for index in [
            // The state is always the same here, but without it SQLite takes the index of all states for a better one.
            "CREATE INDEX instances_entities ON instances (status, key) WHERE status = 'Entity'",
            "CREATE INDEX instances_entities_by_name ON instances (name, key) WHERE status = 'Entity'",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }
}
