//! A text of TOML, asked for what it should hold. Whatever is not as it should be is noted with its line and column.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::nearest::nearest;
use crate::portal::error::FieldError;

/// After so many errors the rest is not worth reading.
const MAX_ERRORS: usize = 20;

/// A value and where it is.
pub(super) type Value<'i> = Spanned<DeValue<'i>>;

/// A text that is read, and what is wrong with it.
pub(super) struct Source<'t> {
    text: &'t str,
    /// What is wrong, as errors of the field `text`.
    pub(super) errors: Vec<FieldError>,
}

impl<'t> Source<'t> {
    /// A text that nothing is known of yet.
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, errors: Vec::new() }
    }
}

impl Source<'_> {
    /// Notes what is wrong at a byte of the text.
    pub(super) fn wrong(&mut self, at: usize, message: &str) {
        if self.errors.len() < MAX_ERRORS {
            let (line, column) = place(self.text, at);
            self.errors.push(FieldError::new("text", format!("Line {line}, column {column}: {message}")));
        }
    }

    /// Notes every key that is not known.
    pub(super) fn keys(&mut self, table: &DeTable<'_>, known: &[&str]) {
        for (key, _) in table.iter() {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let shown: String = name.chars().take(60).collect();
                let meant = nearest(name, known).map_or_else(String::new, |near| format!(" Did you mean “{near}”?"));
                self.wrong(key.span().start, &format!("there is no key “{shown}” here.{meant}"));
            }
        }
    }

    /// One of some words, as what it stands for.
    pub(super) fn word<T>(
        &mut self,
        table: &DeTable<'_>,
        key: &'static str,
        known: &[&str],
        of: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let (text, span) = self.spanned(table, key)?;
        let value = of(&text);
        if value.is_none() {
            let words = known.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
            self.wrong(span.start, &format!("“{key}” is one of {words}."));
        }
        value
    }

    /// Yes or no; no where nothing is said.
    pub(super) fn flag(&mut self, table: &DeTable<'_>, key: &'static str) -> bool {
        let Some(value) = find(table, key) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong(value.span().start, &format!("“{key}” is true or false."));
            false
        })
    }

    /// A text.
    pub(super) fn string(&mut self, table: &DeTable<'_>, key: &'static str) -> Option<String> {
        self.spanned(table, key).map(|(text, _)| text)
    }

    /// A text and where it is.
    pub(super) fn spanned(&mut self, table: &DeTable<'_>, key: &'static str) -> Option<(String, Range<usize>)> {
        let value = find(table, key)?;
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong(value.span().start, &format!("“{key}” is a text in quotes."));
        }
        text.map(|text| (text, value.span()))
    }

    /// The texts of a list, each with where it is.
    pub(super) fn list(&mut self, table: &DeTable<'_>, key: &'static str) -> Vec<(String, Range<usize>)> {
        let Some(value) = find(table, key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.wrong(value.span().start, &format!("“{key}” is a list of texts."));
            return Vec::new();
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items.iter() {
            match item.get_ref().as_str() {
                Some(text) => texts.push((text.to_owned(), item.span())),
                None => self.wrong(item.span().start, &format!("“{key}” is a list of texts.")),
            }
        }
        texts
    }

    /// The tables of a list, with where each begins.
    pub(super) fn tables<'v, 'i>(
        &mut self,
        table: &'v DeTable<'i>,
        key: &'static str,
    ) -> Vec<(usize, &'v DeTable<'i>)> {
        let Some(value) = find(table, key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.wrong(value.span().start, &format!("“{key}” is written in double brackets: [[…{key}]]."));
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(items.len());
        for item in items.iter() {
            match item.get_ref().as_table() {
                Some(table) => tables.push((item.span().start, table)),
                None => self.wrong(item.span().start, &format!("“{key}” is written in double brackets: [[…{key}]].")),
            }
        }
        tables
    }
}

/// The value of a key.
pub(super) fn find<'v, 'i>(table: &'v DeTable<'i>, key: &str) -> Option<&'v Value<'i>> {
    table.iter().find(|(name, _)| **name.get_ref() == *key).map(|(_, value)| value)
}

/// Line and column of a byte of the text, from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
