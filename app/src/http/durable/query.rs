//! What the query of a call asks for. Names are compared without regard to case, an empty value counts as none, and names
//! that the API does not know (`taskHub`, `connection`) do not matter.

use std::fmt::Write;
use std::time::Duration;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use countersign_engine::{RuntimeStatus, Timestamp};

use super::denial::Denial;
use crate::pages::paths::Segment;

/// Rows of a page unless the query says otherwise.
const ROWS: u32 = 100;
/// The most rows of a page; who asks for more gets so many, and the token for the rest.
const MAX_ROWS: u32 = 500;
/// What holds the caller's token.
const CREDENTIAL: &str = "code";

/// The query of a call, decoded.
pub(super) struct Asked(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Denial;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Denial> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Query(pairs) = pairs.map_err(|error| Denial::invalid(error.body_text()))?;
        // No name, reason or time holds one, and PostgreSQL does not even take it.
        if pairs.iter().any(|(_, value)| value.contains('\0')) {
            return Err(Denial::invalid("The query holds the character zero."));
        }
        Ok(Self(pairs))
    }
}

impl Asked {
    fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let of_name = self.0.iter().filter(move |(other, value)| other.eq_ignore_ascii_case(name) && !value.is_empty());
        of_name.map(|(_, value)| value.as_str())
    }

    /// The value of that name, the first of several.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// `true` or `false`, in any case: Python writes `True`.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Denial> {
        let Some(value) = self.text(name) else { return Ok(None) };
        match value.to_ascii_lowercase().as_str() {
            "true" => Ok(Some(true)),
            "false" => Ok(Some(false)),
            _ => Err(Denial::invalid(format!("'{name}' is true or false, not '{value}'."))),
        }
    }

    /// A moment by ISO 8601.
    pub(super) fn moment(&self, name: &str) -> Result<Option<Timestamp>, Denial> {
        let Some(value) = self.text(name) else { return Ok(None) };
        // A plus that was not encoded is read as a space.
        let moment = Timestamp::parse_rfc3339(value).or_else(|| Timestamp::parse_rfc3339(&value.replace(' ', "+")));
        let wrong = || Denial::invalid(format!("'{name}' is a time such as 2026-03-01T08:00:00Z, not '{value}'."));
        moment.map(Some).ok_or_else(wrong)
    }

    /// A time in seconds, with decimals if need be.
    pub(super) fn seconds(&self, name: &str) -> Result<Option<Duration>, Denial> {
        let Some(value) = self.text(name) else { return Ok(None) };
        let seconds = value.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let wrong = || Denial::invalid(format!("'{name}' is a number of seconds, not '{value}'."));
        seconds.map(Some).ok_or_else(wrong)
    }

    /// How many rows a page has at most.
    pub(super) fn rows(&self) -> Result<u32, Denial> {
        let Some(value) = self.text("top") else { return Ok(ROWS) };
        match value.parse::<u32>() {
            Ok(0) | Err(_) => Err(Denial::invalid(format!("'top' is a number from 1, not '{value}'."))),
            Ok(rows) => Ok(rows.min(MAX_ROWS)),
        }
    }

    /// The states that `runtimeStatus` names, separated by commas or in several pairs; a word that is none is an `Err`.
    pub(super) fn statuses(&self) -> impl Iterator<Item = Result<RuntimeStatus, &str>> {
        let words = self.all("runtimeStatus").flat_map(|list| list.split(',')).map(str::trim);
        words.filter(|word| !word.is_empty()).map(|word| RuntimeStatus::parse(word).ok_or(word))
    }

    /// The query with its question mark, to be asked again; without the caller's token.
    pub(super) fn without_credential(&self) -> String {
        let mut text = String::new();
        for (name, value) in self.0.iter().filter(|(name, _)| !name.eq_ignore_ascii_case(CREDENTIAL)) {
            let separator = if text.is_empty() { '?' } else { '&' };
            // Writing to a string cannot fail.
            let _ = write!(text, "{separator}{}={}", Segment(name), Segment(value));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Asked {
        Asked(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn booleans_and_names_are_read_in_any_case() {
        let query = asked(&[("SHOWHISTORY", "True"), ("showInput", "FALSE"), ("showHistoryOutput", "")]);
        for (name, value) in [("showHistory", Some(true)), ("showInput", Some(false)), ("showHistoryOutput", None)] {
            assert_eq!(query.flag(name).expect("a boolean"), value, "{name}");
        }
        assert!(asked(&[("showInput", "yes")]).flag("showInput").is_err());
    }

    #[test]
    fn states_come_in_a_list_or_one_by_one() {
        let query = asked(&[("runtimeStatus", "running, Bogus,"), ("runtimestatus", "Failed")]);
        let statuses: Vec<_> = query.statuses().collect();
        assert_eq!(statuses, [Ok(RuntimeStatus::Running), Err("Bogus"), Ok(RuntimeStatus::Failed)]);
    }

    #[test]
    fn times_are_read_as_all_clients_write_them() {
        let [python, javascript] = ["2026-01-01T00:00:00.000000Z", "2026-01-01T00:00:00.000Z"];
        for time in [python, javascript, "2026-01-01T01:00:00 01:00", "2026-01-01T00:00:00", "2026-01-01"] {
            let moment = asked(&[("createdTimeFrom", time)]).moment("createdTimeFrom").expect(time);
            assert_eq!(moment.map(Timestamp::as_micros), Some(1_767_225_600_000_000), "{time}");
        }
        for wrong in ["yesterday", "99999999-01-01T00:00:00Z", "1767225600"] {
            assert!(asked(&[("createdTimeTo", wrong)]).moment("createdTimeTo").is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_that_make_no_sense_are_refused() {
        for wrong in ["-1", "NaN", "inf", "1e300", "soon"] {
            assert!(asked(&[("timeout", wrong)]).seconds("timeout").is_err(), "{wrong}");
        }
        assert_eq!(asked(&[("timeout", "1.5")]).seconds("timeout").ok().flatten(), Some(Duration::from_millis(1_500)));
        for wrong in ["0", "-3", "99999999999999999999", "1.5"] {
            assert!(asked(&[("top", wrong)]).rows().is_err(), "{wrong}");
        }
        assert_eq!((asked(&[]).rows().ok(), asked(&[("top", "100000")]).rows().ok()), (Some(ROWS), Some(MAX_ROWS)));
    }

    #[test]
    fn a_query_that_is_asked_again_holds_no_token() {
        let query = asked(&[("Code", "cst_secret"), ("showInput", "false"), ("taskHub", "a b")]);
        assert_eq!(query.without_credential(), "?showInput=false&taskHub=a%20b");
    }
}
