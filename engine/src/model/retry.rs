//! When failed work is tried again.

use std::time::Duration;

use super::failure::Failure;

/// How often and after which pauses a failed activity or child is tried again. The pauses are durable timers in the
/// history, so a retry survives any crash. The fields and defaults are those of the Durable Task framework.
#[derive(Clone, Debug, PartialEq)]
pub struct RetryPolicy {
    first_interval: Duration,
    max_attempts: u32,
    backoff_coefficient: f64,
    max_interval: Duration,
    timeout: Option<Duration>,
    non_retriable_kinds: Vec<String>,
}

impl RetryPolicy {
    /// At most `max_attempts` tries (at least one), each `interval` after the failure before it.
    pub fn fixed(interval: Duration, max_attempts: u32) -> Self {
        Self {
            first_interval: interval,
            max_attempts: max_attempts.max(1),
            backoff_coefficient: 1.0,
            max_interval: Duration::MAX,
            timeout: None,
            non_retriable_kinds: Vec::new(),
        }
    }

    /// At most `max_attempts` tries, the pause doubling from `first_interval` on.
    pub fn exponential(first_interval: Duration, max_attempts: u32) -> Self {
        Self { backoff_coefficient: 2.0, ..Self::fixed(first_interval, max_attempts) }
    }

    /// The factor from one pause to the next, at least 1.
    #[must_use]
    pub fn backoff_coefficient(mut self, coefficient: f64) -> Self {
        self.backoff_coefficient = coefficient.max(1.0);
        self
    }

    /// The longest pause.
    #[must_use]
    pub fn max_interval(mut self, interval: Duration) -> Self {
        self.max_interval = interval;
        self
    }

    /// No try begins later than this after the first one began.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Failures of this kind are not tried again.
    #[must_use]
    pub fn never_for(mut self, kind: impl Into<String>) -> Self {
        self.non_retriable_kinds.push(kind.into());
        self
    }

    /// The pause before the next try, or `None` when `attempt` (from 1), which began its series `elapsed` ago and ended
    /// with `failure`, was the last.
    pub fn next_delay(&self, attempt: u32, elapsed: Duration, failure: &Failure) -> Option<Duration> {
        if failure.non_retriable || self.non_retriable_kinds.contains(&failure.kind) || attempt >= self.max_attempts {
            return None;
        }
        let exponent = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
        let seconds = self.first_interval.as_secs_f64() * self.backoff_coefficient.powi(exponent);
        let delay = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX).min(self.max_interval);
        match self.timeout {
            Some(timeout) if elapsed.saturating_add(delay) > timeout => None,
            _ => Some(delay),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure() -> Failure {
        Failure::new("Busy", "try later")
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let policy = RetryPolicy::exponential(Duration::from_secs(1), 5).max_interval(Duration::from_secs(3));
        let delays: Vec<_> =
            (1..=5).map(|n| policy.next_delay(n, Duration::ZERO, &failure()).map(|d| d.as_secs())).collect();
        assert_eq!(delays, [Some(1), Some(2), Some(3), Some(3), None]);
    }

    #[test]
    fn no_try_begins_after_the_timeout() {
        let policy = RetryPolicy::fixed(Duration::from_secs(10), 100).timeout(Duration::from_secs(25));
        assert_eq!(policy.next_delay(2, Duration::from_secs(15), &failure()), Some(Duration::from_secs(10)));
        assert_eq!(policy.next_delay(3, Duration::from_secs(16), &failure()), None);
    }

    #[test]
    fn a_non_retriable_failure_is_not_tried_again() {
        let policy = RetryPolicy::fixed(Duration::from_secs(1), 9).never_for("Declined");
        assert_eq!(policy.next_delay(1, Duration::ZERO, &failure().non_retriable()), None);
        assert_eq!(policy.next_delay(1, Duration::ZERO, &Failure::new("Declined", "no")), None);
    }
}
