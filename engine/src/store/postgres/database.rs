//! Who may write: as many transactions as there are connections, which lock the rows that they change.

use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, TransactionTrait};
use tokio::sync::OwnedSemaphorePermit;

use super::lock::ServerLock;
use super::{Postgres, errors};
use crate::store::StoreError;
use crate::store::sql::{Database, Transaction, Waiting};

#[async_trait]
impl Database for Postgres {
    fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    fn waiting(&self) -> &Waiting<Self> {
        &self.waiting
    }

    fn is_shared_by_nodes(&self) -> bool {
        self.options.shared_by_nodes
    }

    async fn wait_for_writer(&self) -> Result<Option<OwnedSemaphorePermit>, StoreError> {
        Ok(None)
    }

    async fn begin_under(
        &self,
        permit: Option<OwnedSemaphorePermit>,
        caller: &'static str,
    ) -> Result<Transaction, StoreError> {
        if self.server_lock.as_ref().is_some_and(ServerLock::is_taken_over) {
            return Err(StoreError::InUse { place: self.place() });
        }
        let begun = match self.writer.begin().await {
            Err(error) if self.may_repeat(&error) => self.writer.begin().await,
            begun => begun,
        };
        begun
            .map(|connection| Transaction::new(caller, connection, permit))
            .map_err(|error| self.statement_error(&error))
    }

    fn transaction_budget(&self) -> Duration {
        self.options.transaction_budget
    }

    /// PostgreSQL answers a commit of a transaction in which a statement has failed with success, and rolls it back. So a
    /// caller who has passed over an error must be found out before: any statement fails then.
    async fn check(&self, connection: &DatabaseTransaction) -> Result<(), DbErr> {
        connection.execute_unprepared("SELECT 1").await.map(|_| ())
    }

    fn may_repeat(&self, error: &DbErr) -> bool {
        self.notice(error)
    }

    fn statement_error(&self, error: &DbErr) -> StoreError {
        self.notice(error);
        errors::of_statement(error)
    }

    fn commit_error(&self, error: &DbErr) -> StoreError {
        self.notice(error);
        errors::of_commit(error)
    }
}

impl Postgres {
    /// After an error of a connection no other one of its age is used again. `true` after such an error.
    fn notice(&self, error: &DbErr) -> bool {
        let of_connection = errors::is_of_connection(error);
        if of_connection {
            self.fresh.replace_all();
        }
        of_connection
    }
}
