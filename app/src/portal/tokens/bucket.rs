//! How often a token may call: a bucket of [`BURST`] calls that is filled again by one call every [`REFILL`].

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::TokenId;

/// Calls at once.
const BURST: u32 = 120;
/// The time after which one more call is free: 600 calls a minute.
const REFILL: Duration = Duration::from_millis(100);
/// How often at most a token's last use is written.
const NOTE_EVERY: Duration = Duration::from_secs(600);
/// Beyond so many tokens those that are at rest are forgotten.
const MANY: usize = 4_096;

/// What a token may still do, for the headers of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Calls of a full bucket.
    pub limit: u32,
    /// Calls that are left at once.
    pub remaining: u32,
    /// In how long the bucket is full again, if nobody calls.
    pub full_in: Duration,
}

impl Allowance {
    /// After a call that was refused: nothing left.
    pub const EXHAUSTED: Self = Self { limit: BURST, remaining: 0, full_in: REFILL.saturating_mul(BURST) };
}

/// The buckets of all tokens. Kept in memory: a restart fills them.
#[derive(Debug, Default)]
pub(in crate::portal) struct Buckets {
    of: Mutex<HashMap<TokenId, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// When it is full again: each call moves it by one [`REFILL`].
    full_at: Time,
    /// When the last use was written.
    noted_at: Option<Time>,
}

impl Buckets {
    /// Takes one call out of a token's bucket. [`PortalError::TooMany`] when there is none left; trying costs nothing.
    pub(super) fn take(&self, token: TokenId, now: Time) -> Result<Allowance> {
        let mut buckets = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MANY {
            buckets.retain(|_, bucket| now < bucket.full_at);
        }
        let bucket = buckets.entry(token).or_insert(Bucket { full_at: now, noted_at: None });
        let full_at = bucket.full_at.max(now) + REFILL;
        let (room, full_in) = (REFILL * BURST, full_at.since(now));
        if full_in > room {
            return Err(PortalError::TooMany("This token is used too often. Wait a second and try again.".into()));
        }
        bucket.full_at = full_at;
        let left = (room - full_in).as_micros() / REFILL.as_micros();
        Ok(Allowance { limit: BURST, remaining: u32::try_from(left).unwrap_or(BURST), full_in })
    }

    /// Whether the use of a token at `now` is to be written, given what the row says. Whoever is told so first writes it.
    pub(super) fn is_to_note(&self, token: TokenId, last_used_at: Option<Time>, now: Time) -> bool {
        let mut buckets = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bucket) = buckets.get_mut(&token) else { return false };
        let known = bucket.noted_at.max(last_used_at);
        let due = known.is_none_or(|at| now.since(at) >= NOTE_EVERY);
        if due {
            bucket.noted_at = Some(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: TokenId = TokenId(uuid::Uuid::from_u128(1));
    const OTHER: TokenId = TokenId(uuid::Uuid::from_u128(2));
    const NOON: Time = Time(1_800_000_000_000_000);

    #[test]
    fn a_full_bucket_gives_a_burst_and_then_one_call_after_each_tenth_of_a_second() {
        let buckets = Buckets::default();
        for left in (0..BURST).rev() {
            assert_eq!(buckets.take(ONE, NOON).map(|allowance| allowance.remaining), Ok(left));
        }
        assert!(matches!(buckets.take(ONE, NOON), Err(PortalError::TooMany(_))));
        let next = NOON + REFILL;
        assert_eq!(buckets.take(ONE, next).map(|allowance| allowance.remaining), Ok(0));
        assert!(matches!(buckets.take(ONE, next), Err(PortalError::TooMany(_))));
    }

    #[test]
    fn six_hundred_calls_a_minute_never_empty_it() {
        let buckets = Buckets::default();
        for call in 0..1_200 {
            assert!(buckets.take(ONE, NOON + REFILL * call).is_ok(), "call {call}");
        }
    }

    #[test]
    fn a_bucket_at_rest_is_full_again_and_never_fuller() {
        let buckets = Buckets::default();
        while buckets.take(ONE, NOON).is_ok() {}
        let later = NOON + Duration::from_secs(3_600);
        let allowance = buckets.take(ONE, later).expect("a call");
        assert_eq!((allowance.remaining, allowance.full_in), (BURST - 1, REFILL));
    }

    #[test]
    fn one_tokens_calls_are_not_anothers() {
        let buckets = Buckets::default();
        while buckets.take(ONE, NOON).is_ok() {}
        assert!(buckets.take(OTHER, NOON).is_ok());
    }

    #[test]
    fn the_last_use_is_written_once_in_ten_minutes() {
        let buckets = Buckets::default();
        buckets.take(ONE, NOON).expect("a call");
        assert!(buckets.is_to_note(ONE, None, NOON));
        assert!(!buckets.is_to_note(ONE, None, NOON), "the row may not say so yet");
        assert!(!buckets.is_to_note(ONE, Some(NOON), NOON + Duration::from_secs(599)));
        assert!(buckets.is_to_note(ONE, Some(NOON), NOON + NOTE_EVERY));
    }
}
