//! Working hours: when a deadline's clock runs.
//!
//! Outside working hours the clock stands still. A day of a policy is then one working day: "2 days" from Friday 15:00 is
//! Tuesday 15:00, whatever lies between. Hours count one by one up to a working day, so that what is longer never ends earlier. Zones and the days on which clocks are set come from the tz database.

use std::time::Duration;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::clock::Time;

/// Seconds of a day.
const DAY: i64 = 86_400;
/// The most days that are looked through for working time; a calendar that has none in that time counts around the clock.
const MAX_DAYS: usize = 5 * 366;

/// When a deadline's clock runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingHours {
    /// Names of the tz database. With several of them a deadline is the latest of theirs, and what comes before it the
    /// earliest: nobody has less time than the policy gives.
    pub zones: Vec<String>,
    /// Which days, Monday first.
    pub days: [bool; 7],
    /// Minutes after midnight at which the clock starts.
    pub from_minute: u16,
    /// Minutes after midnight at which it stops; later than `from_minute`, at most 1,440.
    pub to_minute: u16,
    /// Days off, whatever their weekday.
    pub days_off: Vec<Date>,
}

/// Whether the tz database knows a zone of that name.
pub fn is_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

/// The moment that lies `seconds` of working time after `from`, or before it when negative; without hours every moment counts.
pub fn shift(hours: Option<&WorkingHours>, from: Time, seconds: i64) -> Time {
    let Some(hours) = hours else { return plain(from, seconds) };
    let moments = hours.zones.iter().map(|zone| hours.shift_in(zone, from, seconds));
    let found = if seconds < 0 { moments.min() } else { moments.max() };
    found.unwrap_or_else(|| plain(from, seconds))
}

fn plain(from: Time, seconds: i64) -> Time {
    let span = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { from - span } else { from + span }
}

impl WorkingHours {
    /// Seconds of one working day.
    fn day(&self) -> i64 {
        i64::from(self.to_minute.saturating_sub(self.from_minute)) * 60
    }

    /// In seconds of working time: whole days are working days, the rest counts second by second and is one at most.
    fn working(&self, seconds: i64) -> i64 {
        let (days, rest) = (seconds / DAY, seconds % DAY);
        days * self.day() + rest.min(self.day())
    }

    fn shift_in(&self, zone: &str, from: Time, seconds: i64) -> Time {
        let Ok(zone) = TimeZone::get(zone) else { return plain(from, seconds) };
        let Ok(start) = Timestamp::from_microsecond(from.micros()) else { return plain(from, seconds) };
        let start = start.to_zoned(zone);
        let left = self.working(seconds.abs());
        let found = if seconds < 0 { self.backward(&start, left) } else { self.forward(&start, left) };
        found.map_or_else(|| plain(from, seconds), |moment| Time(moment.as_microsecond()))
    }

