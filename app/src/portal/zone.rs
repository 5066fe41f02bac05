//! Time zones, by the names of the tz database: those that people choose, and what their clocks show.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::{TimeZone, db};

use super::clock::Time;

/// The names that are offered and understood, sorted. Names of places and UTC; the database's other names are aliases of
/// theirs or tell no place.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    const NO_PLACES: [&str; 5] = ["Etc/", "SystemV/", "US/", "posix/", "right/"];
    let is_place = |name: &str| name.contains('/') && !NO_PLACES.iter().any(|prefix| name.starts_with(prefix));
    let names = db().available().map(|name| name.as_str().to_owned());
    let mut names: Vec<_> = names.filter(|name| is_place(name)).chain([Zone::UTC.0.to_owned()]).collect();
    names.sort_unstable();
    names.dedup();
    names
});

/// A time zone that the tz database knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zone(&'static str);

/// What the clocks of a zone show at one moment, seen from UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalClock {
    /// By how many seconds they are ahead of UTC.
    pub ahead: i64,
    /// What that time is called: `CET`, `UTC`, or `UTC+03` where it has no letters.
    pub abbreviation: String,
}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self("UTC");

    /// The zone of that name, in whatever case it was typed.
    pub fn of(name: &str) -> Option<Self> {
        let name = name.trim();
        NAMES.iter().find(|known| known.eq_ignore_ascii_case(name)).map(|known| Self(known.as_str()))
    }

    /// The names that can be chosen, sorted.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(String::as_str)
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// What its clocks show at `at`.
    pub fn clock_at(self, at: Time) -> LocalClock {
        let utc = || LocalClock { ahead: 0, abbreviation: Self::UTC.0.to_owned() };
        let Ok(moment) = Timestamp::from_microsecond(at.micros()) else { return utc() };
        let Ok(zone) = TimeZone::get(self.0) else { return utc() };
        let info = zone.to_offset_info(moment);
        let abbreviation = info.abbreviation();
        let abbreviation =
            if abbreviation.starts_with(['+', '-']) { format!("UTC{abbreviation}") } else { abbreviation.to_owned() };
        LocalClock { ahead: i64::from(info.offset().seconds()), abbreviation }
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::UTC
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-07-01 and 2026-12-01, noon UTC.
    const SUMMER: Time = Time(1_782_907_200_000_000);
    const WINTER: Time = Time(1_796_126_400_000_000);

    fn clock(name: &str, at: Time) -> (i64, String) {
        let clock = Zone::of(name).expect(name).clock_at(at);
        (clock.ahead, clock.abbreviation)
    }

    #[test]
    fn clocks_follow_the_seasons_of_their_zone() {
        assert_eq!(clock("Europe/Berlin", SUMMER), (7_200, "CEST".to_owned()));
        assert_eq!(clock("Europe/Berlin", WINTER), (3_600, "CET".to_owned()));
        assert_eq!(clock("America/Sao_Paulo", WINTER), (-10_800, "UTC-03".to_owned()));
        assert_eq!(clock("UTC", SUMMER), (0, "UTC".to_owned()));
    }

    #[test]
    fn a_zone_is_found_in_any_case_and_only_when_it_is_one() {
        assert_eq!(Zone::of(" europe/berlin ").map(Zone::name), Some("Europe/Berlin"));
        assert_eq!(Zone::of("utc"), Some(Zone::UTC));
        for unknown in ["", "Europe", "Europe/Atlantis", "CET+1", "../../etc/passwd"] {
            assert_eq!(Zone::of(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn places_are_offered_once_and_in_order() {
        let names: Vec<_> = Zone::names().collect();
        assert!(names.len() > 300 && names.contains(&"UTC") && names.contains(&"Asia/Tokyo"), "{}", names.len());
        assert!(names.is_sorted() && !names.iter().any(|name| name.starts_with("Etc/")));
    }
}
