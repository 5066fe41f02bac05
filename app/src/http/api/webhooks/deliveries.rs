//! What was delivered, and delivering it again.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::PATH;
use super::read::parse;
use super::shape::{DeliveryDetails, DeliveryEntry, DeliveryList};
use crate::http::api::answers::{Refused, RefusedChange};
use crate::http::api::call::Call;
use crate::http::api::problem::ApiError;
use crate::http::api::query::{Asked, FromCursor, part, place};
use crate::http::state::AppState;
use crate::portal::DeliveryId;

/// Deliveries of a webhook
///
/// Newest first, fifty in a part. For administrators.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}/deliveries",
    operation_id = "list_deliveries",
    tag = "Webhooks",
    params(("id" = String, Path, format = "uuid", description = "The webhook."), FromCursor),
    responses((status = 200, description = "A part of the list.", body = DeliveryList), Refused),
    security(("bearer" = ["webhooks:read"]))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
    Asked(which): Asked<FromCursor>,
) -> Result<Response, ApiError> {
    let id = parse(&id)?;
    let before = place(which.cursor.as_deref(), |text| text.parse::<DeliveryId>().ok())?;
    let page = state.portal.webhook(&call.actor, id, before).await?.deliveries;
    let next = page.next.map(|delivery| delivery.to_string());
    let items = page.rows.iter().map(DeliveryEntry::from).collect();
    Ok(part(DeliveryList { items, next: next.clone() }, &format!("{PATH}/{id}/deliveries"), &[], next.as_deref()))
}

/// A delivery
///
/// For administrators.
#[utoipa::path(
    get,
    path = "/v1/deliveries/{id}",
    operation_id = "read_delivery",
    tag = "Webhooks",
    params(("id" = String, Path, format = "uuid", description = "The delivery.")),
    responses((status = 200, description = "The delivery.", body = DeliveryDetails), Refused),
    security(("bearer" = ["webhooks:read"]))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<DeliveryDetails>, ApiError> {
    Ok(Json(state.portal.delivery(&call.actor, delivery(&id)?).await?.delivery.into()))
}

/// Deliver again
///
/// The same bytes under the same webhook-id. For administrators.
#[utoipa::path(
    post,
    path = "/v1/deliveries/{id}/redeliver",
    operation_id = "redeliver",
    tag = "Webhooks",
    params(("id" = String, Path, format = "uuid", description = "The delivery.")),
    responses((status = 202, description = "It will be posted again."), RefusedChange),
    security(("bearer" = ["webhooks:write"]))
)]
pub(super) async fn redeliver(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.portal.redeliver(&call.actor, delivery(&id)?).await?;
    Ok(StatusCode::ACCEPTED)
}

fn delivery(id: &str) -> Result<DeliveryId, ApiError> {
    id.parse().map_err(|_| ApiError::not_found())
}
