//! The moments of a recurrence.

use std::sync::Arc;

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::Zoned;
use jiff::tz::TimeZone;

use super::daily;
use crate::clock::Timestamp;
use crate::model::Recurrence;

/// The shortest interval, in microseconds: what needs to be done more often is a loop and not a schedule.
const MIN_INTERVAL: i64 = MICROS;

/// A second.
const MICROS: i64 = 1_000_000;

/// Why a schedule cannot be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the schedule is not valid: {0}")]
pub struct InvalidSchedule(Arc<str>);

impl InvalidSchedule {
    pub(super) fn new(reason: impl std::fmt::Display) -> Self {
        Self(reason.to_string().into())
    }
}

/// A recurrence, ready to be asked for its moments.
#[derive(Clone, Debug)]
pub struct Calendar(Kind);

#[derive(Clone, Debug)]
enum Kind {
    /// A cron expression with `*` among seconds, minutes or hours: it follows the time that passes.
    Running {
        cron: Box<Cron>,
        zone: TimeZone,
    },
    /// A cron expression for times of day: it follows the clock on the wall.
    Daily {
        cron: Box<Cron>,
        zone: TimeZone,
    },
    Interval {
        every: i64,
        offset: i64,
    },
}

impl Calendar {
    /// Fails when the expression, the zone or the interval makes no sense.
    pub fn of(recurrence: &Recurrence) -> Result<Self, InvalidSchedule> {
        match recurrence {
            Recurrence::Cron { expression, zone } => {
                let zone = TimeZone::get(zone).map_err(InvalidSchedule::new)?;
                let parser = CronParser::builder().seconds(Seconds::Optional).year(Year::Disallowed).build();
                let parsed = parser.parse(expression);
                let cron = parsed.map_err(|error| InvalidSchedule::new(format!("{expression:?}: {error}")))?;
                let cron = Box::new(cron);
                let running = is_running(expression);
                Ok(Self(if running { Kind::Running { cron, zone } } else { Kind::Daily { cron, zone } }))
            }
            Recurrence::Interval { every, .. } if *every < MIN_INTERVAL => {
                Err(InvalidSchedule::new("an interval is at least a second"))
            }
            Recurrence::Interval { every, offset } => {
                Ok(Self(Kind::Interval { every: *every, offset: offset % every }))
            }
        }
    }

    /// The first moment after `moment`; none if there is none any more.
    pub fn after(&self, moment: Timestamp) -> Option<Timestamp> {
        match &self.0 {
            Kind::Running { cron, zone } => micros(&cron.find_next_occurrence(&zoned(moment, zone)?, false).ok()?),
            Kind::Daily { cron, zone } => daily::after(cron, zone, moment),
            Kind::Interval { every, offset } => {
                let count = (moment.as_micros() - offset).div_euclid(*every).checked_add(1)?;
                count.checked_mul(*every)?.checked_add(*offset).map(Timestamp::from_micros)
            }
        }
    }

    /// The last moment not after `moment`.
    pub fn at_or_before(&self, moment: Timestamp) -> Option<Timestamp> {
        match &self.0 {
            Kind::Running { cron, zone } => micros(&cron.find_previous_occurrence(&zoned(moment, zone)?, true).ok()?),
            Kind::Daily { cron, zone } => daily::at_or_before(cron, zone, moment),
            Kind::Interval { every, offset } => {
                let count = (moment.as_micros() - offset).div_euclid(*every);
                count.checked_mul(*every)?.checked_add(*offset).map(Timestamp::from_micros)
            }
        }
    }
}

/// Whether a cron expression names `*` among its seconds, minutes or hours: Vixie cron's rule of which jobs are not bound to
/// the clock on the wall.
fn is_running(expression: &str) -> bool {
    let fields: Vec<&str> = expression.split_whitespace().collect();
    let times = fields.len().saturating_sub(3);
    expression.trim().eq_ignore_ascii_case("@hourly") || fields.iter().take(times).any(|field| field.contains('*'))
}

/// The local time of the second in which `moment` lies: cron knows no fractions.
pub(super) fn zoned(moment: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    let second = jiff::Timestamp::from_second(moment.as_micros().div_euclid(MICROS)).ok()?;
    Some(second.to_zoned(zone.clone()))
}

