//! Who may write: one transaction at a time, under the permit.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::sync::OwnedSemaphorePermit;

use super::{Sqlite, errors, group};
use crate::store::StoreError;
use crate::store::sql::usual::{Outcome, Work};
use crate::store::sql::{Database, Transaction, Waiting};

/// How often a write is tried again when another process writes for longer than the busy timeout.
const BUSY_RETRIES: u32 = 3;

impl Sqlite {
    /// Waits for the writer, in the order of asking.
    pub(super) async fn permit(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        let permit = Arc::clone(&self.permit).acquire_owned().await;
        permit.map_err(|closed| StoreError::Unavailable(closed.to_string()))
    }

    async fn begin_immediate(&self) -> Result<DatabaseTransaction, DbErr> {
        let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
        self.writer.begin_with_options(TransactionOptions { sqlite_transaction_mode, ..Default::default() }).await
    }
}

#[async_trait]
impl Database for Sqlite {
    fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// It writes from its first moment on, so that it never meets a busy database half-way.
    async fn begin_under(
        &self,
        permit: Option<OwnedSemaphorePermit>,
        caller: &'static str,
    ) -> Result<Transaction, StoreError> {
        let mut tries = 0;
        loop {
            match self.begin_immediate().await {
                Ok(connection) => return Ok(Transaction::new(caller, connection, permit)),
                Err(error) if tries < BUSY_RETRIES && errors::is_busy(&error) => tries += 1,
                Err(error) => return Err(errors::of_statement(&error)),
            }
        }
    }

    async fn wait_for_writer(&self) -> Result<Option<OwnedSemaphorePermit>, StoreError> {
        self.permit().await.map(Some)
    }

    fn writes(&self, work: &Work) -> bool {
        group::takes(work)
    }

    async fn write(
        &self,
        works: Vec<Work>,
        permit: Option<OwnedSemaphorePermit>,
    ) -> (Outcome, Option<OwnedSemaphorePermit>) {
        self.group_writer.write(works, permit).await
    }

    fn waiting(&self) -> &Waiting<Self> {
        &self.waiting
    }

    fn is_shared_by_nodes(&self) -> bool {
        self.options.shared_by_nodes
    }

    fn transaction_budget(&self) -> Duration {
        self.options.transaction_budget
    }

    fn statement_error(&self, error: &DbErr) -> StoreError {
        errors::of_statement(error)
    }

    fn commit_error(&self, error: &DbErr) -> StoreError {
        errors::of_commit(error)
    }
}
