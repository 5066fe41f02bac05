//! States and locks of entities. Their ids, leases and inboxes are those of instances.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_114500_create_entity_table"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("entities")
            .col(ColumnDef::new("instance_key").big_integer().not_null().primary_key())
            .col(ColumnDef::new("state").text())
            .col(ColumnDef::new("lock_instance").text())
            .col(ColumnDef::new("lock_execution").text())
            .col(ColumnDef::new("lock_event_id").big_integer())
            .col(ColumnDef::new("locked_at").big_integer());
        if manager.get_database_backend() == DbBackend::Sqlite {
            // A turn writes one page and not two.
            table.extra("WITHOUT ROWID");
        }
        manager.create_table(table).await?;
        // Only the locks that are held, which are few: a node looks through them when it starts.
        let held = "CREATE INDEX entities_locked ON entities (instance_key) WHERE lock_execution IS NOT NULL";
        manager.get_connection().execute_unprepared(held).await?;
        Ok(())
    }
}
