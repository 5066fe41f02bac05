//! How often somebody may try to sign in, and how often somebody may comment.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::clock::Time;
use super::error::{PortalError, Result};
use super::ids::UserId;
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

/// Comments of the last minutes, per person. Kept in memory: a restart forgives.
#[derive(Debug, Default)]
pub(super) struct CommentLimits {
    written: Mutex<HashMap<UserId, Vec<Time>>>,
}

impl CommentLimits {
    /// Counts a comment of `user`. [`PortalError::TooMany`], and nothing is counted, when they wrote too many lately.
    pub(super) fn take(&self, user: UserId, now: Time) -> Result<()> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.retain(|_, times| {
            times.retain(|at| now.since(*at) < COMMENT_WINDOW);
            !times.is_empty()
        });
        let times = written.entry(user).or_default();
        if times.len() >= COMMENTS {
            return Err(PortalError::TooMany(
                "You have written many comments in a short time. Wait a few minutes and send this one again.".into(),
            ));
        }
        times.push(now);
        Ok(())
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
    fn a_success_forgets_the_failures() {
        let (limits, ana) = (SignInLimits::default(), email("ana@x"));
        (0..PER_ACCOUNT).for_each(|_| limits.failed(&ana, Time(0)));
        limits.succeeded(&ana);
        assert!(limits.check(&ana, Time(0)).is_ok());
    }
}
