//! What is asked of the database about calls that may be repeated.

use async_trait::async_trait;

use super::call::{FirstCall, Once};
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::TokenId;

/// First calls within a unit of work.
///
/// A unit whose actor acts once ([`crate::portal::Actor::once`]) writes its first call by itself, with its first audit row.
#[async_trait]
pub trait OnceWork: Send + Sync {
    /// Remembers what the first call with a key made, in place of one that is older than [`super::KEPT_FOR`]. A conflict when
    /// there is one already.
    async fn insert_first_call(&self, token: TokenId, once: &Once, object: &str, at: Time) -> Result<()>;
    /// Forgets first calls before `before`, at most `limit`; how many were forgotten.
    async fn delete_first_calls(&self, before: Time, limit: u64) -> Result<u64>;
}

/// First calls, for whoever repeats one.
#[async_trait]
pub trait OnceReads: Send + Sync + 'static {
    /// The first call of this token with this key, however old.
    async fn find_first_call(&self, token: TokenId, key: &str) -> Result<Option<FirstCall>>;
}
