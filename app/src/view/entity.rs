//! Durable entities, for admins.

use serde::{Deserialize, Serialize};

use super::form::FormErrors;
use super::moment::Moment;

/// `GET /entities`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entities {
    /// The name that was searched for; empty for all.
    pub name: String,
    /// The rows of this page, oldest first.
    pub rows: Vec<EntityRow>,
    /// Whether this is not the first page.
    pub paged: bool,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// One entity in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityRow {
    /// Its id: `@name@key`.
    pub id: String,
    /// The beginning of its state as JSON.
    pub state: String,
    /// Whether an orchestration has locked it.
    pub locked: bool,
    /// When it last carried out an operation.
    pub operated_at: Moment,
}

/// `GET /entities/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityDetail {
    /// Its id: `@name@key`.
    pub id: String,
    /// What kind of entity it is.
    pub name: String,
    /// Which one of its kind.
    pub key: String,
    /// Its state as pretty-printed JSON; `None` before the first operation that set one and after a deletion.
    pub state: Option<String>,
    /// The instance that has locked it, and since when.
    pub lock: Option<(String, Moment)>,
    /// What stops it.
    pub blocked: Option<String>,
    /// When it got its first message.
    pub created_at: Moment,
    /// When it last carried out an operation.
    pub operated_at: Moment,
    /// The form for an operation.
    pub form: OperationForm,
}

/// `POST /entities/{id}`. Fields: `operation`, `input`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationForm {
    /// The operations to choose from; empty for a kind of entities that nobody may signal by hand.
    pub operations: Vec<String>,
    /// The chosen one.
    pub operation: String,
    /// The JSON that was typed.
    pub input: String,
    /// What is wrong.
    pub errors: FormErrors,
}
