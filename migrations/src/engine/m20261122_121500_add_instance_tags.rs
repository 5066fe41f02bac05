//! What instances are filed under, and the indices by which lists of instances are served.
//!
//! All of them are in the order of a list (age and key), and none holds a column that turns change, but for the state,
//! which an index held before. Those of the parent and the obstacle hold only the rows that have one.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_121500_add_instance_tags"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tags = ColumnDef::new("tags").text().to_owned();
        manager.alter_table(Table::alter().table("instances").add_column(tags).to_owned()).await?;
        create_instance_tags(manager).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            // In the order of characters, as on SQLite, so that a range of ids is a range of their index.
            let statement = "ALTER TABLE instances ALTER COLUMN id TYPE text COLLATE \"C\"";
            manager.get_connection().execute_unprepared(statement).await?;
        }
        for index in [
            "DROP INDEX instances_by_status",
            "CREATE INDEX instances_by_status ON instances (status, created_at, key)",
            "CREATE INDEX instances_by_age ON instances (created_at, key)",
            "CREATE INDEX instances_by_name ON instances (name, created_at, key)",
            "CREATE INDEX instances_by_parent ON instances (parent_id, created_at, key) WHERE parent_id IS NOT NULL",
            "CREATE INDEX instances_by_obstacle ON instances (created_at, key) WHERE blocked_kind IS NOT NULL",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }
}

async fn create_instance_tags(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("instance_tags")
        .col(ColumnDef::new("name").text().not_null())
        .col(ColumnDef::new("value").text().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("instance_key").big_integer().not_null())
        .primary_key(Index::create().col("name").col("value").col("created_at").col("instance_key"));
    if manager.get_database_backend() == DbBackend::Sqlite {
        table.extra("WITHOUT ROWID");
    }
    manager.create_table(table).await?;
    let by_instance =
        Index::create().name("instance_tags_by_instance").table("instance_tags").col("instance_key").to_owned();
    manager.create_index(by_instance).await
}
