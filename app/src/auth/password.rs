//! Passwords: argon2id on threads for blocking work, few at a time, so that a flood of sign-ins starves nobody else.

use std::sync::{Arc, OnceLock};

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use async_trait::async_trait;
use tokio::sync::Semaphore;

use crate::portal::error::{PortalError, Result};
use crate::portal::ports::Passwords;

/// Hashes at a time; each takes 19 MiB and tens of milliseconds of one core.
const PARALLEL: usize = 2;
/// Hashes that may wait; more are refused at once.
const WAITING: usize = 64;

/// Passwords by argon2id.
#[derive(Clone, Debug)]
pub struct Argon2Passwords {
    slots: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

impl Default for Argon2Passwords {
    fn default() -> Self {
        Self { slots: Arc::new(Semaphore::new(PARALLEL)), queue: Arc::new(Semaphore::new(WAITING)) }
    }
}

#[async_trait]
impl Passwords for Argon2Passwords {
    async fn hash(&self, password: String) -> Result<String> {
        self.blocking(move || hash(&password)).await?
    }

    async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        self.blocking(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| stand_in().to_owned());
            let parsed = PasswordHash::new(&hash)
                .map_err(|error| PortalError::Internal(format!("a stored password hash is unreadable: {error}")))?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known)
        })
        .await?
    }
}

impl Argon2Passwords {
    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let busy = |_| {
            PortalError::Unavailable(
                "Too many people are signing in at this moment. Try again in a few seconds.".into(),
            )
        };
        let _place = self.queue.try_acquire().map_err(busy)?;
        let _slot =
            self.slots.acquire().await.map_err(|_| PortalError::Internal("the password slots are closed".into()))?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| PortalError::Internal(format!("a password check was cut off: {error}")))
    }
}

fn hash(password: &str) -> Result<String> {
    let hash: PasswordHash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| PortalError::Internal(format!("a password could not be hashed: {error}")))?;
    Ok(hash.to_string())
}

/// A hash of nobody's password with the same cost as everybody's: what an unknown address is checked against.
fn stand_in() -> &'static str {
    static STAND_IN: OnceLock<String> = OnceLock::new();
    STAND_IN.get_or_init(|| hash("nobody's password").unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_account_matches() {
        let passwords = Argon2Passwords::default();
        let hash = passwords.hash("correct horse".into()).await.expect("a hash");
        assert!(hash.starts_with("$argon2id$") && !hash.contains("horse"));
        assert_eq!(passwords.verify("correct horse".into(), Some(hash.clone())).await, Ok(true));
        assert_eq!(passwords.verify("wrong".into(), Some(hash)).await, Ok(false));
        assert_eq!(passwords.verify("nobody's password".into(), None).await, Ok(false));
    }
}
