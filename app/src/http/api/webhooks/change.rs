//! Webhooks are made, changed, disabled, enabled and deleted.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PATH;
use super::read::parse;
use crate::http::api::answers::{RefusedBody, RefusedChange};
use crate::http::api::call::Call;
use crate::http::api::json::JsonBody;
use crate::http::api::once::{IdempotencyKey, once};
use crate::http::api::problem::ApiError;
use crate::http::state::AppState;
use crate::portal::webhooks::WebhookDraft;
use crate::portal::{Actor, PortalError};

/// Where to post what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewWebhook {
    /// http or https; addresses within private networks are refused unless the operator allows them.
    #[schema(min_length = 1, max_length = 2000, example = "https://example.org/hooks")]
    url: String,
    /// What it is for.
    #[serde(default)]
    #[schema(max_length = 200)]
    description: String,
    /// What it wants to hear of, such as request.closed.
    #[schema(min_items = 1, example = json!(["request.closed"]))]
    events: Vec<String>,
}

impl From<NewWebhook> for WebhookDraft {
    fn from(new: NewWebhook) -> Self {
        Self { url: new.url, description: new.description, events: new.events }
    }
}

fn refused(error: PortalError) -> ApiError {
    ApiError::from(error).renamed(&[("event", "events")])
}

/// What was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MadeWebhook {
    #[schema(format = "uuid")]
    id: String,
    /// What signs. It is shown in this answer only.
    secret: String,
    /// Where to read it.
    url: String,
}

/// Make a webhook
///
/// It is told what happens from now on. The answer holds its secret, which is stored nowhere. For administrators.
#[utoipa::path(
    post,
    path = "/v1/webhooks",
    operation_id = "create_webhook",
    tag = "Webhooks",
    params(
        ("Idempotency-Key" = Option<String>, Header, max_length = 255, description = "Makes repeating the call safe."),
    ),
    request_body(content = NewWebhook, content_type = "application/json"),
    responses(
        (status = 201, description = "Made.", body = MadeWebhook,
         headers(("Location" = String, description = "Where to read it."))),
        RefusedBody
    ),
    security(("bearer" = ["webhooks:write"]))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    call: Call,
    key: IdempotencyKey,
    body: JsonBody<NewWebhook>,
) -> Result<Response, ApiError> {
    let (draft, portal) = (WebhookDraft::from(body.value), &state.portal);
    let create = move |actor: Actor| async move {
        portal.create_webhook(&actor, draft).await.map(|made| made.webhook.to_string()).map_err(refused)
    };
    let made = once(&state, &call.actor, key, body.fingerprint, create).await?;
    // Computed again and never stored, so that a repeated call gets it too.
    let secret = portal.first_secret(&call.actor, parse(&made.id)?).await?.secret;
    let url = format!("{PATH}/{}", made.id);
    let headers = [(header::LOCATION, url.clone())];
    let webhook = MadeWebhook { id: made.id.clone(), secret: secret.expose().to_owned(), url };
    Ok(made.answer((StatusCode::CREATED, headers, Json(webhook)).into_response()))
}

/// Change a webhook
///
/// Its address, description and events. For administrators.
#[utoipa::path(
    put,
    path = "/v1/webhooks/{id}",
    operation_id = "change_webhook",
    tag = "Webhooks",
    params(("id" = String, Path, format = "uuid", description = "The webhook.")),
    request_body(content = NewWebhook, content_type = "application/json"),
    responses((status = 204, description = "Changed."), RefusedBody),
    security(("bearer" = ["webhooks:write"]))
)]
pub(super) async fn edit(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
    body: JsonBody<NewWebhook>,
) -> Result<StatusCode, ApiError> {
    state.portal.edit_webhook(&call.actor, parse(&id)?, body.value.into()).await.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a webhook
///
/// With its deliveries. For administrators.
#[utoipa::path(
    delete,
    path = "/v1/webhooks/{id}",
    operation_id = "delete_webhook",
    tag = "Webhooks",
    params(("id" = String, Path, format = "uuid", description = "The webhook.")),
    responses((status = 204, description = "Gone."), RefusedChange),
    security(("bearer" = ["webhooks:write"]))
)]
pub(super) async fn delete(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.portal.delete_webhook(&call.actor, parse(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Disable a webhook
///
/// It is told nothing until it is enabled, and what happens meanwhile is not made up for. For administrators.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/disable",
    operation_id = "disable_webhook",
    tag = "Webhooks",
    params(("id" = String, Path, format = "uuid", description = "The webhook.")),
    responses((status = 204, description = "Disabled."), RefusedChange),
    security(("bearer" = ["webhooks:write"]))
)]
pub(super) async fn disable(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.portal.disable_webhook(&call.actor, parse(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Enable a webhook
///
/// For administrators.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/enable",
    operation_id = "enable_webhook",
    tag = "Webhooks",
    params(("id" = String, Path, format = "uuid", description = "The webhook.")),
    responses((status = 204, description = "Enabled."), RefusedChange),
    security(("bearer" = ["webhooks:write"]))
)]
pub(super) async fn enable(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.portal.enable_webhook(&call.actor, parse(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
