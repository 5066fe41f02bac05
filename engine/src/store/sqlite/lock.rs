//! The lock files beside a database. A lock ends with its holder, however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use crate::store::StoreError;

/// The ending of the file held by the one process that serves the database.
const SERVER_LOCK: &str = "lock";

/// The ending of the file held while tables are brought up to date, by servers and commands alike.
const MIGRATION_LOCK: &str = "migration.lock";

/// Takes the server's lock of the database in `file`; `None` when a server has it.
pub(super) fn try_serve(file: &Path) -> Result<Option<File>, StoreError> {
    let path = file.with_extension(SERVER_LOCK);
    let file = open(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(unavailable(&path, &error)),
    }
}

/// Waits until nobody else changes the tables in `file`.
pub(super) async fn migrate(file: &Path) -> Result<File, StoreError> {
    let path = file.with_extension(MIGRATION_LOCK);
    let file = open(&path)?;
    let locking = tokio::task::spawn_blocking(move || file.lock().map(|()| file));
    locking.await.map_err(io::Error::other).flatten().map_err(|error| unavailable(&path, &error))
}

fn open(path: &Path) -> Result<File, StoreError> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path);
    file.map_err(|error| unavailable(path, &error))
}

fn unavailable(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Unavailable(format!("the lock file {} cannot be taken: {error}", path.display()))
}
