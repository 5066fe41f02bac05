//! What differs between the databases.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};
use tokio::sync::OwnedSemaphorePermit;

use super::error::SqlError;
use super::group::Work;
use super::transaction::Transaction;
use super::usual::Outcome;
use super::waiting::Waiting;
use crate::store::StoreError;

/// A database as the shared statements need it. Whoever implements this is a [`Store`](crate::store::Store): the contract
/// is kept once, in [`super::store`].
#[async_trait]
pub(in crate::store) trait Database: Sized + Send + Sync + 'static {
    /// Connections that read and wait for no writer.
    fn reader(&self) -> &DatabaseConnection;

    /// Waits for the right to write, where only one has it at a time.
    async fn wait_for_writer(&self) -> Result<Option<OwnedSemaphorePermit>, StoreError>;

    /// Begins a transaction that writes: alone, under `permit`, or beside others from which it locks the instances that it
    /// works on.
    async fn begin_under(
        &self,
        permit: Option<OwnedSemaphorePermit>,
        caller: &'static str,
    ) -> Result<Transaction, StoreError>;

    /// The same after waiting for the right to write.
    async fn begin_writing(&self, caller: &'static str) -> Result<Transaction, StoreError> {
        let permit = self.wait_for_writer().await?;
        self.begin_under(permit, caller).await
    }

    /// Whether the database has a way of its own to write such a piece of work.
    fn writes(&self, _work: &Work) -> bool {
        false
    }

    /// Writes pieces for which [`Database::writes`] is true in one transaction, and gives the right to write back.
    async fn write(
        &self,
        works: Vec<Work>,
        permit: Option<OwnedSemaphorePermit>,
    ) -> (Outcome, Option<OwnedSemaphorePermit>) {
        (Outcome::Untouched(works), permit)
    }

    /// What waits here to be done with others of its kind.
    fn waiting(&self) -> &Waiting<Self>;

    /// The same database, for a task of its own.
    fn shared(&self) -> Arc<Self> {
        self.waiting().database()
    }

    /// Whether several nodes work here at a time. Otherwise a node that starts is the only one that lives.
    fn is_shared_by_nodes(&self) -> bool;

    /// Asks, before a caller's transaction is committed, whether all that was done within it stands.
    async fn check(&self, _connection: &DatabaseTransaction) -> Result<(), DbErr> {
        Ok(())
    }

    /// Whether a read that met `error` may succeed when it is done again at once.
    fn may_repeat(&self, _error: &DbErr) -> bool {
        false
    }

    /// How long a caller's transaction may last.
    fn transaction_budget(&self) -> Duration;

    /// What an error of a statement means. Nothing has changed then.
    fn statement_error(&self, error: &DbErr) -> StoreError;

    /// What an error of a commit means: [`StoreError::Unknown`] where it may have taken effect.
    fn commit_error(&self, error: &DbErr) -> StoreError;

    /// What an error of a piece of work means.
    fn refusal(&self, error: SqlError) -> StoreError {
        match error {
            SqlError::Store(error) => error,
            SqlError::Database(error) => self.statement_error(&error),
        }
    }
}
