//! The tables of the portal.

mod m20261122_080100_create_people_tables;
mod m20261122_080200_create_request_tables;
mod m20261122_080300_create_file_tables;
mod m20261122_080400_create_mail_tables;
mod m20261122_080500_create_token_tables;
mod m20261122_080550_add_runs_to_mails;
mod m20261122_080700_create_webhook_tables;
mod m20261122_080800_create_monitor_tables;
mod m20261122_080900_create_idempotency_keys;
mod m20261122_081000_chain_audit;
mod m20261122_081600_index_requests_by_ending;
mod m20261123_090100_add_stages_and_revisions;
mod m20261123_090200_create_policy_tables;
mod m20261123_090300_describe_people;
mod m20261123_090400_create_digest_lines;
mod m20261123_090500_index_assignments_by_answer;
mod m20261123_090600_create_preview_tables;
mod m20261123_090700_create_search;
mod m20261123_090800_create_link_codes;
mod m20261124_101500_create_search_renames;
mod m20261124_120000_observe_passed_on_requests;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::{ColumnDef, DynIden, IntoIden};
use sea_orm_migration::{MigrationTrait, async_trait};

/// The portal's migrations, oldest first, recorded in a table of their own beside the engine's.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_080100_create_people_tables::Migration),
            Box::new(m20261122_080200_create_request_tables::Migration),
            Box::new(m20261122_080300_create_file_tables::Migration),
            Box::new(m20261122_080400_create_mail_tables::Migration),
            Box::new(m20261122_080500_create_token_tables::Migration),
            Box::new(m20261122_080550_add_runs_to_mails::Migration),
            Box::new(m20261122_080700_create_webhook_tables::Migration),
            Box::new(m20261122_080800_create_monitor_tables::Migration),
            Box::new(m20261122_080900_create_idempotency_keys::Migration),
            Box::new(m20261122_081000_chain_audit::Migration),
            Box::new(m20261122_081600_index_requests_by_ending::Migration),
            Box::new(m20261123_090100_add_stages_and_revisions::Migration),
            Box::new(m20261123_090200_create_policy_tables::Migration),
            Box::new(m20261123_090300_describe_people::Migration),
            Box::new(m20261123_090400_create_digest_lines::Migration),
            Box::new(m20261123_090500_index_assignments_by_answer::Migration),
            Box::new(m20261123_090600_create_preview_tables::Migration),
            Box::new(m20261123_090700_create_search::Migration),
            Box::new(m20261123_090800_create_link_codes::Migration),
            Box::new(m20261124_101500_create_search_renames::Migration),
            Box::new(m20261124_120000_observe_passed_on_requests::Migration),
        ]
    }

    fn migration_table_name() -> DynIden {
        "portal_migrations".into_iden()
    }
}

/// Text that is always there: ids in lower case, words, what people typed.
fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().to_owned()
}

/// Text that may be absent.
fn maybe_text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().to_owned()
}

/// A number or a moment (microseconds since 1970 UTC) that is always there.
fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().to_owned()
}

/// A number or a moment that may be absent.
fn maybe_number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().to_owned()
}
