//! What use cases of tokens ask of the database.

use async_trait::async_trait;

use super::token::{Token, TokenLine};
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::{TokenHash, TokenId, UserId};
use crate::portal::user::User;

/// Tokens within a unit of work.
#[async_trait]
pub trait TokenWork: Send + Sync {
    /// The token of that id.
    async fn find_token(&self, id: TokenId) -> Result<Option<Token>>;
    /// How many tokens of `user` are neither revoked nor expired at `now`.
    async fn count_live_tokens(&self, user: UserId, now: Time) -> Result<u64>;
    /// Adds a token.
    async fn insert_token(&self, token: &Token) -> Result<()>;
    /// Revokes a token; `false`, and no change, when it was revoked before.
    async fn revoke_token(&self, id: TokenId, at: Time) -> Result<bool>;
    /// Notes when a token was last used; nothing when it is gone.
    async fn touch_token(&self, id: TokenId, at: Time) -> Result<()>;
}

/// Tokens for pages, and for whoever shows one.
#[async_trait]
pub trait TokenReads: Send + Sync + 'static {
    /// The token of that hash, whether it works or not, with its owner.
    async fn find_token_of(&self, hash: TokenHash) -> Result<Option<(Token, User)>>;
    /// A page of tokens, newest first: those of `user`, or everybody's, older than `before`, at most `limit`.
    async fn list_tokens(&self, user: Option<UserId>, before: Option<TokenId>, limit: u64) -> Result<Vec<TokenLine>>;
}
