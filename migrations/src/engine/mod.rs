//! The tables of the engine.

mod m20261122_080000_create_engine_tables;
mod m20261122_113000_add_delayed_messages;
mod m20261122_113500_add_task_traceparent;
mod m20261122_114500_create_entity_table;
mod m20261122_115500_create_schedules;
mod m20261122_121500_add_instance_tags;
mod m20261122_121500_create_payloads;
mod m20261122_122000_index_instances_by_end;
mod m20261122_122500_create_purged;
mod m20261122_123000_add_supervision_to_tasks;
mod m20261122_124000_add_poison_marks;
mod m20261122_124500_add_awaits_outside;
mod m20261122_125000_order_timers;
mod m20261122_125500_index_entities;

use sea_orm_migration::prelude::{DynIden, IntoIden};
pub use sea_orm_migration::{MigrationStatus, MigratorTrait};
use sea_orm_migration::{MigrationTrait, async_trait};

/// The engine's migrations, oldest first, recorded in a table of their own so that a portal in the same database can
/// have its own list.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_080000_create_engine_tables::Migration),
            Box::new(m20261122_113000_add_delayed_messages::Migration),
            Box::new(m20261122_113500_add_task_traceparent::Migration),
            Box::new(m20261122_114500_create_entity_table::Migration),
            Box::new(m20261122_115500_create_schedules::Migration),
            Box::new(m20261122_121500_add_instance_tags::Migration),
            Box::new(m20261122_121500_create_payloads::Migration),
            Box::new(m20261122_122000_index_instances_by_end::Migration),
            Box::new(m20261122_122500_create_purged::Migration),
            Box::new(m20261122_123000_add_supervision_to_tasks::Migration),
            Box::new(m20261122_124000_add_poison_marks::Migration),
            Box::new(m20261122_124500_add_awaits_outside::Migration),
            Box::new(m20261122_125000_order_timers::Migration),
            Box::new(m20261122_125500_index_entities::Migration),
        ]
    }

    fn migration_table_name() -> DynIden {
        "engine_migrations".into_iden()
    }
}
