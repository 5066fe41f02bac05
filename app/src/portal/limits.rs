//! How often somebody may try to sign in, how often somebody may comment, and how often a link may be used.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::clock::Time;
use super::error::{PortalError, Result};
use super::ids::{LinkId, UserId};
use super::user::Email;

/// Failures per account within [`WINDOW`] before it has to wait.
const PER_ACCOUNT: usize = 10;
/// Failures of everybody together within [`WINDOW`]: beyond what people mistype, it is guessing.
const GLOBAL: usize = 500;
/// The window.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Comments of one person within [`COMMENT_WINDOW`]: a lively talk, and less than a program writes. Each may mail several people.
const COMMENTS: usize = 20;
/// The window of comments.
const COMMENT_WINDOW: Duration = Duration::from_secs(10 * 60);
/// What may be tried with one link within ten minutes: far more than somebody does who mistypes codes and forgets reasons, and
/// little enough that a program with a link keeps the database from nobody.
pub const LINK_TRIES: usize = 30;
/// The window of a link.
const LINK_WINDOW: Duration = Duration::from_secs(10 * 60);

/// Failed sign-ins of the last minutes. Kept in memory: a restart forgives.
#[derive(Debug, Default)]
pub(super) struct SignInLimits {
    failures: Mutex<HashMap<String, Vec<Time>>>,
}

impl SignInLimits {
    /// Refuses when too much failed lately, for this address or altogether. Unknown addresses count like known ones.
    pub(super) fn check(&self, email: &Email, now: Time) -> Result<()> {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.retain(|_, times| {
            times.retain(|at| now.since(*at) < WINDOW);
            !times.is_empty()
        });
        let of_account = failures.get(email.as_str()).map_or(0, Vec::len);
        let of_all: usize = failures.values().map(Vec::len).sum();
        if of_account >= PER_ACCOUNT || of_all >= GLOBAL {
            return Err(PortalError::TooMany(
                "Too many attempts failed. Wait a quarter of an hour and try again.".into(),
            ));
        }
        Ok(())
    }

    /// Notes a failure.
    pub(super) fn failed(&self, email: &Email, now: Time) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).entry(email.to_string()).or_default().push(now);
    }

    /// Forgets the failures of an account that signed in.
    pub(super) fn succeeded(&self, email: &Email) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(email.as_str());
    }
}

/// What was done in the last minutes, by each of those who do it. Kept in memory: a restart forgives.
#[derive(Debug)]
struct Lately<K>(Mutex<Counted<K>>);

#[derive(Debug)]
struct Counted<K> {
    done: HashMap<K, Vec<Time>>,
    /// When those were forgotten last who did nothing any more.
    swept_at: Time,
}

impl<K> Default for Lately<K> {
    fn default() -> Self {
        Self(Mutex::new(Counted { done: HashMap::new(), swept_at: Time(0) }))
    }
}

impl<K: Eq + Hash> Lately<K> {
    /// Counts one more by `who`. When they did it `most` times within `window`, nothing is counted, and the error is how long
    /// they have to wait.
    fn take(&self, who: K, most: usize, window: Duration, now: Time) -> std::result::Result<(), Duration> {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Counted { done, swept_at } = &mut *counted;
        // Not each time: whoever comes would wait while everybody's entries are looked at.
        if now.since(*swept_at) >= window {
            done.retain(|_, times| times.last().is_some_and(|newest| now.since(*newest) < window));
            *swept_at = now;
        }
        let times = done.entry(who).or_default();
        times.retain(|at| now.since(*at) < window);
        match times.first() {
            Some(oldest) if times.len() >= most => Err(window.saturating_sub(now.since(*oldest))),
            _ => {
                times.push(now);
                Ok(())
            }
        }
    }
}

/// Comments of the last minutes, per person.
#[derive(Debug, Default)]
pub(super) struct CommentLimits(Lately<UserId>);

impl CommentLimits {
    /// Counts a comment of `user`. [`PortalError::TooMany`], and nothing is counted, when they wrote too many lately.
    pub(super) fn take(&self, user: UserId, now: Time) -> Result<()> {
        self.0.take(user, COMMENTS, COMMENT_WINDOW, now).map_err(|_| {
            PortalError::TooMany(
                "You have written many comments in a short time. Wait a few minutes and send this one again.".into(),
            )
        })
    }
}

