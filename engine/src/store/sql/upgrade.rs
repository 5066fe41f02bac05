//! What is to be done to bring tables up to date.

use countersign_migrations::engine::{MigrationStatus, MigratorTrait};
use sea_orm::{DatabaseConnection, DbErr};

use crate::store::StoreError;

/// How far the tables of a list of migrations are behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upgrade {
    /// They are up to date.
    Nothing,
    /// Tables that may be in use change: not while another process serves them.
    Changes,
    /// There are none yet.
    Everything,
}

impl Upgrade {
    /// What the list `M` has that the database has not. Fails when the database has what the list has not.
    pub(crate) async fn of<M: MigratorTrait>(db: &DatabaseConnection) -> Result<Self, DbErr> {
        let list = M::get_migration_with_status_read_only(db).await?;
        let pending = list.iter().filter(|entry| entry.status() == MigrationStatus::Pending).count();
        Ok(match pending {
            0 => Self::Nothing,
            all if all == list.len() => Self::Everything,
            _ => Self::Changes,
        })
    }

    /// The refusal of [`Upgrade::Changes`] beside a server.
    pub(crate) fn refusal() -> StoreError {
        StoreError::Unavailable("the server that runs is of another version; stop it first".to_owned())
    }
}
