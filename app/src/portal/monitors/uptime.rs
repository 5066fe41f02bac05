//! How many checks a service passed.

use std::time::Duration;

use crate::portal::clock::Time;

/// How checks are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// By the hour.
    Hour,
    /// By the day, in UTC.
    Day,
}

impl Bucket {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Hour, Self::Day];

    /// Its length.
    pub const fn length(self) -> Duration {
        match self {
            Self::Hour => Duration::from_secs(3_600),
            Self::Day => Duration::from_secs(86_400),
        }
    }

    /// How many of them are kept.
    pub const fn kept(self) -> u32 {
        match self {
            Self::Hour => 48,
            Self::Day => 90,
        }
    }

    /// When the bucket begins that `at` belongs to.
    pub fn beginning(self, at: Time) -> Time {
        let length = i64::try_from(self.length().as_micros()).unwrap_or(i64::MAX);
        Time(at.micros() - at.micros().rem_euclid(length))
    }

    /// When the oldest bucket begins, if `count` of them end with the one of `at`.
    pub fn first_of(self, count: u32, at: Time) -> Time {
        self.beginning(at) - self.length() * count.saturating_sub(1)
    }
}

/// From when on checks count for the two uptimes that pages show. Both begin with a whole bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// The last 24 hours: buckets of an hour from here on.
    pub day: Time,
    /// The last 30 days: buckets of a day from here on.
    pub month: Time,
}

impl Windows {
    /// The windows that end at `now`.
    pub fn until(now: Time) -> Self {
        Self { day: Bucket::Hour.first_of(24, now), month: Bucket::Day.first_of(30, now) }
    }
}

/// How many checks there were in a window, and how many of them failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uptime {
    /// Checks.
    pub checks: u64,
    /// Those that failed.
    pub failed: u64,
}

impl Uptime {
    /// The share that passed, in hundredths of a percent, rounded down so that 100 % means all; `None` without checks.
    pub fn share(self) -> Option<u32> {
        let passed = self.checks.saturating_sub(self.failed);
        let share = passed.saturating_mul(10_000).checked_div(self.checks)?;
        u32::try_from(share).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_begins_with_a_whole_bucket_and_ends_with_the_present_one() {
        // 2026-11-22 08:06:35 UTC.
        let now = Time(1_795_334_795_000_000);
        let windows = Windows::until(now);
        assert_eq!(windows.day, Time(1_795_251_600_000_000), "09:00 of the day before");
        assert_eq!(windows.month, Time(1_792_800_000_000_000), "midnight 29 days before");
        assert_eq!(Bucket::Day.beginning(windows.month), windows.month);
    }

    #[test]
    fn a_hundred_percent_means_that_nothing_failed() {
        assert_eq!(Uptime::default().share(), None);
        assert_eq!(Uptime { checks: 8_640, failed: 0 }.share(), Some(10_000));
        assert_eq!(Uptime { checks: 100_000, failed: 1 }.share(), Some(9_999));
        assert_eq!(Uptime { checks: 3, failed: 1 }.share(), Some(6_666));
        assert_eq!(Uptime { checks: 2, failed: 2 }.share(), Some(0));
    }
}
