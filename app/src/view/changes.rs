//! The revisions of a request, and what differs between two of them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::file::FilePreview;
use super::frame::Person;
use super::mark::{Icon, Mark, Tone};
use super::moment::Moment;

/// `GET /requests/{id}/revisions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revisions {
    /// The request's id.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// The revisions, newest first.
    pub rows: Vec<RevisionRow>,
}

/// A revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionRow {
    /// Its number, from 1.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// When it was submitted.
    pub submitted_at: Moment,
    /// By whom.
    pub by: Person,
    /// What they said about it.
    pub note: Option<String>,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
    /// How many files it has.
    pub files: usize,
}

/// `GET /requests/{id}/changes` and `GET /decide/{link}/changes`. Query: `from`, `to`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Who reads it.
    pub place: ChangesPlace,
    /// The title of the request now.
    pub title: String,
    /// The number of its newest revision.
    pub newest: u32,
    /// What was compared.
    pub from: RevisionRow,
    /// With what.
    pub to: RevisionRow,
    /// The titles, compared.
    pub titles: Vec<Piece>,
    /// The texts, compared.
    pub text: Vec<Piece>,
    /// The files, compared.
    pub files: Vec<FileChange>,
}

/// Below which address changes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangesPlace {
    /// To people with a session: the request's id.
    Request(Uuid),
    /// To the holder of a link: the link's id.
    Link(Uuid),
}

/// A piece of a text that was compared with another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    /// In both.
    Same(String),
    /// In the earlier one only.
    Gone(String),
    /// In the later one only.
    New(String),
    /// So many lines are in both and not shown.
    Skipped(usize),
}

impl Piece {
    /// Whether any of these pieces differs.
    #[must_use]
    pub fn any_differs(pieces: &[Self]) -> bool {
        pieces.iter().any(|piece| matches!(piece, Self::Gone(_) | Self::New(_)))
    }
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// In a word.
    pub fate: FileFate,
    /// As it was.
    pub from: Option<FileVersion>,
    /// As it is.
    pub to: Option<FileVersion>,
}

/// A file within a revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileVersion {
    /// Its number within the revision, the last part of its path.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// The SHA-256 of its content in hexadecimal.
    pub sha256: String,
    /// Its pages as pictures, where its content is in one of the revisions only.
    pub preview: FilePreview,
}

/// What became of a file, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileFate {
    /// The same name, the same content.
    Same,
    /// Another name, the same content.
    Renamed,
    /// The same name, another content.
    Changed,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
}

impl FileFate {
    /// Word, colour and icon.
    #[must_use]
    pub const fn mark(self) -> Mark {
        let (word, tone, icon) = match self {
            Self::Same => ("Unchanged", Tone::Gone, Icon::Check),
            Self::Renamed => ("Renamed", Tone::Ink, Icon::Pen),
            Self::Changed => ("Changed", Tone::Waiting, Icon::Pen),
            Self::Added => ("Added", Tone::Good, Icon::Plus),
            Self::Removed => ("Removed", Tone::Bad, Icon::Minus),
        };
        Mark { word, tone, icon }
    }
}
