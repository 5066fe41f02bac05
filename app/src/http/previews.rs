//! Pages of files as pictures, for whoever may see the file: `/requests/{id}/files/{number}/pages/{page}`, the same of an
//! earlier revision, and both for the holder of a link. The portal made them itself, pixel by pixel; they are sent as the
//! files are all the same.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::error::Refusal;
use super::files::POLICY;
use super::held_link::HeldLink;
use super::reader::Reader;
use super::request::parse;
use super::state::AppState;
use crate::portal::Actor;
use crate::portal::file::FileKind;

/// Kept by the browser, and asked for each time: whether it is still the same, and whether the reader may still see it.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");
/// Those who come by a link may sit at somebody else's computer.
const KEEP_NOTHING: HeaderValue = HeaderValue::from_static("private, no-store");

/// `GET /requests/{id}/files/{number}/pages/{page}`.
pub(crate) async fn page(
    State(state): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
    Path((id, number, page)): Path<(String, u32, u32)>,
) -> Result<Response, Refusal> {
    let file = state.portal.request_file(&reader.actor, parse(&id)?, number).await?;
    let image = state.portal.preview_page(file.id, page).await?;
    Ok(send(image, ASK_AGAIN, &headers))
}

/// `GET /decide/{link}/files/{number}/pages/{page}`.
pub(crate) async fn link_page(
    State(state): State<AppState>,
    HeldLink(link): HeldLink,
    headers: HeaderMap,
    Path((_, number, page)): Path<(String, u32, u32)>,
) -> Result<Response, Refusal> {
    let file = state.portal.link_file(&Actor::Link(link), number).await?;
    let image = state.portal.preview_page(file.id, page).await?;
    Ok(send(image, KEEP_NOTHING, &headers))
}

/// `GET /requests/{id}/revisions/{revision}/files/{number}/pages/{page}`.
pub(crate) async fn revision_page(
    State(state): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
    Path((id, revision, number, page)): Path<(String, u32, u32, u32)>,
) -> Result<Response, Refusal> {
    let file = state.portal.revision_file(&reader.actor, parse(&id)?, revision, number).await?;
    let image = state.portal.preview_page(file.id, page).await?;
    Ok(send(image, ASK_AGAIN, &headers))
}

/// `GET /decide/{link}/revisions/{revision}/files/{number}/pages/{page}`.
pub(crate) async fn link_revision_page(
    State(state): State<AppState>,
    HeldLink(link): HeldLink,
    headers: HeaderMap,
    Path((_, revision, number, page)): Path<(String, u32, u32, u32)>,
) -> Result<Response, Refusal> {
    let file = state.portal.link_revision_file(&Actor::Link(link), revision, number).await?;
    let image = state.portal.preview_page(file.id, page).await?;
    Ok(send(image, KEEP_NOTHING, &headers))
}

/// The picture, or that the browser has it already.
fn send(image: Vec<u8>, caching: HeaderValue, asked: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", hex::encode(Sha256::digest(&image)));
    let is_known = asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let tag = HeaderValue::try_from(tag).expect("hexadecimal digits in quotes");
    let about = [(header::CACHE_CONTROL, caching), (header::ETAG, tag), (header::CONTENT_SECURITY_POLICY, POLICY)];
    if is_known {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    let kind = HeaderValue::from_static(FileKind::sniff(&image, true).media_type());
    let what = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"))];
    (about, what, image).into_response()
}
