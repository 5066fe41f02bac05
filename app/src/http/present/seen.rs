//! From when and from where a page is seen, and moments as texts.

use crate::portal::clock::Time;
use crate::portal::zone::Zone;
use crate::view::{Due, Moment, WallClock};

/// From when and from where a page is seen: one moment, so that it is consistent in itself, and the reader's time zone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// The moment at which the page is made.
    pub(crate) now: Time,
    /// The reader's zone.
    pub(crate) zone: Zone,
}

/// Seen by somebody of whom no zone is known: in UTC, and the texts say so.
impl From<Time> for Seen {
    fn from(now: Time) -> Self {
        Self { now, zone: Zone::UTC }
    }
}

/// A moment.
pub(crate) fn moment(at: Time, seen: impl Into<Seen>) -> Moment {
    let Seen { now, zone } = seen.into();
    Moment::on(at.micros(), now.micros(), &clock(at, zone))
}

/// A due time.
pub(crate) fn due(at: Time, seen: impl Into<Seen>) -> Due {
    let Seen { now, zone } = seen.into();
    Due::on(at.micros(), now.micros(), &clock(at, zone))
}

fn clock(at: Time, zone: Zone) -> WallClock {
    let clock = zone.clock_at(at);
    WallClock { ahead: clock.ahead, abbreviation: clock.abbreviation }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_the_clocks_of_the_reader_show_it() {
        // 2026-11-22T23:06:35Z
        let at = Time(1_795_388_795_000_000);
        let berlin = Seen { now: at, zone: Zone::of("Europe/Berlin").expect("a zone") };
        assert_eq!(moment(at, berlin).full, "Monday 23 November 2026, 00:06:35 CET");
        assert_eq!(moment(at, berlin).iso, "2026-11-22T23:06:35Z");
        assert_eq!(moment(at, at).text, "22 Nov 2026, 23:06 UTC");
        assert_eq!(due(at, berlin).at, moment(at, berlin));
    }
}
