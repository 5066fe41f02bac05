//! The database, of whichever kind: the engine's store, and the place of the portal's tables.

use std::sync::Arc;

use countersign_engine::StoreError;
use countersign_engine::store::{Postgres, Sqlite, Store};
use countersign_migrations::portal::Migrator;
use sea_orm::DatabaseConnection;

/// A database with the tables of the engine and of the portal.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file in the data folder.
    Sqlite(Arc<Sqlite>),
    /// A database on a server.
    Postgres(Arc<Postgres>),
}

impl Database {
    /// Brings the portal's tables up to date; the engine's are so since it was opened.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.migrate::<Migrator>().await,
            Self::Postgres(postgres) => postgres.migrate::<Migrator>().await,
        }
    }

    /// The engine's store.
    pub fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Sqlite(sqlite) => sqlite.clone(),
            Self::Postgres(postgres) => postgres.clone(),
        }
    }

    /// The connections for reading.
    pub fn read(&self) -> &DatabaseConnection {
        match self {
            Self::Sqlite(sqlite) => sqlite.read(),
            Self::Postgres(postgres) => postgres.read(),
        }
    }

    /// Where it is, for people: never with a password.
    pub fn place(&self) -> String {
        match self {
            Self::Sqlite(sqlite) => sqlite.place(),
            Self::Postgres(postgres) => postgres.place(),
        }
    }

    /// Closes all connections, after those who use one have ended.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(sqlite) => sqlite.close().await,
            Self::Postgres(postgres) => postgres.close().await,
        }
    }
}
