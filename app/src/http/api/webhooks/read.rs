//! Every webhook, and one of them.

use axum::Json;
use axum::extract::{Path, State};

use super::shape::{WebhookEntry, WebhookList};
use crate::http::api::answers::Refused;
use crate::http::api::call::Call;
use crate::http::api::problem::ApiError;
use crate::http::state::AppState;
use crate::portal::WebhookId;

/// Webhooks
///
/// Every one, oldest first. For administrators.
#[utoipa::path(
    get,
    path = "/v1/webhooks",
    operation_id = "list_webhooks",
    tag = "Webhooks",
    responses((status = 200, description = "Every webhook.", body = WebhookList), Refused),
    security(("bearer" = ["webhooks:read"]))
)]
pub(super) async fn list(State(state): State<AppState>, call: Call) -> Result<Json<WebhookList>, ApiError> {
    let webhooks = state.portal.webhooks(&call.actor).await?;
    Ok(Json(WebhookList { items: webhooks.into_iter().map(WebhookEntry::from).collect() }))
}

/// A webhook
///
/// For administrators.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}",
    operation_id = "read_webhook",
    tag = "Webhooks",
    params(("id" = String, Path, format = "uuid", description = "The webhook.")),
    responses((status = 200, description = "The webhook.", body = WebhookEntry), Refused),
    security(("bearer" = ["webhooks:read"]))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<WebhookEntry>, ApiError> {
    Ok(Json(state.portal.webhook(&call.actor, parse(&id)?, None).await?.line.into()))
}

/// The id that an address holds. What is no id names nothing.
pub(super) fn parse(id: &str) -> Result<WebhookId, ApiError> {
    id.parse().map_err(|_| ApiError::not_found())
}
