//! Who may write, and how a write ends.

use std::sync::Arc;

use sea_orm::{DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait};
use tokio::sync::OwnedSemaphorePermit;

use super::{Sqlite, errors};
use crate::observe::names::field;
use crate::store::StoreError;
use crate::store::sql::{SqlError, Transaction};

/// How often a write is tried again when another process writes for longer than the busy timeout.
const BUSY_RETRIES: u32 = 3;

impl Sqlite {
    /// Waits for the writer, in the order of asking.
    pub(super) async fn permit(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        let permit = Arc::clone(&self.permit).acquire_owned().await;
        permit.map_err(|closed| StoreError::Unavailable(closed.to_string()))
    }

    /// Begins a transaction that writes from its first moment on, so that it never meets a busy database half-way.
    pub(super) async fn begin_writing(&self, caller: &'static str) -> Result<Transaction, StoreError> {
        let permit = self.permit().await?;
        let mut tries = 0;
        loop {
            match self.begin_immediate().await {
                Ok(connection) => return Ok(Transaction::new(caller, connection, Some(permit))),
                Err(error) if tries < BUSY_RETRIES && errors::is_busy(&error) => tries += 1,
                Err(error) => return Err(errors::of_database(&error)),
            }
        }
    }

    async fn begin_immediate(&self) -> Result<DatabaseTransaction, DbErr> {
        let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
        self.writer.begin_with_options(TransactionOptions { sqlite_transaction_mode, ..Default::default() }).await
    }
}

/// Commits what was done within `tx`, or rolls it back if `done` is an error, and gives the writer to the next.
pub(super) async fn finish<T>(tx: Transaction, done: Result<T, SqlError>) -> Result<T, StoreError> {
    let (connection, permit) = tx.into_parts();
    let ended = match done {
        Ok(value) => connection.commit().await.map(|()| value).map_err(|error| errors::of_commit(&error)),
        Err(error) => {
            roll_back(connection).await;
            Err(errors::of_statement(error))
        }
    };
    drop(permit);
    ended
}

/// A rollback fails when SQLite has rolled back already; the pool then replaces the connection.
pub(super) async fn roll_back(connection: DatabaseTransaction) {
    if let Err(error) = connection.rollback().await {
        tracing::debug!({ field::ERROR } = %error, "a transaction was rolled back by the database itself");
    }
}
