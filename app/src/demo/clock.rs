//! The time of the demo: a clock that is moved by hand, and a calendar that counts working days back from today.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use countersign_engine::Timestamp as EngineTime;
use countersign_engine::clock::{Clock as EngineClock, Sleep};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use tokio::sync::watch;
use uuid::{Builder, Uuid};

use super::error::DemoError;
use crate::auth::SystemClock;
use crate::portal::{Clock, Time};

/// Where the people of the demo have their office.
const OFFICE: &str = "Europe/Berlin";

/// Where the numbers begin by which moments differ a little: the same in every run.
const SEED: u64 = 2_026;

/// A clock that moves only when told, for the portal and its engine at once. Ids carry its time, so that they sort by it;
/// secrets come from the system. Clones share the time.
#[derive(Clone, Debug)]
pub struct DemoClock {
    now: Arc<watch::Sender<Time>>,
    ids: Arc<AtomicU32>,
    dice: Arc<AtomicU64>,
}

impl DemoClock {
    /// A clock that stands at `start`.
    pub fn starting_at(start: Time) -> Self {
        Self { now: Arc::new(watch::Sender::new(start)), ids: Arc::default(), dice: Arc::new(AtomicU64::new(SEED)) }
    }

    /// Moves to `moment`, unless it is past already, and wakes those who waited for it.
    pub(super) fn advance_to(&self, moment: Time) {
        self.now.send_modify(|now| *now = moment.max(*now));
    }

    /// Lets some milliseconds pass, as many as the dice say.
    pub(super) fn spend(&self, millis: RangeInclusive<u64>) {
        let width = millis.end().saturating_sub(*millis.start()).saturating_add(1);
        let spent = Duration::from_millis(millis.start() + self.roll() % width);
        self.now.send_modify(|now| *now = *now + spent);
    }

    /// The present moment.
    pub(super) fn time(&self) -> Time {
        *self.now.borrow()
    }

    /// The next number of the series (SplitMix64).
    fn roll(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut mixed = self.dice.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Time, then a count, then the system's randomness.
    fn fresh_id(&self) -> Uuid {
        let millis = u64::try_from(self.time().micros() / 1_000).unwrap_or(0);
        let count = self.ids.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let secret = SystemClock.random();
        let mut rest = [0; 10];
        rest[2..6].copy_from_slice(&count);
        rest[6..].copy_from_slice(&secret[..4]);
        Builder::from_unix_timestamp_millis(millis, &rest).into_uuid()
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Time {
        self.time()
    }

    fn new_id(&self) -> Uuid {
        self.fresh_id()
    }

    fn random(&self) -> [u8; 16] {
        SystemClock.random()
    }
}

impl EngineClock for DemoClock {
    fn now(&self) -> EngineTime {
        EngineTime::from_micros(self.time().micros())
    }

    fn sleep_until(&self, moment: EngineTime) -> Sleep {
        let mut now = self.now.subscribe();
        Box::pin(async move {
            // The sender lives as long as any clock; when all are gone nobody waits for the time any more.
            let _ = now.wait_for(|now| now.micros() >= moment.as_micros()).await;
        })
    }

    fn new_id(&self) -> Uuid {
        self.fresh_id()
    }
}

/// A moment on the office's clock, so many working days before today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct When {
    /// The working day: 1 is the last one before today.
    pub(super) day: u32,
    /// The hour.
    pub(super) hour: i8,
    /// The minute.
    pub(super) minute: i8,
}

/// That time of the working day so many before today.
pub(super) const fn on(day: u32, hour: i8, minute: i8) -> When {
    When { day, hour, minute }
}

/// The office's calendar, seen from today.
#[derive(Clone, Debug)]
pub struct Calendar {
    today: Date,
    zone: TimeZone,
}

impl Calendar {
    /// The calendar on which `present` is today.
    pub fn of(present: Time) -> Result<Self, DemoError> {
        let zone = TimeZone::get(OFFICE)?;
        let today = Timestamp::from_microsecond(present.micros())?.to_zoned(zone.clone()).date();
        Ok(Self { today, zone })
    }

    /// When the story begins.
    pub fn beginning(&self) -> Result<Time, DemoError> {
        self.moment(on(22, 8, 0))
    }

    /// That moment. It has passed: the last working day before today is over.
    pub(super) fn moment(&self, when: When) -> Result<Time, DemoError> {
        let at = self.working_day(when.day)?.at(when.hour, when.minute, 0, 0);
        let moment = self.zone.to_ambiguous_timestamp(at).compatible()?;
        Ok(Time(moment.as_microsecond()))
    }

    /// The date of a working day, so many before today.
    pub(super) fn working_day(&self, back: u32) -> Result<Date, DemoError> {
        let (mut date, mut left) = (self.today, back);
        while left > 0 {
            date = date.yesterday()?;
            if !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
                left -= 1;
            }
        }
        Ok(date)
    }

    /// The date so many days after today, whatever day of the week that is.
    pub(super) fn ahead(&self, days: i64) -> Result<Date, DemoError> {
        Ok(self.today.checked_add(Span::new().days(days))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday 23 November 2026, 08:00 in Berlin.
    const MONDAY: Time = Time(1_795_417_200_000_000);

    #[test]
    fn working_days_are_counted_back_over_the_weekend() {
        let calendar = Calendar::of(MONDAY).expect("a calendar");
        let date = |back| calendar.working_day(back).expect("a date").to_string();
        assert_eq!((date(0), date(1), date(5)), ("2026-11-23".into(), "2026-11-20".into(), "2026-11-16".into()));
        let moment = calendar.moment(on(1, 8, 0)).expect("a moment");
        assert_eq!(moment, MONDAY - Duration::from_secs(3 * 86_400));
    }

    #[test]
    fn ids_sort_by_the_time_of_the_demo_and_within_a_moment_by_their_order() {
        let clock = DemoClock::starting_at(MONDAY);
        let mut ids: Vec<_> = (0..300).map(|_| clock.fresh_id()).collect();
        clock.spend(1..=1);
        ids.push(clock.fresh_id());
        assert!(ids.is_sorted());
        assert!(ids.iter().all(|id| *id < DemoClock::starting_at(MONDAY + Duration::from_secs(1)).fresh_id()));
    }

    #[test]
    fn time_passes_alike_in_every_run_and_never_back() {
        let walk = || {
            let clock = DemoClock::starting_at(MONDAY);
            (0..20).for_each(|_| clock.spend(3..=40));
            clock.advance_to(MONDAY);
            clock.time()
        };
        let spent = walk().since(MONDAY).as_millis();
        assert_eq!(walk().since(MONDAY).as_millis(), spent);
        assert!((60..=800).contains(&spent), "{spent}");
    }
}
