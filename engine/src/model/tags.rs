//! What instances are filed under.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::failure::Failure;
use crate::limits::{MAX_TAG_CHARS, MAX_TAGS};

/// Names and values by which instances are found again, in the order of their names. Cloning is cheap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tags(Option<Arc<BTreeMap<String, String>>>);

impl Tags {
    /// The same tags and this one, in the place of one of the same name. Fails with kind [`Failure::INVALID_PAYLOAD`] when
    /// there are too many, or when the name is empty or one of both too long.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Result<Self, Failure> {
        let (name, value) = (name.into(), value.into());
        let too_long = |text: &str| text.chars().count() > MAX_TAG_CHARS || text.contains('\0');
        if name.is_empty() || too_long(&name) || too_long(&value) {
            let message = format!("{name:?} is no tag: names have 1 to {MAX_TAG_CHARS} characters, values up to that");
            return Err(Failure::new(Failure::INVALID_PAYLOAD, message).non_retriable());
        }
        let tags = Arc::make_mut(self.0.get_or_insert_default());
        tags.insert(name, value);
        if tags.len() > MAX_TAGS {
            let message = format!("an instance has at most {MAX_TAGS} tags");
            return Err(Failure::new(Failure::INVALID_PAYLOAD, message).non_retriable());
        }
        Ok(self)
    }

    /// The value of the tag `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.as_ref()?.get(name).map(String::as_str)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(|tags| tags.is_empty())
    }

    /// Names and values, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|tags| tags.iter()).map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_replaces_one_of_the_same_name() {
        let tags = Tags::default().with("b", "1").and_then(|tags| tags.with("a", "2")).expect("two short tags");
        let tags = tags.with("b", "3").expect("a short tag");
        assert_eq!(tags.iter().collect::<Vec<_>>(), [("a", "2"), ("b", "3")]);
        assert_eq!((tags.get("b"), tags.get("c")), (Some("3"), None));
    }

    #[test]
    fn empty_names_long_values_and_too_many_tags_are_refused() {
        assert!(Tags::default().with("", "1").is_err());
        assert!(Tags::default().with("a", "é".repeat(MAX_TAG_CHARS)).is_ok());
        assert!(Tags::default().with("a", "é".repeat(MAX_TAG_CHARS + 1)).is_err());
        let mut tags = Tags::default();
        for n in 0..MAX_TAGS {
            tags = tags.with(n.to_string(), "").expect("not too many yet");
        }
        assert!(tags.clone().with("0", "again").is_ok());
        assert!(tags.with("one more", "").is_err());
    }
}
