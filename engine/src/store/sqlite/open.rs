//! Opening and closing a database.

use std::fs::{DirBuilder, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign_migrations::engine::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::SqlitePool;
use sea_orm::{DatabaseConnection, DbErr, RuntimeErr, SqlxSqliteConnector};
use tokio::sync::Semaphore;

use super::group::GroupWriter;
use super::options::Place;
use super::{SqliteOptions, errors, lock};
use crate::observe::names::field;
use crate::store::StoreError;
use crate::store::sql::{Upgrade, Waiting};

/// The database's name in the data folder.
const DATABASE_FILE: &str = "countersign.db";

/// An SQLite database: the engine's store, and the place of the portal's own tables.
///
/// There is one connection that writes, handed out to one writer at a time in the order of asking, and a pool of
/// connections that read and do not wait for the writer.
#[derive(Debug)]
pub struct Sqlite {
    pub(super) writer: DatabaseConnection,
    pub(super) reader: DatabaseConnection,
    /// Fair, so that nobody in the process ever meets a busy database or starves.
    pub(super) permit: Arc<Semaphore>,
    pub(super) waiting: Waiting<Self>,
    pub(super) group_writer: GroupWriter,
    pub(super) options: SqliteOptions,
    /// `None` for one in memory.
    file: Option<PathBuf>,
    /// Of the one process that serves the database.
    server_lock: Option<File>,
}

impl Sqlite {
    /// Opens the database in `folder` for serving, with the defaults. See [`Sqlite::open_with`].
    pub async fn open(folder: &Path) -> Result<Arc<Self>, StoreError> {
        Self::open_with(folder, SqliteOptions::default()).await
    }

    /// Opens the database in `folder` for serving: makes folder and file where they are missing and brings the engine's
    /// tables up to date. [`StoreError::InUse`] while another server has the folder.
    pub async fn open_with(folder: &Path, options: SqliteOptions) -> Result<Arc<Self>, StoreError> {
        create_folder(folder)?;
        let file = folder.join(DATABASE_FILE);
        let Some(lock) = lock::try_serve(&file)? else {
            return Err(StoreError::InUse { place: folder.display().to_string() });
        };
        Self::connect(Place::File(file), options, Some(lock)).await
    }

    /// Opens the database `file` for serving, with the defaults: a program that keeps one file and needs no data folder. Its
    /// folder must exist; the lock files stand beside it, under its name with other endings. [`StoreError::InUse`] while
    /// another process serves it.
    pub async fn open_file(file: impl AsRef<Path>) -> Result<Arc<Self>, StoreError> {
        let file = file.as_ref().to_owned();
        let Some(lock) = lock::try_serve(&file)? else {
            return Err(StoreError::InUse { place: file.display().to_string() });
        };
        Self::connect(Place::File(file), SqliteOptions::default(), Some(lock)).await
    }

    /// Opens the database in `folder` beside a server that may run, for a command that reads or writes a little and
    /// ends; it must not run instances. The engine's tables are brought up to date as [`Sqlite::migrate`] says.
    pub async fn open_shared(folder: &Path) -> Result<Arc<Self>, StoreError> {
        create_folder(folder)?;
        Self::connect(Place::File(folder.join(DATABASE_FILE)), SqliteOptions::default(), None).await
    }

    /// A new database in memory, which is gone with the returned store: for tests.
    pub async fn in_memory() -> Result<Arc<Self>, StoreError> {
        static OPENED: AtomicU64 = AtomicU64::new(0);
        // A name with a leading slash is one database for all connections of the process (sqlite.org, src/memdb.c).
        let name = format!("/countersign-{}", OPENED.fetch_add(1, Ordering::Relaxed));
        Self::connect(Place::Memory(name), SqliteOptions::default(), None).await
    }

    /// The connections for reading. They refuse to write; for that there are transactions.
    pub fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// How many rows groups of commits have inserted, changed and removed since the database was opened: for measurements.
    pub fn rows_in_groups(&self) -> u64 {
        self.group_writer.rows()
    }

    /// The connection that writes, for tests that make rows by the thousand.
    #[cfg(test)]
    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Brings the tables of the list `M` up to date, such as the portal's. Each migration is whole or not at all, and
    /// processes that do this at the same time take turns.
    ///
    /// A database opened by [`Sqlite::open_shared`] does not change tables that a running server uses: that is
    /// [`StoreError::Unavailable`].
    pub async fn migrate<M: MigratorTrait>(&self) -> Result<(), StoreError> {
        let _permit = self.permit().await?;
        let _alone = match &self.file {
            Some(file) => Some(lock::migrate(file).await?),
            None => None,
        };
        let upgrade = Upgrade::of::<M>(&self.reader).await.map_err(refused)?;
        let _server_lock = match (upgrade, &self.file) {
            (Upgrade::Nothing, _) => return Ok(()),
            (Upgrade::Changes, Some(file)) if self.server_lock.is_none() => {
                Some(lock::try_serve(file)?.ok_or_else(Upgrade::refusal)?)
            }
            (Upgrade::Changes | Upgrade::Everything, _) => None,
        };
        M::up(&self.writer, None).await.map_err(refused)
    }

    /// Where the database is, for people.
    pub fn place(&self) -> String {
        self.file.as_ref().map_or_else(|| "in memory".to_owned(), |file| file.display().to_string())
    }

    /// Closes all connections, after those who use one have ended. What comes later meets [`StoreError::Unavailable`].
    pub async fn close(&self) {
        let readers = self.reader.close_by_ref().await;
        // Under the permit, so that nobody waits here for a group.
        let permit = self.permit().await;
        self.group_writer.close();
        drop(permit);
        let writer = self.writer.close_by_ref().await;
        for error in [readers, writer].into_iter().filter_map(Result::err) {
            tracing::warn!({ field::ERROR } = %error, "a connection did not close in order");
        }
    }

    async fn connect(place: Place, options: SqliteOptions, server_lock: Option<File>) -> Result<Arc<Self>, StoreError> {
        // The writer first: it makes the file and sets its journal mode.
        let writer = options.writer(&place).await.map_err(cannot_open)?;
        let reader = options.reader(&place).await.map_err(cannot_open)?;
        let connection = |pool: SqlitePool| SqlxSqliteConnector::from_sqlx_sqlite_pool(pool);
        let store = Arc::new_cyclic(|myself| Self {
            waiting: Waiting::of(myself),
            group_writer: GroupWriter::new(place.clone(), options.clone()),
            writer: connection(writer),
            reader: connection(reader),
            permit: Arc::new(Semaphore::new(1)),
            options,
            file: match place {
                Place::File(file) => Some(file),
                Place::Memory(_) => None,
            },
            server_lock,
        });
        store.migrate::<Migrator>().await?;
        Ok(store)
    }
}

/// For its owner only: the file holds what people wrote and the hashes of their passwords.
fn create_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = builder.recursive(true).create(folder);
    made.map_err(|error| StoreError::Unavailable(format!("the folder {} cannot be made: {error}", folder.display())))
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn refused(error: DbErr) -> StoreError {
    errors::of_statement(&error)
}

fn cannot_open(error: sea_orm::sqlx::Error) -> StoreError {
    refused(DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))
}
