//! Lengths of time, as typed.

use std::time::Duration;

use super::error::FieldError;

/// The longest time that a form may ask for.
const MAX_SPAN: Duration = Duration::from_secs(366 * 86_400);

/// A length of time as typed: a number, maybe a decimal one, and `minutes`, `hours` or `days`. It is kept in whole seconds. An
/// empty number means none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanDraft {
    /// What was typed.
    pub number: String,
    /// What was chosen.
    pub unit: String,
}

impl SpanDraft {
    /// So many seconds, for callers who do not type; none means none.
    pub fn of_seconds(seconds: Option<u64>) -> Self {
        let Some(seconds) = seconds else { return Self::default() };
        // The sixth decimal of a minute is far less than the half second by which reading rounds.
        let (minutes, rest) = (seconds / 60, seconds % 60);
        Self { number: format!("{minutes}.{:06}", rest * 1_000_000 / 60), unit: String::from("minutes") }
    }

    /// The length; `None` when there is none, or when it is wrong, which `errors` says.
    pub(super) fn read(&self, field: &str, errors: &mut Vec<FieldError>) -> Option<Duration> {
        let typed = self.number.trim();
        if typed.is_empty() {
            return None;
        }
        let unit = match self.unit.as_str() {
            "minutes" => 60.0,
            "hours" => 3_600.0,
            "days" => 86_400.0,
            _ => {
                errors.push(FieldError::new(field, "Choose minutes, hours or days."));
                return None;
            }
        };
        let span = decimal(typed).map(|number| (number * unit).round()).filter(|seconds| *seconds >= 1.0);
        match span.map(Duration::try_from_secs_f64) {
            Some(Ok(span)) if span <= MAX_SPAN => span.into(),
            Some(_) => {
                errors.push(FieldError::new(field, "At most a year."));
                None
            }
            None => {
                errors.push(FieldError::new(field, "Enter a number above zero, such as 3 or 1.5."));
                None
            }
        }
    }
}

/// Digits, maybe with a decimal point or comma; nothing else that Rust would read as a number.
fn decimal(typed: &str) -> Option<f64> {
    let plain = typed.replace(',', ".");
    plain.chars().all(|c| c.is_ascii_digit() || c == '.').then(|| plain.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_read_back_as_they_were() {
        for seconds in [1, 59, 60, 61, 3_599, 86_401, 366 * 86_400] {
            let mut errors = Vec::new();
            let read = SpanDraft::of_seconds(Some(seconds)).read("due", &mut errors);
            assert_eq!((read, errors), (Some(Duration::from_secs(seconds)), Vec::new()));
        }
        assert_eq!(SpanDraft::of_seconds(None), SpanDraft::default());
    }
}
