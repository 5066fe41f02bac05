//! The revisions of a request, and what differs between two of them.

use super::file::preview;
use super::{Seen, moment, non_empty};
use crate::portal::file::RequestFile;
use crate::portal::ids::RequestId;
use crate::portal::previews::ShownPreview;
use crate::portal::reads::Revision;
use crate::portal::{Changes, Comparison, FileChange, Piece, RequestRevisions};
use crate::view;

/// The list of revisions.
pub(crate) fn revisions(id: RequestId, all: RequestRevisions, seen: Seen) -> view::Revisions {
    let RequestRevisions { title, revisions } = all;
    view::Revisions { id: id.0, title, rows: revisions.iter().rev().map(|revision| row(revision, seen)).collect() }
}

/// Two revisions with what differs, and the previews of the files that do.
pub(crate) fn changes(
    place: view::ChangesPlace,
    compared: Comparison,
    changes: Changes,
    previews: &[ShownPreview],
    seen: Seen,
) -> view::Changes {
    let Comparison { title, newest, from, to, .. } = compared;
    view::Changes {
        place,
        title,
        newest,
        from: row(&from, seen),
        to: row(&to, seen),
        titles: changes.title.into_iter().map(Into::into).collect(),
        text: changes.text.into_iter().map(Into::into).collect(),
        files: changes.files.into_iter().map(|change| file_change(change, previews)).collect(),
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

fn file_change(change: FileChange, previews: &[ShownPreview]) -> view::FileChange {
    let (fate, from, to) = match change {
        FileChange::Same { from, to } => (view::FileFate::Same, Some(from), Some(to)),
        FileChange::Renamed { from, to } => (view::FileFate::Renamed, Some(from), Some(to)),
        FileChange::Changed { from, to } => (view::FileFate::Changed, Some(from), Some(to)),
        FileChange::Added(to) => (view::FileFate::Added, None, Some(to)),
        FileChange::Removed(from) => (view::FileFate::Removed, Some(from), None),
    };
    // Of the same content there is nothing to compare, even where another file has it, too.
    let is_compared = !matches!(fate, view::FileFate::Same | view::FileFate::Renamed);
    let previews = if is_compared { previews } else { &[] };
    let version = |file: RequestFile| view::FileVersion {
        preview: preview(&file, previews),
        number: file.number,
        name: file.name,
        size: file.size,
        sha256: file.id.to_string(),
    };
    view::FileChange { fate, from: from.map(version), to: to.map(version) }
}
