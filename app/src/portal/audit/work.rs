//! What a unit of work and readers need of the chain.

use async_trait::async_trait;

use super::chain::{ChainHead, ChainedEntry};
use super::checkpoint::Checkpoint;
use super::log::{AuditLine, AuditQuery};
use crate::portal::error::Result;

/// The chain within a unit of work. The unit's own lines ([`crate::portal::Work::audit`]) are chained after everything else
/// that it does, so that nobody waits for the head of the chain longer than it takes to write them.
#[async_trait]
pub trait AuditWork: Send + Sync {
    /// Where the chain ends, locked against every other unit until this one ends.
    async fn lock_chain_head(&self) -> Result<ChainHead>;
    /// Chains rows that have no place yet, oldest first, at most `limit`; how many there were.
    async fn chain_old_rows(&self, limit: u32) -> Result<u64>;
    /// The checkpoint with the highest number.
    async fn newest_checkpoint(&self) -> Result<Option<Checkpoint>>;
    /// Keeps a checkpoint. A conflict when there is one of this row.
    async fn insert_checkpoint(&self, checkpoint: &Checkpoint) -> Result<()>;
}

/// The chain for those who read it.
#[async_trait]
pub trait AuditReads: Send + Sync + 'static {
    /// A page of the log, newest first.
    async fn list_audit(&self, query: &AuditQuery) -> Result<Vec<AuditLine>>;
    /// Rows in the order of their numbers: those after `after` and up to `up_to`, at most `limit`.
    async fn list_chained(&self, after: i64, up_to: i64, limit: u64) -> Result<Vec<ChainedEntry>>;
    /// The highest number of a row; 0 when there is none.
    async fn newest_chained(&self) -> Result<i64>;
    /// The id of a row that has no place in the chain.
    async fn find_unchained(&self) -> Result<Option<i64>>;
    /// Where the chain ends.
    async fn chain_head(&self) -> Result<ChainHead>;
    /// Every checkpoint that is kept.
    async fn list_checkpoints(&self) -> Result<Vec<Checkpoint>>;
    /// The checkpoint with the highest number.
    async fn newest_stored_checkpoint(&self) -> Result<Option<Checkpoint>>;
}
