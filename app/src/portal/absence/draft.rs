//! An absence as it was typed: days on the calendar of whoever is away.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::absences::Absence;
use crate::portal::clock::Time;
use crate::portal::error::FieldError;
use crate::portal::user::{Email, checked_email, one_line};
use crate::portal::zone::Zone;

/// The longest note in characters.
pub const MAX_NOTE_CHARS: usize = 200;
/// How many days ahead an absence may begin and end at most: five years.
const MAX_DAYS: i64 = 5 * 366;

/// An absence as it was typed. Field names in errors are those of the form: `from`, `to`, `substitute`, `note`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AbsenceDraft {
    /// The first day, as `2027-05-03`.
    pub from: String,
    /// The last day; empty for an absence without an end.
    pub to: String,
    /// The address of whoever stands in; empty for the backup.
    pub substitute: String,
    /// A word about it.
    pub note: String,
}

/// A draft in which everything is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Checked {
    /// When it begins.
    pub(super) from: Time,
    /// When it is over.
    pub(super) to: Option<Time>,
    /// Who stands in.
    pub(super) substitute: Option<Email>,
    /// A word about it.
    pub(super) note: String,
}

impl AbsenceDraft {
    /// Everything that is wrong with the draft of somebody in `zone`, or what it becomes.
    pub(super) fn check(&self, zone: Zone, now: Time) -> Result<Checked, Vec<FieldError>> {
        let mut errors = Vec::new();
        let today = day_of(now, zone);
        let from = self.day("from", &self.from, today, &mut errors);
        let to = if self.to.trim().is_empty() { None } else { self.day("to", &self.to, today, &mut errors) };
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            errors.push(FieldError::new("to", "The last day must not come before the first one."));
        }
        let substitute = if self.substitute.trim().is_empty() {
            None
        } else {
            checked_email("substitute", &self.substitute, &mut errors)
        };
        let note = one_line(&self.note);
        if note.chars().count() > MAX_NOTE_CHARS {
            errors.push(FieldError::new("note", format!("The note may have at most {MAX_NOTE_CHARS} characters.")));
        }
        let from = from.and_then(|day| beginning(day, zone));
        let to = to.and_then(|day| day.tomorrow().ok()).and_then(|day| beginning(day, zone));
        match from {
            Some(from) if errors.is_empty() => Ok(Checked { from, to, substitute, note }),
            _ => Err(errors),
        }
    }

    /// A day that is not over and not too far away.
    fn day(&self, field: &str, typed: &str, today: Option<Date>, errors: &mut Vec<FieldError>) -> Option<Date> {
        let Some(day) = typed.trim().parse::<Date>().ok() else {
            errors.push(FieldError::new(field, "Enter a day, such as 2027-05-03."));
            return None;
        };
        let ahead = today.and_then(|today| days_between(today, day)).unwrap_or(i64::MAX);
        if ahead < 0 {
            errors.push(FieldError::new(field, "This day has passed already."));
        } else if ahead > MAX_DAYS {
            errors.push(FieldError::new(field, "This day is too far away: at most five years."));
        } else {
            return Some(day);
        }
        None
    }
}

impl Absence {
    /// Its days in `zone` in figures, for the audit log: `2027-05-03 to 2027-05-14`.
    pub(super) fn days(&self, zone: Zone) -> String {
        let text = |day: Option<Date>| day.map_or_else(|| "?".to_owned(), |day| day.to_string());
        let last = self.to.map_or_else(|| "open".to_owned(), |to| text(last_day_of(to, zone)));
        format!("{} to {last}", text(day_of(self.from, zone)))
    }
}

/// The day that the calendars of `zone` show at `at`.
pub fn day_of(at: Time, zone: Zone) -> Option<Date> {
    let moment = Timestamp::from_microsecond(at.micros()).ok()?;
    Some(moment.to_zoned(TimeZone::get(zone.name()).ok()?).date())
}

/// The last day of what is over at `to`.
pub fn last_day_of(to: Time, zone: Zone) -> Option<Date> {
    day_of(Time(to.micros().saturating_sub(1)), zone)
}

/// When a day begins in `zone`; where the clocks leave out midnight, right after that.
fn beginning(day: Date, zone: Zone) -> Option<Time> {
    let zone = TimeZone::get(zone.name()).ok()?;
    let moment = zone.to_ambiguous_timestamp(day.at(0, 0, 0, 0)).compatible().ok()?;
    Some(Time(moment.as_microsecond()))
}

fn days_between(from: Date, to: Date) -> Option<i64> {
    Some(i64::from(from.until(to).ok()?.get_days()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sunday 22 November 2026, 08:06 UTC.
    const NOW: Time = Time(1_795_334_760_000_000);
    const HOUR: i64 = 3_600_000_000;

    fn draft(from: &str, to: &str) -> AbsenceDraft {
        AbsenceDraft { from: from.into(), to: to.into(), ..AbsenceDraft::default() }
    }

    fn wrong(draft: &AbsenceDraft) -> Vec<String> {
        let errors = draft.check(Zone::UTC, NOW).expect_err("must be refused");
        errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn days_are_those_of_the_persons_zone_and_the_last_one_is_included() {
        let berlin = Zone::of("Europe/Berlin").expect("a zone");
        let checked = draft("2026-11-23", "2026-11-24").check(berlin, NOW).expect("nothing is wrong");
        let midnight = Time(1_795_392_000_000_000 - HOUR);
        assert_eq!(checked.from, midnight, "23 November, 00:00 in Berlin");
        assert_eq!(checked.to, Some(Time(midnight.micros() + 48 * HOUR)));
        assert_eq!(
            last_day_of(checked.to.expect("an end"), berlin).map(|day| day.to_string()).as_deref(),
            Some("2026-11-24")
        );
        assert_eq!(
            draft("2026-11-22", "").check(berlin, NOW).expect("nothing is wrong").to,
            None,
            "today, without an end"
        );
    }

    #[test]
    fn every_mistake_is_named_by_its_field() {
        assert_eq!(wrong(&draft("", "")), ["from"]);
        assert_eq!(wrong(&draft("tomorrow", "soon")), ["from", "to"]);
        assert_eq!(wrong(&draft("2026-11-21", "")), ["from"]);
        assert_eq!(wrong(&draft("2026-11-25", "2026-11-24")), ["to"]);
        assert_eq!(wrong(&draft("2126-11-25", "")), ["from"]);
        let nobody = AbsenceDraft { substitute: "nobody".into(), note: "x".repeat(201), ..draft("2026-11-25", "") };
        assert_eq!(wrong(&nobody), ["substitute", "note"]);
    }
}
