//! How a text names groups and days.

use crate::portal::groups::Group;
use crate::portal::ids::GroupId;

/// How a text names groups.
#[derive(Clone, Copy, Debug)]
pub enum Named<'a> {
    /// By their ids.
    Ids,
    /// By their names; these are all that there are.
    Names(&'a [Group]),
}

impl Named<'_> {
    /// What a text says for a group. One that is gone is named by its id, which no portal takes back.
    pub(super) fn write(self, id: GroupId) -> String {
        let name = match self {
            Self::Ids => None,
            Self::Names(groups) => groups.iter().find(|group| group.id == id).map(|group| group.name.clone()),
        };
        name.unwrap_or_else(|| id.to_string())
    }

    /// The group that a text means.
    pub(super) fn read(self, text: &str) -> Option<GroupId> {
        match self {
            Self::Ids => text.parse().ok(),
            Self::Names(groups) => {
                let key = text.trim().to_lowercase();
                groups.iter().find(|group| group.name.to_lowercase() == key).map(|group| group.id)
            }
        }
    }
}

/// Weekdays, Monday first.
pub(super) const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
