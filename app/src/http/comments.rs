//! `POST /requests/{id}/comments`: somebody comments on a request.

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::error::Refusal;
use super::notice::Done;
use super::reader::Reader;
use super::request::{Forms, page, parse};
use super::state::AppState;
use crate::pages::paths;
use crate::portal::PortalError;
use crate::view::{CommentForm, FormErrors};

/// What the form posts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Comment {
    text: String,
}

/// Adds the comment, or gives it back with what is wrong. What was typed is kept even where it comes too often.
pub(crate) async fn comment(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Form(typed): Form<Comment>,
) -> Result<Response, Refusal> {
    let id = parse(&id)?;
    let (status, errors) = match state.portal.comment(&reader.actor, id, &typed.text).await {
        Ok(()) => return Ok(Done::Commented.then(paths::Request(&id.to_string())).into_response()),
        Err(PortalError::Invalid(errors)) => (StatusCode::UNPROCESSABLE_ENTITY, errors.into()),
        Err(PortalError::TooMany(text)) => (StatusCode::TOO_MANY_REQUESTS, FormErrors::one("text", text)),
        Err(error) => return Err(error.into()),
    };
    let forms = Forms { comment: CommentForm { text: typed.text, errors }, ..Forms::default() };
    Ok(page(&state, reader, id, forms).await?.with_status(status).into_response())
}
