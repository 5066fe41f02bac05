//! A call that may be repeated, and what is known of its first time.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{Fingerprint, TokenId};

/// How long a first call is remembered.
pub const KEPT_FOR: Duration = Duration::from_secs(24 * 3_600);
/// The longest key in characters.
pub const MAX_KEY_CHARS: usize = 255;

/// What makes a call the same call: the caller's key, and what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// The key that the caller chose.
    pub key: String,
    /// Over the method, the address and the body.
    pub fingerprint: Fingerprint,
}

/// What the first call with a key did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstCall {
    /// What was asked.
    pub fingerprint: Fingerprint,
    /// The id of what was made.
    pub object: String,
    /// When.
    pub at: Time,
}

impl FirstCall {
    /// The id of what the first call made, for a call that asks the same. [`PortalError::Invalid`] for another one.
    pub fn made_for(self, fingerprint: Fingerprint) -> Result<String> {
        if self.fingerprint == fingerprint {
            return Ok(self.object);
        }
        Err(PortalError::field(
            "Idempotency-Key",
            "This key was used for another call. Choose a new one for each call.",
        ))
    }
}

/// The keys of calls that are being answered.
#[derive(Debug, Default)]
pub(in crate::portal) struct CallsInProgress(Mutex<HashSet<(TokenId, String)>>);

impl CallsInProgress {
    /// Holds a key until the ticket is dropped. A conflict while another call holds it.
    pub(super) fn enter(self: &Arc<Self>, token: TokenId, key: &str) -> Result<Ticket> {
        let call = (token, key.to_owned());
        if !self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(call.clone()) {
            return Err(under_way());
        }
        Ok(Ticket { calls: self.clone(), call })
    }
}

/// What a second call with the same key is told while the first has not ended.
pub(super) fn under_way() -> PortalError {
    PortalError::conflict("A call with this idempotency key is being answered right now. Repeat it in a moment.")
}

/// A call that is being answered; dropping it lets the next one with its key in.
#[derive(Debug)]
pub struct Ticket {
    calls: Arc<CallsInProgress>,
    call: (TokenId, String),
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.calls.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.call);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: TokenId = TokenId(uuid::Uuid::from_u128(1));
    const OTHER: TokenId = TokenId(uuid::Uuid::from_u128(2));

    #[test]
    fn a_key_is_held_by_one_call_at_a_time_and_by_each_token_alone() {
        let calls = Arc::new(CallsInProgress::default());
        let ticket = calls.enter(ONE, "a").expect("free");
        assert!(matches!(calls.enter(ONE, "a"), Err(PortalError::Conflict(_))));
        assert!(calls.enter(ONE, "b").is_ok() && calls.enter(OTHER, "a").is_ok());
        drop(ticket);
        assert!(calls.enter(ONE, "a").is_ok());
    }

    #[test]
    fn a_key_is_good_for_one_call_only() {
        let first = FirstCall { fingerprint: Fingerprint([1; 32]), object: "x".into(), at: Time(0) };
        assert_eq!(first.clone().made_for(Fingerprint([1; 32])), Ok("x".to_owned()));
        assert!(matches!(first.made_for(Fingerprint([2; 32])), Err(PortalError::Invalid(_))));
    }
}
