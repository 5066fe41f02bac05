//! The tables of the engine and of the portal, as two ordered lists of migrations that know nothing of each other.

pub mod engine;
pub mod portal;

#[cfg(test)]
mod tests {
    use sea_orm_migration::MigratorTrait;

    use super::{engine, portal};

    /// Without it a migration of SQLite that fails half-way would leave half of its changes.
    #[test]
    fn every_migration_runs_in_a_transaction_on_both_databases() {
        for migration in engine::Migrator::migrations().into_iter().chain(portal::Migrator::migrations()) {
            assert_eq!(migration.use_transaction(), Some(true), "{}", migration.name());
        }
    }
}