/// What was tried in the last minutes, per link.
#[derive(Debug, Default)]
pub(super) struct LinkLimits(Lately<LinkId>);

impl LinkLimits {
    /// Counts what the holder of `link` tries, whether it succeeds or not. [`PortalError::TooMany`], which says when to try
    /// again, and nothing is counted, when that was too often lately.
    pub(super) fn take(&self, link: LinkId, now: Time) -> Result<()> {
        self.0.take(link, LINK_TRIES, LINK_WINDOW, now).map_err(|wait| {
            let when = match wait.as_secs().div_ceil(60) {
                0 | 1 => String::from("a minute"),
                minutes => format!("{minutes} minutes"),
            };
            PortalError::TooMany(format!(
                "This link was used too often in a short time, so nothing was done. Try again in {when}."
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(text: &str) -> Email {
        Email::parse(text).expect("an address")
    }

    #[test]
    fn an_account_waits_after_too_many_failures_and_others_do_not() {
        let (limits, ana, ben) = (SignInLimits::default(), email("ana@x"), email("ben@x"));
        for _ in 0..PER_ACCOUNT {
            assert!(limits.check(&ana, Time(0)).is_ok());
            limits.failed(&ana, Time(0));
        }
        assert!(matches!(limits.check(&ana, Time(0)), Err(PortalError::TooMany(_))));
        assert!(limits.check(&ben, Time(0)).is_ok());
        assert!(limits.check(&ana, Time(0) + WINDOW).is_ok());
    }

    #[test]
    fn whoever_comments_too_often_waits_and_others_do_not() {
        let limits = CommentLimits::default();
        let (ana, ben) = (UserId(uuid::Uuid::nil()), UserId(uuid::Uuid::max()));
        for _ in 0..COMMENTS {
            assert!(limits.take(ana, Time(0)).is_ok());
        }
        assert!(matches!(limits.take(ana, Time(0)), Err(PortalError::TooMany(_))));
        assert!(limits.take(ben, Time(0)).is_ok());
        assert!(limits.take(ana, Time(0) + COMMENT_WINDOW).is_ok());
    }

    #[test]
    fn whoever_does_nothing_any_more_is_forgotten_once_per_window() {
        let (lately, second) = (Lately::default(), Duration::from_secs(1));
        let window = Duration::from_secs(60);
        let held = |who, at| {
            lately.take(who, 1, window, at).expect("room");
            lately.0.lock().expect("nobody panicked").done.len()
        };
        let start = Time(0) + window;
        assert_eq!((held(1, start), held(2, start + second)), (1, 2));
        assert_eq!(held(3, start + window), 2, "the first one's is over");
        assert_eq!(held(4, start + window + second), 3, "the second one's too, and nobody looks yet");
        assert_eq!(held(2, start + window + second), 3, "they have room again all the same");
        assert_eq!(held(5, start + window * 2), 3, "only the third one did nothing lately");
    }

    #[test]
    fn a_link_that_is_used_too_often_is_told_when_to_try_again_and_others_are_not() {
        let limits = LinkLimits::default();
        let (one, other) = (LinkId(uuid::Uuid::nil()), LinkId(uuid::Uuid::max()));
        let later = Time(0) + Duration::from_secs(61);
        assert!(limits.take(one, Time(0)).is_ok());
        for _ in 1..LINK_TRIES {
            assert!(limits.take(one, later).is_ok());
        }
        let refused = |now| match limits.take(one, now) {
            Err(PortalError::TooMany(why)) => why,
            other => panic!("{other:?}"),
        };
        assert!(refused(later).ends_with("Try again in 9 minutes."), "{}", refused(later));
        let almost = Time(0) + (LINK_WINDOW - Duration::from_secs(1));
        assert!(refused(almost).ends_with("Try again in a minute."), "{}", refused(almost));
        assert!(limits.take(other, later).is_ok());
        // Room for the one that is forgotten, and no more.
        assert!(limits.take(one, Time(0) + LINK_WINDOW).is_ok());
        assert!(limits.take(one, Time(0) + LINK_WINDOW).is_err());
    }

    #[test]
    fn a_success_forgets_the_failures() {
        let (limits, ana) = (SignInLimits::default(), email("ana@x"));
        (0..PER_ACCOUNT).for_each(|_| limits.failed(&ana, Time(0)));
        limits.succeeded(&ana);
        assert!(limits.check(&ana, Time(0)).is_ok());
    }
}
