//! `/requests/{id}/revisions`, `/requests/{id}/changes` and, for the holder of a link, `/decide/{link}/changes`: what was
//! submitted from one time to the next, and what differs.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::error::Refusal;
use super::files;
use super::heavy::HeavyWork;
use super::held_link::{HeldLink, seen_by};
use super::present::Seen;
use super::present::changes::{changes as changes_view, revisions};
use super::reader::Reader;
use super::request::parse;
use super::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::{self, Actor, Comparison, PortalError};
use crate::view::{Changes, ChangesPlace, Frame};

/// Which revisions are compared; the newest with the one before it, unless said otherwise.
#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    from: Option<u32>,
    to: Option<u32>,
}

/// `GET /requests/{id}/revisions`.
pub(crate) async fn list(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Page, Refusal> {
    let id = parse(&id)?;
    let all = state.portal.revisions(&reader.actor, id).await?;
    let seen = reader.seen(&state);
    Ok(pages::revisions(reader.frame, revisions(id, all, seen)))
}

/// `GET /requests/{id}/changes`.
pub(crate) async fn changes(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Query(Which { from, to }): Query<Which>,
) -> Result<Page, Refusal> {
    let id = parse(&id)?;
    let compared = state.portal.changes(&reader.actor, id, from, to).await?;
    let page = compare(&state, ChangesPlace::Request(id.0), compared, reader.seen(&state)).await?;
    Ok(pages::changes(reader.frame, page))
}

/// `GET /requests/{id}/revisions/{revision}/files/{number}`.
pub(crate) async fn file(
    State(state): State<AppState>,
    reader: Reader,
    Path((id, revision, number)): Path<(String, u32, u32)>,
) -> Result<Response, Refusal> {
    let file = state.portal.revision_file(&reader.actor, parse(&id)?, revision, number).await?;
    files::send(&state.portal, file).await
}

/// `GET /decide/{link}/changes`. Where there is nothing to see, the link's own page says why.
pub(crate) async fn link_changes(
    State(state): State<AppState>,
    HeldLink(link): HeldLink,
    Query(Which { from, to }): Query<Which>,
) -> Result<Response, Refusal> {
    let holder = Actor::Link(link);
    match state.portal.link_changes(&holder, from, to).await {
        Ok(compared) => {
            let seen = seen_by(&state, &holder).await?;
            let page = compare(&state, ChangesPlace::Link(link.0), compared, seen).await?;
            Ok(pages::changes(Frame::default(), page).into_response())
        }
        Err(PortalError::NotFound) => Ok(Redirect::to(&paths::Decide(&link.to_string()).to_string()).into_response()),
        Err(error) => Err(error.into()),
    }
}

/// `GET /decide/{link}/revisions/{revision}/files/{number}`.
pub(crate) async fn link_file(
    State(state): State<AppState>,
    HeldLink(link): HeldLink,
    Path((_, revision, number)): Path<(String, u32, u32)>,
) -> Result<Response, Refusal> {
    let file = state.portal.link_revision_file(&Actor::Link(link), revision, number).await?;
    files::send(&state.portal, file).await
}

/// What differs, found out where nobody waits for the processor.
pub(super) async fn differences(
    heavy: &HeavyWork,
    compared: Comparison,
) -> Result<(portal::Changes, Comparison), PortalError> {
    heavy.run("comparing two revisions", move || (compared.changes(), compared)).await
}

/// What differs, with the pages of the files that do.
async fn compare(
    state: &AppState,
    place: ChangesPlace,
    compared: Comparison,
    seen: Seen,
) -> Result<Changes, PortalError> {
    let (changes, compared) = differences(&state.heavy, compared).await?;
    let previews = state.portal.previews_of(&changes.differing_files()).await?;
    Ok(changes_view(place, compared, changes, &previews, seen))
}
