//! What forms have in common: errors per field, and lengths of time.

use serde::{Deserialize, Serialize};

/// One thing that is wrong with what was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The form field's name, or an empty string for the form as a whole.
    pub field: String,
    /// What is wrong and what would be right, as one sentence.
    pub message: String,
}

/// Everything that is wrong with a form, in the order of its fields; empty when it is shown for the first time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormErrors(pub Vec<FieldError>);

impl FormErrors {
    /// One error.
    #[must_use]
    pub fn one(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self(vec![FieldError { field: field.into(), message: message.into() }])
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first message for a field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<String> {
        self.0.iter().find(|error| error.field == field).map(|error| error.message.clone())
    }
}

/// A length of time as a form holds it: what was typed, and the chosen unit. An empty number means "none".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanField {
    /// What was typed.
    pub number: String,
    /// The chosen unit.
    pub unit: SpanUnit,
}

impl SpanField {
    /// A length of time that a form starts with.
    #[must_use]
    pub fn of(number: u32, unit: SpanUnit) -> Self {
        Self { number: number.to_string(), unit }
    }

    /// `3 days` or `1.5 hours`, if a number above zero was typed.
    #[must_use]
    pub fn in_words(&self) -> Option<String> {
        let typed = self.number.trim().replace(',', ".");
        // Read as text: parsing and printing floating-point numbers would cost the browser part some 4 kB.
        let number = typed.trim_end_matches('.');
        let plain = number.chars().all(|c| c.is_ascii_digit() || c == '.') && number.matches('.').count() <= 1;
        let positive = number.chars().any(|c| matches!(c, '1'..='9'));
        let unit = self.unit.key();
        let words =
            if number == "1" { format!("1 {}", unit.trim_end_matches('s')) } else { format!("{number} {unit}") };
        (plain && positive).then_some(words)
    }
}

/// A unit of time offered in forms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SpanUnit {
    /// 60 seconds.
    Minutes,
    /// 60 minutes.
    Hours,
    /// 24 hours.
    #[default]
    Days,
}

impl SpanUnit {
    /// Every unit, shortest first.
    pub const ALL: [Self; 3] = [Self::Minutes, Self::Hours, Self::Days];

    /// The form value, which is also the word.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
        }
    }

    /// The unit that [`Self::key`] names.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.key() == key)
    }

    /// Its length in seconds.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Minutes => 60,
            Self::Hours => 3_600,
            Self::Days => 86_400,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_reads_in_words_only_when_it_is_a_number() {
        assert_eq!(SpanField::of(1, SpanUnit::Days).in_words().as_deref(), Some("1 day"));
        assert_eq!(SpanField::of(45, SpanUnit::Minutes).in_words().as_deref(), Some("45 minutes"));
        assert_eq!(SpanField { number: "1,5".into(), unit: SpanUnit::Hours }.in_words().as_deref(), Some("1.5 hours"));
        assert_eq!(SpanField { number: "soon".into(), unit: SpanUnit::Days }.in_words(), None);
        assert_eq!(SpanField::default().in_words(), None);
    }
}
