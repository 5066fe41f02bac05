//! Which HTTP statuses are as they should be.

use std::fmt;
use std::ops::RangeInclusive;

/// A set of statuses as people write it: codes, classes and ranges, such as `2xx, 301, 400-404`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusSet(Vec<RangeInclusive<u16>>);

/// Entries of a set at most.
const MAX_ENTRIES: usize = 20;

impl StatusSet {
    /// Reads what was typed; nothing stands for `2xx, 3xx`. The error is a sentence for people.
    pub fn parse(typed: &str) -> Result<Self, &'static str> {
        let entries: Option<Vec<_>> =
            typed.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty()).map(entry).collect();
        match entries {
            Some(entries) if entries.is_empty() => Ok(Self::default()),
            Some(entries) if entries.len() <= MAX_ENTRIES => Ok(Self(entries)),
            Some(_) => Err("Enter at most 20 statuses."),
            None => Err("Enter statuses such as 200, 2xx or 400-404, with commas between them."),
        }
    }

    /// Whether `status` is one of them.
    pub fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|range| range.contains(&status))
    }
}

/// Whatever is no error.
impl Default for StatusSet {
    fn default() -> Self {
        Self(vec![200..=299, 300..=399])
    }
}

impl fmt::Display for StatusSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, range) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            let (first, last) = (*range.start(), *range.end());
            match last - first {
                0 => write!(f, "{comma}{first}")?,
                99 if first % 100 == 0 => write!(f, "{comma}{}xx", first / 100)?,
                _ => write!(f, "{comma}{first}-{last}")?,
            }
        }
        Ok(())
    }
}

fn entry(text: &str) -> Option<RangeInclusive<u16>> {
    if let Some(class) = text.strip_suffix("xx").or_else(|| text.strip_suffix("XX")) {
        let class: u16 = class.parse().ok().filter(|class| (1..=5).contains(class))?;
        return Some(class * 100..=class * 100 + 99);
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (code(first)?, code(last)?);
    (first <= last).then_some(first..=last)
}

fn code(text: &str) -> Option<u16> {
    text.trim().parse().ok().filter(|code| (100..=599).contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(typed: &str) -> StatusSet {
        StatusSet::parse(typed).expect("a set")
    }

    #[test]
    fn codes_classes_and_ranges_are_read_and_written() {
        for (typed, written) in [
            ("", "2xx, 3xx"),
            ("200", "200"),
            ("2xx", "2xx"),
            (" 204,301 ", "204, 301"),
            ("400-404, 5XX", "400-404, 5xx"),
            ("500-599", "5xx"),
        ] {
            assert_eq!(set(typed).to_string(), written, "{typed:?}");
            assert_eq!(set(written), set(typed), "what is written is read as the same");
        }
    }

    #[test]
    fn a_set_contains_its_ends_and_nothing_beside_them() {
        let set = set("2xx, 404");
        for (status, inside) in [(199, false), (200, true), (299, true), (300, false), (404, true), (405, false)] {
            assert_eq!(set.contains(status), inside, "{status}");
        }
    }

    #[test]
    fn what_is_no_status_is_refused() {
        let long = ["200"; 21].join(",");
        for typed in ["ok", "99", "600", "6xx", "0xx", "404-400", "200-", "-", "2x", long.as_str()] {
            assert!(StatusSet::parse(typed).is_err(), "{typed:?}");
        }
    }
}