fn micros(moment: &Zoned) -> Option<Timestamp> {
    Some(Timestamp::from_micros(moment.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        let moment: jiff::Timestamp = text.parse().expect("a moment of RFC 3339");
        Timestamp::from_micros(moment.as_microsecond())
    }

    fn cron(expression: &str, zone: &str) -> Calendar {
        Calendar::of(&Recurrence::cron(expression, zone)).expect("a valid expression")
    }

    /// The moments after `from`, which must also be found one by one on the way back.
    fn moments(calendar: &Calendar, from: &str, count: usize) -> Vec<String> {
        let first = calendar.after(at(from));
        let moments: Vec<_> = std::iter::successors(first, |last| calendar.after(*last)).take(count).collect();
        for pair in moments.windows(2) {
            assert_eq!(calendar.at_or_before(pair[1]), Some(pair[1]));
            assert_eq!(calendar.at_or_before(Timestamp::from_micros(pair[1].as_micros() - 1)), Some(pair[0]));
        }
        let text = |moment: &Timestamp| jiff::Timestamp::from_microsecond(moment.as_micros()).map(|m| m.to_string());
        moments.iter().map(|moment| text(moment).expect("a moment of our time")).collect()
    }

    #[test]
    fn five_fields_are_minutes_and_six_are_seconds() {
        let minutes = cron("30 8 * * MON-FRI", "Europe/Berlin");
        let expected = ["2026-01-02T07:30:00Z", "2026-01-05T07:30:00Z", "2026-01-06T07:30:00Z"];
        assert_eq!(moments(&minutes, "2026-01-01T12:00:00Z", 3), expected);
        let seconds = cron("*/20 * * * * *", "UTC");
        let expected = ["2026-01-01T00:00:20Z", "2026-01-01T00:00:40Z", "2026-01-01T00:01:00Z"];
        assert_eq!(moments(&seconds, "2026-01-01T00:00:00.5Z", 3), expected);
    }

    #[test]
    fn a_time_of_day_that_is_skipped_runs_at_the_first_moment_after() {
        // On 2026-03-29 the clocks of Berlin go from 02:00 to 03:00, which is 01:00 UTC.
        let daily = cron("30 2 * * *", "Europe/Berlin");
        let expected = ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"];
        assert_eq!(moments(&daily, "2026-03-27T12:00:00Z", 3), expected);
        let listed = cron("0 2,3,14 * * *", "Europe/Berlin");
        let expected = ["2026-03-29T01:00:00Z", "2026-03-29T12:00:00Z", "2026-03-30T00:00:00Z"];
        assert_eq!(moments(&listed, "2026-03-29T00:00:00Z", 3), expected, "two that fall together are one");
    }

    #[test]
    fn a_time_of_day_that_is_repeated_runs_once() {
        // On 2026-10-25 the clocks of Berlin go from 03:00 back to 02:00, which is 01:00 UTC.
        let daily = cron("30 2 * * *", "Europe/Berlin");
        let expected = ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"];
        assert_eq!(moments(&daily, "2026-10-23T12:00:00Z", 3), expected);
        assert_eq!(daily.at_or_before(at("2026-10-25T01:10:00Z")), Some(at("2026-10-25T00:30:00Z")));
        let listed = cron("15,45 1-3 * * *", "Europe/Berlin");
        let expected = [
            "2026-10-24T23:15:00Z",
            "2026-10-24T23:45:00Z",
            "2026-10-25T00:15:00Z",
            "2026-10-25T00:45:00Z",
            "2026-10-25T02:15:00Z",
        ];
        assert_eq!(moments(&listed, "2026-10-24T23:00:00Z", 5), expected);
    }

    #[test]
    fn what_runs_all_day_follows_the_time_that_passes() {
        let hourly = cron("30 * * * *", "Europe/Berlin");
        let forward = ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z"];
        assert_eq!(moments(&hourly, "2026-03-29T00:00:00Z", 3), forward);
        let back = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"];
        assert_eq!(moments(&hourly, "2026-10-25T00:00:00Z", 3), back);
    }

    #[test]
    fn an_interval_is_counted_from_1970_and_may_be_offset() {
        let hours = Recurrence::every(std::time::Duration::from_secs(3_600));
        let calendar = Calendar::of(&hours.clone()).expect("a valid interval");
        assert_eq!(moments(&calendar, "2026-01-01T00:00:00Z", 2), ["2026-01-01T01:00:00Z", "2026-01-01T02:00:00Z"]);
        let offset = Calendar::of(&hours.offset(std::time::Duration::from_secs(300))).expect("a valid interval");
        assert_eq!(moments(&offset, "2026-01-01T00:00:00Z", 2), ["2026-01-01T00:05:00Z", "2026-01-01T01:05:00Z"]);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (expression, zone) in
            [("60 * * * *", "UTC"), ("", "UTC"), ("0 8 * * *", "Europe/Bielefeld"), ("* * *", "UTC")]
        {
            assert!(Calendar::of(&Recurrence::cron(expression, zone)).is_err(), "{expression} in {zone}");
        }
        assert!(Calendar::of(&Recurrence::every(std::time::Duration::from_millis(999))).is_err());
        assert_eq!(cron("0 0 30 2 *", "UTC").after(at("2026-01-01T00:00:00Z")), None);
    }
}
