//! What tells work that kills its node from work that died with it, and what was set aside.
//!
//! `recoveries` counts how often a dead node had the work in its hands, `marked` says that it was begun after the last count.
//! Both are columns of rows that are written anyway, and in no index.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_124000_add_poison_marks"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let of_tasks = [
            ColumnDef::new("marked").boolean().not_null().default(false).to_owned(),
            ColumnDef::new("set_aside_kind").text().to_owned(),
            ColumnDef::new("set_aside_message").text().to_owned(),
            ColumnDef::new("set_aside_since").big_integer().to_owned(),
        ];
        let of_instances = [
            ColumnDef::new("recoveries").big_integer().not_null().default(0).to_owned(),
            ColumnDef::new("marked").boolean().not_null().default(false).to_owned(),
            ColumnDef::new("has_set_aside").boolean().not_null().default(false).to_owned(),
        ];
        let columns = of_tasks.map(|column| ("tasks", column)).into_iter();
        // One statement each: SQLite adds one column at a time.
        for (table, column) in columns.chain(of_instances.map(|column| ("instances", column))) {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        for index in [
            "DROP INDEX instances_by_obstacle",
            "CREATE INDEX instances_by_obstacle ON instances (created_at, key) WHERE blocked_kind IS NOT NULL OR has_set_aside",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }
}
