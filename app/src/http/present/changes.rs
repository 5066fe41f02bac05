//! The revisions of a request, and what differs between two of them.

use super::{Seen, moment, non_empty};
use crate::portal::file::RequestFile;
use crate::portal::ids::RequestId;
use crate::portal::reads::Revision;
use crate::portal::{Comparison, FileChange, Piece, RequestRevisions};
use crate::view;

/// The list of revisions.
pub(crate) fn revisions(id: RequestId, all: RequestRevisions, seen: Seen) -> view::Revisions {
    let RequestRevisions { title, revisions } = all;
    view::Revisions { id: id.0, title, rows: revisions.iter().rev().map(|revision| row(revision, seen)).collect() }
}

/// Two revisions, compared.
pub(crate) fn changes(place: view::ChangesPlace, compared: Comparison, seen: Seen) -> view::Changes {
    let Comparison { title, newest, from, to, changes } = compared;
    view::Changes {
        place,
        title,
        newest,
        from: row(&from, seen),
        to: row(&to, seen),
        titles: changes.title.into_iter().map(Into::into).collect(),
        text: changes.text.into_iter().map(Into::into).collect(),
        files: changes.files.into_iter().map(Into::into).collect(),
    }
}

fn row(revision: &Revision, seen: Seen) -> view::RevisionRow {
    view::RevisionRow {
        number: revision.number,
        title: revision.title.clone(),
        submitted_at: moment(revision.at, seen),
        by: revision.by.clone().into(),
        note: non_empty(&revision.note),
        sha256: revision.hash.to_string(),
        files: revision.files.len(),
    }
}

impl From<Piece> for view::Piece {
    fn from(piece: Piece) -> Self {
        match piece {
            Piece::Same(text) => Self::Same(text),
            Piece::Gone(text) => Self::Gone(text),
            Piece::New(text) => Self::New(text),
            Piece::Skipped(lines) => Self::Skipped(lines),
        }
    }
}

impl From<FileChange> for view::FileChange {
    fn from(change: FileChange) -> Self {
        let (fate, from, to) = match change {
            FileChange::Same { from, to } => (view::FileFate::Same, Some(from), Some(to)),
            FileChange::Renamed { from, to } => (view::FileFate::Renamed, Some(from), Some(to)),
            FileChange::Changed { from, to } => (view::FileFate::Changed, Some(from), Some(to)),
            FileChange::Added(to) => (view::FileFate::Added, None, Some(to)),
            FileChange::Removed(from) => (view::FileFate::Removed, Some(from), None),
        };
        Self { fate, from: from.map(version), to: to.map(version) }
    }
}

fn version(file: RequestFile) -> view::FileVersion {
    view::FileVersion { number: file.number, name: file.name, size: file.size, sha256: file.id.to_string() }
}
