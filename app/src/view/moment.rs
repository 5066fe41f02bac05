//! Points in time, ready to be shown.

use serde::{Deserialize, Serialize};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

/// What the clocks of a place show at one moment, seen from UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WallClock {
    /// By how many seconds they are ahead of UTC.
    pub ahead: i64,
    /// What that time is called, such as `CET`.
    pub abbreviation: String,
}

impl WallClock {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self { ahead: 0, abbreviation: "UTC".to_owned() }
    }
}

/// A point in time with every text a page needs for it. Build it with [`Moment::on`] or [`Moment::at`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Microseconds since 1970-01-01 UTC.
    pub micros: i64,
    /// Machine-readable, for `<time datetime>`: `2026-11-22T08:06:35Z`.
    pub iso: String,
    /// Short and absolute: `22 Nov 2026, 08:06 UTC`.
    pub text: String,
    /// Long and absolute: `Sunday 22 November 2026, 08:06:35 UTC`.
    pub full: String,
    /// Seen from the moment the page was made: `in 2 days`, `3 hours ago`.
    pub relative: String,
}

impl Moment {
    /// The texts of the instant `micros`, seen from `now`; both are microseconds since 1970 UTC. Texts are in UTC.
    #[must_use]
    pub fn at(micros: i64, now: i64) -> Self {
        Self::on(micros, now, &WallClock::utc())
    }

    /// The same with the texts for people as `clock` shows the time; it is the one of that instant.
    #[must_use]
    pub fn on(micros: i64, now: i64, clock: &WallClock) -> Self {
        let seconds = micros.div_euclid(SECOND);
        let (utc, local) = (Civil::of(seconds), Civil::of(seconds.saturating_add(clock.ahead)));
        let Civil { year, month, day, hour, minute, second, .. } = local;
        let name = usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
        let weekday =
            usize::try_from(local.weekday).ok().and_then(|day| WEEKDAYS.get(day)).copied().unwrap_or_default();
        let (short, zone) = (name.get(..3).unwrap_or(name), &clock.abbreviation);
        Self {
            micros,
            iso: utc.iso(),
            text: format!("{day} {short} {year}, {hour:02}:{minute:02} {zone}"),
            full: format!("{weekday} {day} {name} {year}, {hour:02}:{minute:02}:{second:02} {zone}"),
            relative: relative(micros.saturating_sub(now) / SECOND),
        }
    }
}

/// A date of the Gregorian calendar with a time of day.
struct Civil {
    year: i64,
    /// From 1.
    month: i64,
    day: i64,
    /// From Thursday, which 1970 began with.
    weekday: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Civil {
    fn of(seconds: i64) -> Self {
        let (days, in_day) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let (year, month, day) = civil(days);
        let (hour, minute, second) = (in_day / 3600, in_day / 60 % 60, in_day % 60);
        Self { year, month, day, weekday: days.rem_euclid(7), hour, minute, second }
    }

    fn iso(&self) -> String {
        let Self { year, month, day, hour, minute, second, .. } = self;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// A moment by which something must have happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// When.
    pub at: Moment,
    /// How near that is.
    pub urgency: Urgency,
}

impl Due {
    /// A due time of `micros` seen from `now`: [`Urgency::Soon`] under 24 hours, [`Urgency::Past`] from then on.
    #[must_use]
    pub fn at(micros: i64, now: i64) -> Self {
        Self::on(micros, now, &WallClock::utc())
    }

    /// The same with the texts for people as `clock` shows the time.
    #[must_use]
    pub fn on(micros: i64, now: i64, clock: &WallClock) -> Self {
        let left = micros.saturating_sub(now);
        let urgency = match left {
            ..=0 => Urgency::Past,
            left if left < DAY * SECOND => Urgency::Soon,
            _ => Urgency::Calm,
        };
        Self { at: Moment::on(micros, now, clock), urgency }
    }
}

/// How near a due time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Urgency {
    /// More than a day away.
    Calm,
    /// Less than a day away: shown in red.
    Soon,
    /// Over.
    Past,
}

impl Urgency {
    /// The value of `data-urgency`, which styles read.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Soon => "soon",
            Self::Past => "past",
        }
    }
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A second.
    Second,
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day.
    Day,
}

