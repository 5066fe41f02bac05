//! The revisions of a request, what differs between two of them, and their files.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::read::parse;
use super::shape::AttachedFile;
use crate::http::api::answers::Refused;
use crate::http::api::call::Call;
use crate::http::api::people::PersonName;
use crate::http::api::problem::ApiError;
use crate::http::api::query::Asked;
use crate::http::api::time::rfc3339;
use crate::http::files;
use crate::http::revisions::differences;
use crate::http::state::AppState;
use crate::portal::reads::Revision;
use crate::portal::{FileChange, Piece};

/// The routes.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(changes)).routes(routes!(file))
}

/// A revision.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RevisionEntry {
    /// From 1.
    number: u32,
    title: String,
    /// What answers are bound to: the SHA-256 of title, text and files.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    revision: String,
    #[schema(format = "date-time")]
    submitted_at: String,
    by: PersonName,
    /// What they said about it; empty for the first one.
    note: String,
    files: Vec<AttachedFile>,
}

impl From<Revision> for RevisionEntry {
    fn from(revision: Revision) -> Self {
        Self {
            number: revision.number,
            title: revision.title,
            revision: revision.hash.to_string(),
            submitted_at: rfc3339(revision.at),
            by: revision.by.into(),
            note: revision.note,
            files: revision.files.into_iter().map(AttachedFile::from).collect(),
        }
    }
}

/// The revisions of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RevisionList {
    items: Vec<RevisionEntry>,
}

/// The revisions of a request
///
/// Oldest first. For whoever may see the request.
#[utoipa::path(
    get,
    path = "/v1/requests/{id}/revisions",
    operation_id = "list_revisions",
    tag = "Requests",
    params(("id" = String, Path, format = "uuid", description = "The request.")),
    responses((status = 200, description = "The revisions.", body = RevisionList), Refused),
    security(("bearer" = ["requests:read"]))
)]
async fn list(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<RevisionList>, ApiError> {
    let all = state.portal.revisions(&call.actor, parse(&id)?).await?;
    Ok(Json(RevisionList { items: all.revisions.into_iter().map(RevisionEntry::from).collect() }))
}

/// In which of two texts a piece is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PieceWord {
    /// In both.
    Same,
    /// In the earlier one only.
    Gone,
    /// In the later one only.
    New,
    /// In both, and left out here, because it is far from every change.
    Skipped,
}

/// A piece of a text that was compared with another, word by word.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PieceEntry {
    kind: PieceWord,
    /// Empty where lines are skipped.
    text: String,
    /// How many lines are skipped.
    lines: usize,
}

impl From<Piece> for PieceEntry {
    fn from(piece: Piece) -> Self {
        let (kind, text, lines) = match piece {
            Piece::Same(text) => (PieceWord::Same, text, 0),
            Piece::Gone(text) => (PieceWord::Gone, text, 0),
            Piece::New(text) => (PieceWord::New, text, 0),
            Piece::Skipped(lines) => (PieceWord::Skipped, String::new(), lines),
        };
        Self { kind, text, lines }
    }
}

fn pieces(of: Vec<Piece>) -> Vec<PieceEntry> {
    of.into_iter().map(PieceEntry::from).collect()
}

/// What became of a file.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FateWord {
    Same,
    /// Another name, the same content.
    Renamed,
    /// The same name, another content.
    Changed,
    Added,
    Removed,
}

/// A file in two revisions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FileChangeEntry {
    fate: FateWord,
    /// In the earlier one.
    from: Option<AttachedFile>,
    /// In the later one.
    to: Option<AttachedFile>,
}

impl From<FileChange> for FileChangeEntry {
    fn from(change: FileChange) -> Self {
        let (fate, from, to) = match change {
            FileChange::Same { from, to } => (FateWord::Same, Some(from), Some(to)),
            FileChange::Renamed { from, to } => (FateWord::Renamed, Some(from), Some(to)),
            FileChange::Changed { from, to } => (FateWord::Changed, Some(from), Some(to)),
            FileChange::Added(to) => (FateWord::Added, None, Some(to)),
            FileChange::Removed(from) => (FateWord::Removed, Some(from), None),
        };
        Self { fate, from: from.map(AttachedFile::from), to: to.map(AttachedFile::from) }
    }
}

/// Two revisions, compared.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RevisionChanges {
    from: RevisionEntry,
    to: RevisionEntry,
    /// The title, whole.
    title: Vec<PieceEntry>,
    /// The text, without what is far from every change.
    text: Vec<PieceEntry>,
    /// The files of the later revision in their order, then those that are gone.
    files: Vec<FileChangeEntry>,
}

#[derive(Debug, Deserialize)]
struct Which {
    from: Option<u32>,
    to: Option<u32>,
}

/// What differs between two revisions
///
/// The newest and the one before it, unless said otherwise. For whoever may see the request.
#[utoipa::path(
    get,
    path = "/v1/requests/{id}/changes",
    operation_id = "compare_revisions",
    tag = "Requests",
    params(
        ("id" = String, Path, format = "uuid", description = "The request."),
        ("from" = Option<u32>, Query, minimum = 1, description = "The earlier revision; the one before the later."),
        ("to" = Option<u32>, Query, minimum = 1, description = "The later revision; the newest."),
    ),
    responses((status = 200, description = "What differs.", body = RevisionChanges), Refused),
    security(("bearer" = ["requests:read"]))
)]
async fn changes(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
    Asked(Which { from, to }): Asked<Which>,
) -> Result<Json<RevisionChanges>, ApiError> {
    let compared = state.portal.changes(&call.actor, parse(&id)?, from, to).await?;
    let (changes, compared) = differences(&state.heavy, compared).await?;
    Ok(Json(RevisionChanges {
        from: compared.from.into(),
        to: compared.to.into(),
        title: pieces(changes.title),
        text: pieces(changes.text),
        files: changes.files.into_iter().map(FileChangeEntry::from).collect(),
    }))
}

/// A file of a revision
///
/// Its content. For whoever may see the request.
#[utoipa::path(
    get,
    path = "/v1/requests/{id}/revisions/{revision}/files/{number}",
    operation_id = "read_file",
    tag = "Requests",
    params(
        ("id" = String, Path, format = "uuid", description = "The request."),
        ("revision" = u32, Path, minimum = 1, description = "The number of the revision."),
        ("number" = u32, Path, minimum = 1, description = "The number of the file."),
    ),
    responses(
        (status = 200, description = "The content, as what it was found to be.", body = Vec<u8>, content_type = "*/*"),
        Refused,
    ),
    security(("bearer" = ["requests:read"]))
)]
async fn file(
    State(state): State<AppState>,
    call: Call,
    Path((id, revision, number)): Path<(String, u32, u32)>,
) -> Result<Response, ApiError> {
    let file = state.portal.revision_file(&call.actor, parse(&id)?, revision, number).await?;
    Ok(files::answer(&state.portal, file))
}
