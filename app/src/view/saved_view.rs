//! Filters of the inbox that somebody keeps under a name.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::form::FormErrors;
use super::inbox::{InboxFilter, InboxTab};

/// A saved view as a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The tab that it shows.
    pub tab: InboxTab,
    /// Its filter, as the address says it.
    pub query: String,
    /// Whether it is what the page shows.
    pub current: bool,
}

/// `GET /views`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedViews {
    /// The reader's views, in their order.
    pub views: Vec<SavedView>,
    /// A form that came back with messages.
    pub again: Option<SavedViewForm>,
}

/// A form that came back with messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SavedViewForm {
    /// `POST /views`. Fields: `name`, `tab` and those of the filter.
    Save(SaveViewForm),
    /// `POST /views/{id}`. Field: `name`.
    Rename {
        /// Which view.
        id: Uuid,
        /// What was typed.
        name: String,
        /// What is wrong.
        errors: FormErrors,
    },
}

/// The form that saves the present filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveViewForm {
    /// The tab.
    pub tab: InboxTab,
    /// The filter.
    pub filter: InboxFilter,
    /// What was typed.
    pub name: String,
    /// What is wrong.
    pub errors: FormErrors,
}
