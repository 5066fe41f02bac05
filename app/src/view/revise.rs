//! The form for another revision of a request.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::form::FormErrors;
use super::new_request::KeptFile;
use super::request::ChangesWanted;

/// `GET` and `POST /requests/{id}/revise` (multipart). Every field holds what was typed.
///
/// Field names: `title`, `text`, `keep` (repeated), `kept_file` (repeated), `file` (repeated), `note`. Errors use these names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviseForm {
    /// The request's id.
    pub id: Uuid,
    /// The title of the present revision.
    pub present: String,
    /// The number that the revision will have.
    pub number: u32,
    /// Who asked for changes, while another revision is awaited.
    pub changes: Option<ChangesWanted>,
    /// One line.
    pub title: String,
    /// Markdown.
    pub text: String,
    /// The files of the present revision.
    pub files: Vec<PresentFile>,
    /// New files that an earlier, refused submission has already stored; each stays chosen unless unticked.
    pub kept: Vec<KeptFile>,
    /// The largest size of one file in bytes, for the hint.
    pub max_file_size: u64,
    /// What the requester says about it.
    pub note: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// A file of the present revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresentFile {
    /// Its number, the value of `keep`.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Whether it stays.
    pub stays: bool,
}
