//! When a digest is due: the arithmetic of mornings.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::portal::clock::Time;
use crate::portal::ids::UserId;
use crate::portal::zone::Zone;

/// The hour of the reader's day.
const HOUR: i8 = 8;
const DAY: Duration = Duration::from_secs(86_400);
/// How late a digest may be. One that would come later, because the portal was down, is left to the next morning.
const LATEST: Duration = Duration::from_secs(12 * 3_600);
/// The least time between two digests, so that whoever moves to another time zone does not get two on one day.
const LEAST: Duration = Duration::from_secs(12 * 3_600);

/// The id of the engine's instance that writes somebody's digests.
pub fn instance_of_digests(user: UserId) -> String {
    format!("digest-{user}")
}

/// A digest to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// When it is due.
    pub at: Time,
    /// When the one before was due: what was decided since then is news.
    pub since: Time,
}

impl Turn {
    /// The turn that comes after `before`, or the first one, for somebody in `zone`, as seen at `now`. A turn that is not due
    /// yet is computed anew: the zone may be another one.
    pub fn after(before: Option<Self>, zone: Zone, now: Time) -> Self {
        let since = match before {
            Some(before) if before.is_due(now) => before.at,
            Some(before) => before.since,
            None => now - DAY,
        };
        Self { at: morning_after(zone, now.max(since + LEAST)), since }
    }

    /// Whether its digest is to be written at `now`, or was to be before.
    pub fn is_due(self, now: Time) -> bool {
        self.at <= now && now <= self.at + LATEST
    }
}

/// The first eight o'clock of `zone` after `moment`. On a day on which clocks skip it, it is as far from midnight as it would be.
fn morning_after(zone: Zone, moment: Time) -> Time {
    let found = || -> Option<Time> {
        let zone = TimeZone::get(zone.name()).ok()?;
        let mut date = Timestamp::from_microsecond(moment.micros()).ok()?.to_zoned(zone.clone()).date();
        loop {
            let morning = zone.to_ambiguous_timestamp(date.at(HOUR, 0, 0, 0)).compatible().ok()?;
            if morning.as_microsecond() > moment.micros() {
                return Some(Time(morning.as_microsecond()));
            }
            date = date.tomorrow().ok()?;
        }
    };
    // Only a moment that no calendar knows has no morning.
    found().unwrap_or(moment + DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        Time(text.parse::<Timestamp>().expect("a moment").as_microsecond())
    }

    fn zone(name: &str) -> Zone {
        Zone::of(name).expect("a zone")
    }

    /// The moments of several turns in a row, each taken when it is due.
    fn turns(zone_name: &str, from: &str, count: usize) -> Vec<String> {
        let first = Turn::after(None, zone(zone_name), at(from));
        let all = std::iter::successors(Some(first), |turn| Some(Turn::after(Some(*turn), zone(zone_name), turn.at)));
        let text = |turn: Turn| Timestamp::from_microsecond(turn.at.micros()).expect("a moment").to_string();
        all.take(count).map(text).collect()
    }

    #[test]
    fn it_is_eight_in_the_morning_wherever_the_reader_is() {
        for (zone, first) in [
            ("UTC", "2026-11-24T08:00:00Z"),
            ("Europe/Berlin", "2026-11-24T07:00:00Z"),
            ("America/Los_Angeles", "2026-11-23T16:00:00Z"),
            ("Asia/Kolkata", "2026-11-24T02:30:00Z"),
            ("Pacific/Auckland", "2026-11-23T19:00:00Z"),
        ] {
            assert_eq!(turns(zone, "2026-11-23T12:00:00Z", 1), [first], "{zone}");
        }
    }

    #[test]
    fn it_stays_eight_when_clocks_are_set() {
        // Berlin's clocks go forward on 2026-03-29 and back on 2026-10-25.
        let spring = ["2026-03-28T07:00:00Z", "2026-03-29T06:00:00Z", "2026-03-30T06:00:00Z"];
        assert_eq!(turns("Europe/Berlin", "2026-03-27T12:00:00Z", 3), spring);
        let autumn = ["2026-10-24T06:00:00Z", "2026-10-25T07:00:00Z", "2026-10-26T07:00:00Z"];
        assert_eq!(turns("Europe/Berlin", "2026-10-23T12:00:00Z", 3), autumn);
    }

    #[test]
    fn whoever_moves_gets_no_second_one_on_the_same_day() {
        let tokyo = Turn::after(None, zone("Asia/Tokyo"), at("2026-11-22T12:00:00Z"));
        assert_eq!(tokyo.at, at("2026-11-22T23:00:00Z"));
        let on_the_way = Turn::after(Some(tokyo), zone("Asia/Tokyo"), tokyo.at);
        let berlin = Turn::after(Some(on_the_way), zone("Europe/Berlin"), at("2026-11-23T01:00:00Z"));
        assert_eq!(berlin.at, at("2026-11-24T07:00:00Z"), "and not eight hours after the last one");
        assert_eq!(berlin.since, tokyo.at, "nothing is lost on the way");
    }

    #[test]
    fn a_digest_may_be_late_but_not_by_half_a_day() {
        let turn = Turn::after(None, Zone::UTC, at("2026-11-22T12:00:00Z"));
        assert!(!turn.is_due(at("2026-11-23T07:59:59Z")));
        assert!(turn.is_due(at("2026-11-23T08:00:00Z")) && turn.is_due(at("2026-11-23T20:00:00Z")));
        let missed = at("2026-11-23T20:00:01Z");
        assert!(!turn.is_due(missed));
        let next = Turn::after(Some(turn), Zone::UTC, missed);
        assert_eq!((next.at, next.since), (at("2026-11-24T08:00:00Z"), turn.since), "its news are not lost");
    }
}
