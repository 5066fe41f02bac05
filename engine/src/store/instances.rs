//! Instances as clients see them, and how clients ask for them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::clock::Timestamp;
use crate::ids::{ExecutionId, InstanceId, InstanceKey};
use crate::model::{Blocked, Failure, Payload, RuntimeStatus, Tags};

/// An instance as clients see it.
#[derive(Clone, Debug)]
pub struct InstanceRecord {
    /// Its key.
    pub key: InstanceKey,
    /// Its id.
    pub id: InstanceId,
    /// Its orchestration.
    pub name: Arc<str>,
    /// The version it is pinned to, empty for code without versions.
    pub version: Arc<str>,
    /// Its state.
    pub status: RuntimeStatus,
    /// What stops it, if anything.
    pub blocked: Option<Blocked>,
    /// The current execution.
    pub execution: ExecutionId,
    /// Its number, from 1.
    pub ordinal: u32,
    /// The current execution's input; `None` in a list that did not ask for values.
    pub input: Option<Payload>,
    /// The output, once completed; `None` in a list that did not ask for values.
    pub output: Option<Payload>,
    /// The failure, once failed.
    pub failure: Option<Failure>,
    /// What the code said of itself.
    pub custom_status: Option<Payload>,
    /// The parent's id.
    pub parent: Option<InstanceId>,
    /// What it is filed under.
    pub tags: Tags,
    /// When it was first started.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
}

impl InstanceRecord {
    /// The place of this instance in a list: the next page begins after it.
    pub fn cursor(&self) -> Cursor {
        Cursor { created_at: self.created_at, completed_at: self.completed_at, key: self.key, id: self.id.clone() }
    }
}

/// Which instances are meant. Whatever is not said is not asked for.
#[derive(Clone, Debug, Default)]
pub struct InstanceFilter {
    /// Of this orchestration.
    pub name: Option<String>,
    /// Of this version; empty for code without versions.
    pub version: Option<String>,
    /// In one of these states; in any if empty.
    pub statuses: Vec<RuntimeStatus>,
    /// Stopped by an obstacle, or not.
    pub blocked: Option<bool>,
    /// With an id that begins with this, character by character.
    pub id_prefix: Option<String>,
    /// Children of this instance.
    pub parent: Option<InstanceId>,
    /// Filed under all of these: names and values.
    pub tags: Vec<(String, String)>,
    /// First started in this time.
    pub created: Between,
    /// Last changed in this time. No index serves this, because every turn would have to move the instance in it.
    pub updated: Between,
    /// Ended in this time.
    pub completed: Between,
    /// With this text in the id, the orchestration's name, the custom status or the failure (their JSON text), whatever the
    /// case of the letters A to Z. No index serves this: it reads all that the rest of the filter leaves.
    pub text: Option<String>,
}

/// A time from a moment on and up to another one, which is outside. Open where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Between {
    /// The first moment inside.
    pub from: Option<Timestamp>,
    /// The first moment outside.
    pub until: Option<Timestamp>,
}

/// A page of instances. The order is by what never changes, so that going on after the last row of the page before neither
/// skips nor repeats an instance that stays as it is.
#[derive(Clone, Debug, Default)]
pub struct InstanceQuery {
    /// Which instances.
    pub filter: InstanceFilter,
    /// In which order.
    pub order: InstanceOrder,
    /// Only what comes after this place: the cursor of the last record of the page before.
    pub after: Option<Cursor>,
    /// At most so many; the store's limit is 1,000.
    pub limit: u32,
    /// Whether inputs and outputs are read too, which may be large.
    pub values: Values,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InstanceOrder {
    /// What was first started last comes first.
    #[default]
    NewestFirst,
    /// What was first started first comes first.
    OldestFirst,
    /// By ids, character by character: what an id prefix is served best by.
    ById,
    /// What ended first comes first; only instances that have ended.
    ByEnd,
}

/// Whether a list holds inputs and outputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Values {
    /// No: `None` stands in their place.
    #[default]
    Omitted,
    /// Yes.
    Included,
}

/// A place in a list of instances, of any order. As text it is fit for an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) created_at: Timestamp,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) key: InstanceKey,
    pub(crate) id: InstanceId,
}

/// A text is no [`Cursor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is no place in a list")]
pub struct InvalidCursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let completed = self.completed_at.map(|moment| moment.as_micros().to_string()).unwrap_or_default();
        write!(f, "{}.{completed}.{}.{}", self.created_at.as_micros(), self.key, self.id)
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(4, '.');
        let mut next = || parts.next().ok_or(InvalidCursor);
        let number = |text: &str| text.parse::<i64>().map_err(|_| InvalidCursor);
        let (created_at, completed_at, key, id) = (next()?, next()?, next()?, next()?);
        let completed_at = (!completed_at.is_empty()).then(|| number(completed_at)).transpose()?;
        Ok(Self {
            created_at: Timestamp::from_micros(number(created_at)?),
            completed_at: completed_at.map(Timestamp::from_micros),
            key: InstanceKey(number(key)?),
            id: InstanceId::parse(id).map_err(|_| InvalidCursor)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_from_its_text() {
        for (completed_at, id) in [(None, "order.1"), (Some(Timestamp::from_micros(7)), "é")] {
            let id = InstanceId::parse(id).expect("a valid id");
            let cursor = Cursor { created_at: Timestamp::from_micros(-5), completed_at, key: InstanceKey(3), id };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
    }

    #[test]
    fn other_texts_are_no_cursors() {
        for text in ["", "1", "1.2.3", "1.2.3.", "a.2.3.id", "1.b.3.id", "1.2.c.id", "1..3.@id"] {
            assert_eq!(text.parse::<Cursor>(), Err(InvalidCursor), "{text}");
        }
    }
}
