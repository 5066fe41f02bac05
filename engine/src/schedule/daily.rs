//! Cron expressions for times of day, on days when clocks are set.
//!
//! The expression is asked for local times as if there were no zone, and each is then placed in the zone: one that is skipped
//! at the first moment after, one that is repeated at the first of the two. Local times that so fall together are one moment.

use croner::Cron;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Zoned};

use super::calendar::zoned;
use crate::clock::Timestamp;

/// Longer than any clock is ever set back: how far ahead of the present local time an earlier moment may be found.
const LONGEST_REPEAT: SignedDuration = SignedDuration::from_hours(26);

/// The first moment after `moment`.
pub(super) fn after(cron: &Cron, zone: &TimeZone, moment: Timestamp) -> Option<Timestamp> {
    let mut local = without_zone(zoned(moment, zone)?.datetime())?;
    loop {
        local = cron.find_next_occurrence(&local, false).ok()?;
        let placed = place(local.datetime(), zone)?;
        if placed > moment {
            return Some(placed);
        }
    }
}

/// The last moment not after `moment`.
pub(super) fn at_or_before(cron: &Cron, zone: &TimeZone, moment: Timestamp) -> Option<Timestamp> {
    let mut local = without_zone(zoned(moment, zone)?.datetime().checked_add(LONGEST_REPEAT).ok()?)?;
    loop {
        local = cron.find_previous_occurrence(&local, false).ok()?;
        let placed = place(local.datetime(), zone)?;
        if placed <= moment {
            return Some(placed);
        }
    }
}

fn without_zone(local: DateTime) -> Option<Zoned> {
    local.to_zoned(TimeZone::UTC).ok()
}

/// The moment at which clocks first show `local`, or go past it.
fn place(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let moment = match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local).ok()?,
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(local).ok()?,
        // Read by the clock of after, the skipped time lies before the moment at which the clock is set.
        AmbiguousOffset::Gap { after, .. } => zone.following(after.to_timestamp(local).ok()?).next()?.timestamp(),
    };
    Some(Timestamp::from_micros(moment.as_microsecond()))
}