    /// The first moment with so much working time behind it since `start`.
    fn forward(&self, start: &Zoned, mut left: i64) -> Option<Timestamp> {
        let mut date = start.date();
        for _ in 0..MAX_DAYS {
            if let Some((opens, closes)) = self.open_on(date, start.time_zone()) {
                let begin = opens.max(start.timestamp());
                let here = closes.as_second() - begin.as_second();
                if here > 0 && left <= here {
                    return begin.checked_add(jiff::SignedDuration::from_secs(left)).ok();
                }
                left -= here.max(0);
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    /// The last moment with so much working time ahead of it until `start`.
    fn backward(&self, start: &Zoned, mut left: i64) -> Option<Timestamp> {
        let mut date = start.date();
        for _ in 0..MAX_DAYS {
            if let Some((opens, closes)) = self.open_on(date, start.time_zone()) {
                let end = closes.min(start.timestamp());
                let here = end.as_second() - opens.as_second();
                if here > 0 && left <= here {
                    return end.checked_sub(jiff::SignedDuration::from_secs(left)).ok();
                }
                left -= here.max(0);
            }
            date = date.yesterday().ok()?;
        }
        None
    }

    /// From when to when the clock runs on a day.
    fn open_on(&self, date: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let works = self.days.get(index(date.weekday())).copied().unwrap_or(false) && !self.days_off.contains(&date);
        if !works || self.from_minute >= self.to_minute {
            return None;
        }
        Some((moment(date, self.from_minute, zone)?, moment(date, self.to_minute, zone)?))
    }
}

/// A minute of a local day; one that the clocks leave out is the next one that there is.
fn moment(date: Date, minute: u16, zone: &TimeZone) -> Option<Timestamp> {
    let (date, minute) = if minute >= 1_440 { (date.tomorrow().ok()?, 0) } else { (date, minute) };
    let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
    zone.to_ambiguous_timestamp(date.at(hour, minute, 0, 0)).compatible().ok()
}

fn index(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn office(zones: &[&str]) -> WorkingHours {
        WorkingHours {
            zones: zones.iter().map(|zone| (*zone).to_owned()).collect(),
            days: [true, true, true, true, true, false, false],
            from_minute: 9 * 60,
            to_minute: 17 * 60,
            days_off: vec![jiff::civil::date(2026, 12, 25)],
        }
    }

    fn at(text: &str) -> Time {
        Time(text.parse::<Zoned>().expect("a moment with its zone").timestamp().as_microsecond())
    }

    #[test]
    fn without_hours_every_moment_counts() {
        assert_eq!(shift(None, Time(0), 90), Time(90_000_000));
        assert_eq!(shift(None, Time(0), -90), Time(-90_000_000));
    }

    #[test]
    fn a_day_is_a_working_day_and_the_rest_counts_by_the_hour() {
        let table = [
            ("2026-11-20T15:00[Europe/Berlin]", 2 * DAY, "2026-11-24T15:00[Europe/Berlin]"),
            ("2026-11-20T16:00[Europe/Berlin]", 2 * 3_600, "2026-11-23T10:00[Europe/Berlin]"),
            ("2026-11-23T10:00[Europe/Berlin]", 23 * 3_600, "2026-11-24T10:00[Europe/Berlin]"),
            ("2026-11-22T02:00[Europe/Berlin]", 0, "2026-11-23T09:00[Europe/Berlin]"),
            ("2026-11-21T12:00[Europe/Berlin]", DAY, "2026-11-23T17:00[Europe/Berlin]"),
            ("2026-12-24T12:00[Europe/Berlin]", DAY, "2026-12-28T12:00[Europe/Berlin]"),
            ("2026-11-24T15:00[Europe/Berlin]", -2 * DAY, "2026-11-20T15:00[Europe/Berlin]"),
            ("2026-11-22T12:00[Europe/Berlin]", -3_600, "2026-11-20T16:00[Europe/Berlin]"),
        ];
        for (from, seconds, to) in table {
            assert_eq!(shift(Some(&office(&["Europe/Berlin"])), at(from), seconds), at(to), "{seconds} s from {from}");
        }
    }

    #[test]
    fn a_day_keeps_its_hour_when_the_clocks_are_set() {
        let moved = shift(Some(&office(&["Europe/Berlin"])), at("2026-10-23T10:00[Europe/Berlin]"), DAY);
        assert_eq!(moved, at("2026-10-26T10:00[Europe/Berlin]"));
    }

    #[test]
    fn of_several_zones_the_latest_sets_the_deadline_and_the_earliest_what_comes_before() {
        let both = office(&["Europe/Berlin", "America/New_York"]);
        let from = at("2026-11-23T09:00[Europe/Berlin]");
        assert_eq!(shift(Some(&both), from, 3_600), at("2026-11-23T10:00[America/New_York]"));
        let due = at("2026-11-23T12:00[America/New_York]");
        assert_eq!(
            shift(Some(&both), due, -3_600),
            at("2026-11-23T11:00[America/New_York]").min(at("2026-11-23T16:00[Europe/Berlin]"))
        );
    }

    #[test]
    fn hours_that_never_come_count_around_the_clock() {
        let never = WorkingHours { days: [false; 7], ..office(&["UTC"]) };
        assert_eq!(shift(Some(&never), Time(0), 60), Time(60_000_000));
        assert!(is_zone("Europe/Berlin") && !is_zone("Mars/Olympus"));
    }
}
