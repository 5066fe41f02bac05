//! Groups of people, for admins.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::form::FormErrors;
use super::people::PersonLink;

/// `GET /groups`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    /// Every group, by name.
    pub rows: Vec<GroupRow>,
    /// The form for a new one.
    pub form: GroupForm,
}

/// One group in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRow {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// How many people belong to it.
    pub members: usize,
}

/// `GET /groups/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupDetail {
    /// Its id.
    pub id: Uuid,
    /// Its name as it is.
    pub name: String,
    /// Who belongs to it, by name.
    pub members: Vec<PersonLink>,
    /// The policies that use it, by name. While there are any it cannot be deleted.
    pub policies: Vec<String>,
    /// The form that changes it.
    pub form: GroupForm,
}

/// `POST /groups` and `POST /groups/{id}`. Fields: `name`, `members`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupForm {
    /// What was typed.
    pub name: String,
    /// What was typed: one address per line.
    pub members: String,
    /// What is wrong.
    pub errors: FormErrors,
}
