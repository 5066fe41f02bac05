//! Lengths of time as text: `3 days`, `90 minutes`. What is written is read back to the second.

use std::time::Duration;

use crate::portal::span::SpanDraft;

/// Units by their length in seconds, longest first, with the word for one and for several.
const UNITS: [(u64, &str, &str); 4] =
    [(86_400, "day", "days"), (3_600, "hour", "hours"), (60, "minute", "minutes"), (1, "second", "seconds")];

/// A length in its longest unit without a remainder.
pub(super) fn in_words(seconds: u64) -> String {
    let fitting = UNITS.iter().find(|(length, _, _)| seconds > 0 && seconds.is_multiple_of(*length));
    let (length, one, many) = fitting.unwrap_or(&UNITS[3]);
    let number = seconds / length;
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The seconds of a number above zero with its unit.
pub(super) fn parse(text: &str) -> Option<u64> {
    let (number, unit) = text.trim().split_once(' ')?;
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (length, _, _) = UNITS.iter().find(|(_, one, many)| [*one, *many].contains(&unit.trim()))?;
    number.parse::<u64>().ok()?.checked_mul(*length).filter(|seconds| *seconds > 0)
}

/// A length as a form shows it; nothing where there is none.
pub(super) fn typed(span: Option<Duration>) -> SpanDraft {
    let Some(seconds) = span.map(|span| span.as_secs()) else {
        return SpanDraft { number: String::new(), unit: "days".to_owned() };
    };
    let fits = UNITS[..3].iter().find(|(length, _, _)| seconds > 0 && seconds.is_multiple_of(*length));
    match fits {
        Some((length, _, unit)) => SpanDraft { number: (seconds / length).to_string(), unit: (*unit).to_owned() },
        None => SpanDraft::of_seconds(Some(seconds)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for seconds in [1, 59, 60, 90, 3_600, 5_400, 86_400, 172_800, 31_622_400] {
            assert_eq!(parse(&in_words(seconds)), Some(seconds), "{}", in_words(seconds));
        }
        assert_eq!((in_words(86_400), in_words(5_400)), ("1 day".to_owned(), "90 minutes".to_owned()));
    }

    #[test]
    fn what_is_no_length_is_none() {
        for text in ["", "3", "days", "0 days", "-1 day", "1.5 hours", "3 weeks", "99999999999999999999 days", "+1 day"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