/// A length of time in its largest fitting unit, rounded. Never negative.
#[must_use]
pub fn in_largest_unit(seconds: i64) -> (i64, Unit) {
    let seconds = seconds.max(0);
    match seconds {
        0..=59 => (seconds, Unit::Second),
        60..=3_569 => ((seconds + 30) / 60, Unit::Minute),
        3_570..=127_799 => ((seconds + 1_800) / 3_600, Unit::Hour),
        _ => ((seconds + DAY / 2) / DAY, Unit::Day),
    }
}

/// A length of time in words, in its largest fitting unit: `45 seconds`, `2 hours`, `3 days`. Never negative.
#[must_use]
pub fn span_in_words(seconds: i64) -> String {
    let (number, unit) = in_largest_unit(seconds);
    let unit = match unit {
        Unit::Second => "second",
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

fn relative(seconds: i64) -> String {
    match seconds {
        -44..=44 => "just now".to_owned(),
        45.. => format!("in {}", span_in_words(seconds)),
        _ => format!("{} ago", span_in_words(-seconds)),
    }
}

/// Year, month (1 to 12) and day of the Gregorian calendar for a number of days since 1970-01-01
/// (Howard Hinnant's algorithm: years start in March, so that the leap day comes last).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_short_long_and_for_machines() {
        let moment = Moment::at(1_795_334_795_000_000, 1_795_334_795_000_000);
        assert_eq!(moment.iso, "2026-11-22T08:06:35Z");
        assert_eq!(moment.text, "22 Nov 2026, 08:06 UTC");
        assert_eq!(moment.full, "Sunday 22 November 2026, 08:06:35 UTC");
        assert_eq!(moment.relative, "just now");
    }

    #[test]
    fn the_leap_day_and_the_time_before_1970_are_right() {
        assert_eq!(Moment::at(951_782_400 * SECOND, 0).iso, "2000-02-29T00:00:00Z");
        assert_eq!(Moment::at(-SECOND, 0).iso, "1969-12-31T23:59:59Z");
    }

    #[test]
    fn a_due_time_under_a_day_away_is_soon_and_afterwards_past() {
        assert_eq!(Due::at(2 * DAY * SECOND, 0).urgency, Urgency::Calm);
        assert_eq!(Due::at(DAY * SECOND - 1, 0).urgency, Urgency::Soon);
        assert_eq!(Due::at(0, 0).urgency, Urgency::Past);
    }

    #[test]
    fn a_place_has_its_own_clock_and_machines_have_one() {
        let clock = |ahead, abbreviation: &str| WallClock { ahead, abbreviation: abbreviation.to_owned() };
        let at = |clock| Moment::on(1_795_334_795_000_000, 1_795_334_795_000_000, &clock);
        let (tokyo, far_west) = (at(clock(32_400, "JST")), at(clock(-39_600, "UTC-11")));
        assert_eq!(tokyo.full, "Sunday 22 November 2026, 17:06:35 JST");
        assert_eq!(far_west.full, "Saturday 21 November 2026, 21:06:35 UTC-11");
        assert_eq!((tokyo.iso.as_str(), far_west.iso.as_str()), ("2026-11-22T08:06:35Z", "2026-11-22T08:06:35Z"));
    }

    #[test]
    fn lengths_of_time_read_as_people_say_them() {
        assert_eq!(span_in_words(1), "1 second");
        assert_eq!(span_in_words(120), "2 minutes");
        assert_eq!(span_in_words(3_599), "1 hour");
        assert_eq!(span_in_words(3 * 3_600), "3 hours");
        assert_eq!(span_in_words(2 * DAY), "2 days");
    }
}
