//! What the portal asks of the outside besides the database: passwords and keys.

use async_trait::async_trait;

use super::error::Result;
use super::link::KeyId;

/// Hashes and checks passwords, away from the writer and with bounded concurrency: each takes tens of milliseconds and megabytes.
#[async_trait]
pub trait Passwords: Send + Sync + 'static {
    /// The hash to store. [`super::PortalError::Unavailable`] when too many wait already.
    async fn hash(&self, password: String) -> Result<String>;

    /// Whether the password is the one of `hash`. Without a hash it takes as long and says no, so that the time tells nothing.
    async fn verify(&self, password: String, hash: Option<String>) -> Result<bool>;
}

/// The ring of signing keys, as far as the rules need it: which key signs what is minted now.
pub trait KeyRing: Send + Sync + 'static {
    /// The key for new links.
    fn active_key(&self) -> KeyId;
}
