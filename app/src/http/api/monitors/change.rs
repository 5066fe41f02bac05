//! Monitors are made, changed, paused, resumed, asked to check and deleted.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::PATH;
use super::draft::{NewMonitor, refused};
use super::read::parse;
use crate::http::api::answers::{RefusedBody, RefusedChange};
use crate::http::api::call::Call;
use crate::http::api::json::JsonBody;
use crate::http::api::once::{IdempotencyKey, once};
use crate::http::api::problem::ApiError;
use crate::http::state::AppState;
use crate::portal::Actor;
use crate::portal::monitors::MonitorDraft;

/// What was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MadeMonitor {
    #[schema(format = "uuid")]
    id: String,
    /// Where to read it.
    url: String,
}

/// Make a monitor
///
/// It is checked at once. For requesters and administrators.
#[utoipa::path(
    post,
    path = "/v1/monitors",
    operation_id = "create_monitor",
    tag = "Monitors",
    params(
        ("Idempotency-Key" = Option<String>, Header, max_length = 255, description = "Makes repeating the call safe."),
    ),
    request_body(content = NewMonitor, content_type = "application/json"),
    responses(
        (status = 201, description = "Made.", body = MadeMonitor,
         headers(("Location" = String, description = "Where to read it."))),
        RefusedBody
    ),
    security(("bearer" = ["monitors:write"]))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    call: Call,
    key: IdempotencyKey,
    body: JsonBody<NewMonitor>,
) -> Result<Response, ApiError> {
    let (draft, portal) = (MonitorDraft::from(body.value), &state.portal);
    let create = move |actor: Actor| async move {
        portal.create_monitor(&actor, draft).await.map(|id| id.to_string()).map_err(refused)
    };
    let made = once(&state, &call.actor, key, body.fingerprint, create).await?;
    let url = format!("{PATH}/{}", made.id);
    let headers = [(header::LOCATION, url.clone())];
    let answer = (StatusCode::CREATED, headers, Json(MadeMonitor { id: made.id.clone(), url })).into_response();
    Ok(made.answer(answer))
}

/// Change a monitor
///
/// All of it; what is not said is as if it was made anew. It is checked at once. For its owner and administrators.
#[utoipa::path(
    put,
    path = "/v1/monitors/{id}",
    operation_id = "change_monitor",
    tag = "Monitors",
    params(("id" = String, Path, format = "uuid", description = "The monitor.")),
    request_body(content = NewMonitor, content_type = "application/json"),
    responses((status = 204, description = "Changed."), RefusedBody),
    security(("bearer" = ["monitors:write"]))
)]
pub(super) async fn edit(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
    body: JsonBody<NewMonitor>,
) -> Result<StatusCode, ApiError> {
    state.portal.edit_monitor(&call.actor, parse(&id)?, body.value.into()).await.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a monitor
///
/// With everything that it found. For its owner and administrators.
#[utoipa::path(
    delete,
    path = "/v1/monitors/{id}",
    operation_id = "delete_monitor",
    tag = "Monitors",
    params(("id" = String, Path, format = "uuid", description = "The monitor.")),
    responses((status = 204, description = "Gone."), RefusedChange),
    security(("bearer" = ["monitors:write"]))
)]
pub(super) async fn delete(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.portal.delete_monitor(&call.actor, parse(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Pause a monitor
///
/// Until it is resumed. An incident stays open. For its owner and administrators.
#[utoipa::path(
    post,
    path = "/v1/monitors/{id}/pause",
    operation_id = "pause_monitor",
    tag = "Monitors",
    params(("id" = String, Path, format = "uuid", description = "The monitor.")),
    responses((status = 204, description = "Paused."), RefusedChange),
    security(("bearer" = ["monitors:write"]))
)]
pub(super) async fn pause(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.portal.pause_monitor(&call.actor, parse(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Resume a monitor
///
/// It is checked at once. For its owner and administrators.
#[utoipa::path(
    post,
    path = "/v1/monitors/{id}/resume",
    operation_id = "resume_monitor",
    tag = "Monitors",
    params(("id" = String, Path, format = "uuid", description = "The monitor.")),
    responses((status = 204, description = "Resumed."), RefusedChange),
    security(("bearer" = ["monitors:write"]))
)]
pub(super) async fn resume(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.portal.resume_monitor(&call.actor, parse(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Check now
///
/// Instead of at the next time; too soon after a check it is refused with 429. For its owner and administrators.
#[utoipa::path(
    post,
    path = "/v1/monitors/{id}/check-now",
    operation_id = "check_now",
    tag = "Monitors",
    params(("id" = String, Path, format = "uuid", description = "The monitor.")),
    responses((status = 202, description = "The check is due now."), RefusedChange),
    security(("bearer" = ["monitors:write"]))
)]
pub(super) async fn check_now(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.portal.check_monitor_now(&call.actor, parse(&id)?).await?;
    Ok(StatusCode::ACCEPTED)
}
