//! Times as the API writes them.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::portal::Time;

/// A moment as RFC 3339 in UTC, to the microsecond: `2026-11-22T08:06:35.120999Z`.
pub(crate) fn rfc3339(at: Time) -> String {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.micros()) * 1_000);
    moment.ok().and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_utc() {
        assert_eq!(rfc3339(Time(1_795_334_795_120_999)), "2026-11-22T08:06:35.120999Z");
        assert_eq!(rfc3339(Time(0)), "1970-01-01T00:00:00Z");
    }
}
