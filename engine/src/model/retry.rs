//! When failed work is tried again.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::failure::Failure;

/// Decides whether a failure is worth another try: the failure, and which try (from 1) it ended.
type Decision = Arc<dyn Fn(&Failure, u32) -> bool + Send + Sync>;

/// How often and after which pauses a failed activity or child is tried again. The pauses are durable timers in the
/// history, so a retry survives any crash. The fields and defaults are those of the Durable Task framework.
#[derive(Clone)]
pub struct RetryPolicy {
    first_interval: Duration,
    max_attempts: u32,
    backoff_coefficient: f64,
    max_interval: Duration,
    timeout: Option<Duration>,
    jitter: f64,
    non_retriable_kinds: Vec<String>,
    decision: Option<Decision>,
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
            jitter: 0.0,
            non_retriable_kinds: Vec::new(),
            decision: None,
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

    /// Shortens each pause by a random part of it, at most `fraction` (0 to 1), so that what failed together does not come
    /// back together. The part derives from the execution's seed: a replay finds the same.
    #[must_use]
    pub fn jitter(mut self, fraction: f64) -> Self {
        self.jitter = fraction.clamp(0.0, 1.0);
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

    /// Tries again only after failures for which `decision` says so; it is given the failure and which try (from 1) it ended.
    /// The other rules of the policy hold beside it: what they refuse it is not asked about.
    ///
    /// It runs inside the orchestration, on replay too, so it must depend on nothing but its arguments.
    #[must_use]
    pub fn retry_if(mut self, decision: impl Fn(&Failure, u32) -> bool + Send + Sync + 'static) -> Self {
        self.decision = Some(Arc::new(decision));
        self
    }

    /// The pause before the next try, or `None` when `attempt` (from 1), which ended with `failure` and `elapsed` after the
    /// first one began, was the last. `random` (0 to 1) is what the jitter is taken from.
    pub fn next_delay(&self, attempt: u32, elapsed: Duration, failure: &Failure, random: f64) -> Option<Duration> {
        if attempt >= self.max_attempts || !self.allows(failure, attempt) {
            return None;
        }
        let longest = self.longest_delay(attempt).min(self.max_interval);
        let delay = if self.jitter > 0.0 {
            let factor = 1.0 - self.jitter * random.clamp(0.0, 1.0);
            Duration::try_from_secs_f64(longest.as_secs_f64() * factor).unwrap_or(longest)
        } else {
            longest
        };
        match self.timeout {
            Some(timeout) if elapsed.saturating_add(delay) > timeout => None,
            _ => Some(delay),
        }
    }

    /// The pause after `attempt`, before its bounds. No pause stays none, however often it is multiplied, and one that is longer
    /// than can be said is the longest that can.
    fn longest_delay(&self, attempt: u32) -> Duration {
        if self.first_interval.is_zero() {
            return Duration::ZERO;
        }
        let exponent = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
        let seconds = self.first_interval.as_secs_f64() * self.backoff_coefficient.powi(exponent);
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }

    fn allows(&self, failure: &Failure, attempt: u32) -> bool {
        !failure.non_retriable
            && !self.non_retriable_kinds.contains(&failure.kind)
            && self.decision.as_ref().is_none_or(|decision| decision(failure, attempt))
    }
}

impl fmt::Debug for RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("first_interval", &self.first_interval)
            .field("max_attempts", &self.max_attempts)
            .field("backoff_coefficient", &self.backoff_coefficient)
            .field("max_interval", &self.max_interval)
            .field("timeout", &self.timeout)
            .field("jitter", &self.jitter)
            .field("non_retriable_kinds", &self.non_retriable_kinds)
            .finish_non_exhaustive()
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
            (1..=5).map(|n| policy.next_delay(n, Duration::ZERO, &failure(), 0.5).map(|d| d.as_secs())).collect();
        assert_eq!(delays, [Some(1), Some(2), Some(3), Some(3), None]);
    }

    #[test]
    fn pauses_neither_overflow_nor_come_out_of_nothing() {
        let next = |policy: &RetryPolicy| policy.next_delay(5_000, Duration::ZERO, &failure(), 0.0);
        for jitter in [0.0, 0.1] {
            let policy = RetryPolicy::exponential(Duration::from_secs(1), u32::MAX).jitter(jitter);
            assert_eq!(next(&policy), Some(Duration::MAX), "{jitter}");
            assert_eq!(next(&policy.max_interval(Duration::from_secs(60))), Some(Duration::from_secs(60)), "{jitter}");
            let at_once = RetryPolicy::exponential(Duration::ZERO, u32::MAX).jitter(jitter);
            assert_eq!(next(&at_once), Some(Duration::ZERO), "{jitter}");
        }
    }

    #[test]
    fn no_try_begins_after_the_timeout() {
        let policy = RetryPolicy::fixed(Duration::from_secs(10), 100).timeout(Duration::from_secs(25));
        assert_eq!(policy.next_delay(2, Duration::from_secs(15), &failure(), 0.5), Some(Duration::from_secs(10)));
        assert_eq!(policy.next_delay(3, Duration::from_secs(16), &failure(), 0.5), None);
    }

    #[test]
    fn a_non_retriable_failure_is_not_tried_again() {
        let policy = RetryPolicy::fixed(Duration::from_secs(1), 9).never_for("Declined");
        assert_eq!(policy.next_delay(1, Duration::ZERO, &failure().non_retriable(), 0.5), None);
        assert_eq!(policy.next_delay(1, Duration::ZERO, &Failure::new("Declined", "no"), 0.5), None);
    }
    #[test]
    fn jitter_shortens_a_pause_by_its_part_at_most() {
        let policy = RetryPolicy::fixed(Duration::from_secs(10), 9).jitter(0.5);
        let delays = [0.0, 0.5, 1.0].map(|random| policy.next_delay(1, Duration::ZERO, &failure(), random));
        assert_eq!(delays, [10_000, 7_500, 5_000].map(|millis| Some(Duration::from_millis(millis))));
    }

    #[test]
    fn a_decision_is_asked_about_what_the_other_rules_allow() {
        let policy = RetryPolicy::fixed(Duration::from_secs(1), 4).retry_if(|failure, attempt| {
            assert!(!failure.non_retriable, "it is asked about what is settled");
            failure.kind == "Busy" && attempt != 2
        });
        let next = |attempt, failure: &Failure| policy.next_delay(attempt, Duration::ZERO, failure, 0.5).is_some();
        assert_eq!([1, 2, 3, 4].map(|attempt| next(attempt, &failure())), [true, false, true, false]);
        assert!(!next(1, &Failure::new("Declined", "no")));
        assert!(!next(1, &failure().non_retriable()));
    }
}
