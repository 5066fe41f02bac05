//! Working time, counted minute by minute.

use countersign::portal::Time;
use countersign::portal::calendar::{self, WorkingHours};
use countersign::portal::policies::{HoursDraft, HoursZone};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::generate::{DAY, Dice, Hours, hours};

/// Microseconds of a minute.
pub(super) const MINUTE: i64 = 60_000_000;

/// The moment that lies so many minutes of working time after `from`, or before it; a whole day is a working day, and so
/// are the hours of a day at most.
pub(super) fn shift(hours: Option<&Hours>, from: i64, minutes: i64) -> i64 {
    let Some(hours) = hours else { return from + minutes };
    let (days, rest) = (minutes.abs() / DAY, minutes.abs() % DAY);
    let left = days * (hours.to - hours.from) + rest.min(hours.to - hours.from);
    let moments = hours.zones.iter().map(|zone| walk(hours, zone, from, left, minutes < 0));
    let found = if minutes < 0 { moments.min() } else { moments.max() };
    found.expect("a zone")
}

/// The first working minute from there on.
pub(super) fn opening(hours: Option<&Hours>, from: i64) -> i64 {
    // Behind a minute of work lies the next moment; before that minute lies its beginning.
    hours.map_or(from, |_| shift(hours, from, 1) - 1)
}

/// Goes minute by minute until so many of them were working time.
fn walk(hours: &Hours, zone: &str, from: i64, mut left: i64, back: bool) -> i64 {
    let zone = TimeZone::get(zone).expect("a zone");
    let ahead = |hour: i64| {
        let moment = Timestamp::from_second(hour * 3_600).expect("a moment");
        i64::from(zone.to_offset(moment).seconds()) / 60
    };
    let (mut at, mut hour, mut offset) = (from, i64::MIN, 0);
    while left > 0 {
        let minute = if back { at - 1 } else { at };
        // Clocks are set at full hours of UTC only.
        if minute.div_euclid(60) != hour {
            hour = minute.div_euclid(60);
            offset = ahead(hour);
        }
        left -= i64::from(works(hours, minute + offset));
        at += if back { -1 } else { 1 };
    }
    at
}

/// Whether a minute of local time is working time.
fn works(hours: &Hours, local: i64) -> bool {
    let (day, minute) = (local.div_euclid(DAY), local.rem_euclid(DAY));
    // 1970 began on a Thursday.
    let weekday = usize::try_from((day + 3).rem_euclid(7)).expect("small");
    hours.days[weekday] && !hours.off.contains(&day) && (hours.from..hours.to).contains(&minute)
}

/// A day by its number since 1970.
pub(super) fn date(day: i64) -> Date {
    Timestamp::from_second(day * 86_400).expect("a day").to_zoned(TimeZone::UTC).date()
}

fn minute_of_day(minute: i64) -> u16 {
    u16::try_from(minute).expect("within a day")
}

impl Hours {
    /// As a policy has them, in their first zone.
    pub(super) fn draft(&self) -> HoursDraft {
        HoursDraft {
            zone: HoursZone::Fixed(self.zones[0].to_owned()),
            days: self.days,
            from_minute: minute_of_day(self.from),
            to_minute: minute_of_day(self.to),
            days_off: self.off.iter().map(|day| date(*day)).collect(),
        }
    }

    fn calendar(&self) -> WorkingHours {
        WorkingHours {
            zones: self.zones.iter().map(|zone| (*zone).to_owned()).collect(),
            days: self.days,
            from_minute: minute_of_day(self.from),
            to_minute: minute_of_day(self.to),
            days_off: self.off.iter().map(|day| date(*day)).collect(),
        }
    }
}

#[test]
fn working_time_agrees_with_a_count_of_every_minute() {
    for seed in 0..200 {
        let mut dice = Dice::of(seed);
        let first_day = 20_454 + dice.between(0, 1_000);
        let hours = hours(&mut dice, 3, first_day);
        let from = first_day * DAY + dice.between(0, 3 * DAY);
        let minutes = dice.between(1, 3 * DAY) * dice.pick(&[1, -1]);
        let expected = Time(shift(Some(&hours), from, minutes) * MINUTE);
        let found = calendar::shift(Some(&hours.calendar()), Time(from * MINUTE), minutes * 60);
        assert_eq!(found, expected, "seed {seed}: {minutes} minutes from {from} with {hours:?}");
    }
}
