//! Time and fresh ids, as arguments: nothing else in the crate reads the clock or the system's randomness.

use std::fmt;
use std::future::Future;
use std::ops::{Add, Sub};
use std::pin::Pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A moment: microseconds since 1970-01-01 UTC, the one form of time in tables and events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `micros` microseconds after 1970-01-01 UTC.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01 UTC.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// The moment as RFC 3339 in UTC, such as `2026-03-01T08:00:00Z`; what lies outside of our calendar as a number.
    pub fn to_rfc3339(self) -> String {
        jiff::Timestamp::from_microsecond(self.0).map_or_else(|_| self.0.to_string(), |moment| moment.to_string())
    }

    /// The moment that RFC 3339 text names, such as `2026-03-01T08:00:00Z`. Without an offset it is meant in UTC, and a date
    /// alone is its first moment. `None` for anything else.
    ///
    /// ```
    /// use countersign_engine::Timestamp;
    ///
    /// let moment = Timestamp::parse_rfc3339("2026-03-01T09:00:00+01:00").expect("a moment");
    /// assert_eq!(moment.to_rfc3339(), "2026-03-01T08:00:00Z");
    /// assert_eq!(Timestamp::parse_rfc3339("2026-03-01"), Timestamp::parse_rfc3339("2026-03-01T00:00:00"));
    /// assert_eq!(Timestamp::parse_rfc3339("soon"), None);
    /// ```
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let in_utc = |moment: jiff::civil::DateTime| Some(moment.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp());
        let moment = text.parse::<jiff::Timestamp>().ok().or_else(|| in_utc(text.parse().ok()?))?;
        Some(Self(moment.as_microsecond()))
    }

    /// How long after `earlier` this moment is; zero if it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}µs", self.0)
    }
}

/// A future that a [`Clock`] gives to those who wait for a moment.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where the runtime takes time and fresh ids from.
///
/// [`SystemClock`] is the real one; tests use `testing::ManualClock`, which moves only when told.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// Completes at `moment` or after it, never before.
    fn sleep_until(&self, moment: Timestamp) -> Sleep;

    /// A fresh id that sorts after those given before it (UUIDv7).
    fn new_id(&self) -> Uuid;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else is given")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the sleep that everybody else is given")]
    fn sleep_until(&self, moment: Timestamp) -> Sleep {
        let clock = *self;
        Box::pin(async move {
            // Tokio's clock and the wall clock may drift apart (suspend, time set by hand), so the wall clock decides.
            while clock.now() < moment {
                let left = moment.since(clock.now()).min(Duration::from_secs(60));
                tokio::time::sleep(left.max(Duration::from_millis(1))).await;
            }
        })
    }

    fn new_id(&self) -> Uuid {
        Uuid::now_v7()
    }
}
