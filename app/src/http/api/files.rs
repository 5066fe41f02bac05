//! `/api/v1/files`: content for a request that is made afterwards.

use axum::Json;
use axum::body::{Body, BodyDataStream};
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answers::RefusedBody;
use super::call::Call;
use super::once::{IdempotencyKey, Made, fingerprint};
use super::problem::ApiError;
use super::query::Asked;
use crate::http::state::AppState;
use crate::portal::file::Upload;
use crate::portal::ids::Fingerprint;
use crate::portal::once::Once;
use crate::portal::{PortalError, Scope, UploadId};

/// The route. The body is read as it comes, up to the portal's limit for files.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(upload))
}

#[derive(Debug, Deserialize)]
struct Named {
    #[serde(default)]
    name: String,
}

/// A file that was stored, for a request that names it within a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct UploadedFile {
    /// What a new request names it by.
    #[schema(format = "uuid")]
    id: String,
    /// Without path and control characters.
    name: String,
    /// In bytes.
    size: u64,
    /// What the portal found in the content.
    media_type: String,
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sha256: String,
}

/// Upload a file
///
/// The body is the content, of whatever kind. A request made within a day refers to it by its id.
#[utoipa::path(
    post,
    path = "/v1/files",
    operation_id = "upload_file",
    tag = "Requests",
    params(
        ("name" = Option<String>, Query, max_length = 200, description = "The file's name."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255, description = "Makes repeating the call safe."),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "Stored.", body = UploadedFile), RefusedBody),
    security(("bearer" = ["requests:write"]))
)]
async fn upload(
    State(state): State<AppState>,
    call: Call,
    key: IdempotencyKey,
    Asked(named): Asked<Named>,
    body: Body,
) -> Result<Response, ApiError> {
    call.actor.require_scope(Scope::RequestsWrite)?;
    call.actor.require_requester()?;
    let content = body.into_data_stream();
    let Some(key) = key.0 else {
        let (upload, _) = receive(&state, &call, &named.name, content).await?;
        return answer(upload, false);
    };
    let begun = state.portal.begin_once(&call.actor, &key).await?;
    if let Some(first) = begun.first {
        let seen = read_through(&state, &named.name, content).await?;
        let id = first.made_for(seen)?;
        let id: UploadId = id.parse().map_err(|_| PortalError::Internal(format!("{id} is no upload")))?;
        let kept = state.portal.kept_files(&call.actor, &[id]).await?.pop();
        return answer(kept.ok_or_else(ApiError::not_found)?, true);
    }
    let (upload, fingerprint) = receive(&state, &call, &named.name, content).await?;
    // A crash right here stores the file a second time when the call is repeated, under the same content; the first is swept.
    state.portal.note_once(&call.actor, Once { key, fingerprint }, &upload.id.to_string()).await?;
    drop(begun.ticket);
    answer(upload, false)
}

/// Stores the content as it comes, and says what the call asked for.
async fn receive(
    state: &AppState,
    call: &Call,
    name: &str,
    mut content: BodyDataStream,
) -> Result<(Upload, Fingerprint), ApiError> {
    let mut receiving = state.portal.receive_file(&call.actor, name).await?;
    let mut digest = Sha256::new();
    while let Some(bytes) = content.next().await {
        let bytes = bytes.map_err(|_| broken())?;
        digest.update(&bytes);
        receiving.write(&bytes).await?;
    }
    Ok((receiving.finish().await?, asked(name, digest)))
}

/// What a call asked for whose content is stored already.
async fn read_through(state: &AppState, name: &str, mut content: BodyDataStream) -> Result<Fingerprint, ApiError> {
    let (mut digest, mut size) = (Sha256::new(), 0);
    while let Some(bytes) = content.next().await {
        let bytes = bytes.map_err(|_| broken())?;
        size += bytes.len() as u64;
        if size > state.portal.max_file_bytes() {
            return Err(PortalError::TooLarge.into());
        }
        digest.update(&bytes);
    }
    Ok(asked(name, digest))
}

fn asked(name: &str, content: Sha256) -> Fingerprint {
    fingerprint(&Method::POST, name, &content.finalize()[..])
}

fn broken() -> ApiError {
    ApiError::bad_request("The upload broke off before it was complete.")
}

fn answer(upload: Upload, before: bool) -> Result<Response, ApiError> {
    let id = upload.id.to_string();
    let file = upload.file.ok_or_else(|| PortalError::Internal(format!("the upload {id} is not finished")))?;
    let uploaded = UploadedFile {
        id: id.clone(),
        name: upload.name,
        size: file.size,
        media_type: file.kind.media_type().to_owned(),
        sha256: file.id.to_string(),
    };
    Ok(Made { id, before }.answer((StatusCode::CREATED, Json(uploaded)).into_response()))
}
