//! Every monitor, one of them, and what it found.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;

use super::PATH;
use super::shape::{CheckEntry, CheckList, MonitorDetails, MonitorEntry, MonitorList};
use crate::http::api::answers::Refused;
use crate::http::api::call::Call;
use crate::http::api::problem::ApiError;
use crate::http::api::query::{Asked, FromCursor, part, place};
use crate::http::state::AppState;
use crate::portal::MonitorId;

/// Monitors
///
/// Every one, by name.
#[utoipa::path(
    get,
    path = "/v1/monitors",
    operation_id = "list_monitors",
    tag = "Monitors",
    responses((status = 200, description = "Every monitor.", body = MonitorList), Refused),
    security(("bearer" = ["monitors:read"]))
)]
pub(super) async fn list(State(state): State<AppState>, call: Call) -> Result<Json<MonitorList>, ApiError> {
    let monitors = state.portal.monitors(&call.actor).await?;
    Ok(Json(MonitorList { items: monitors.into_iter().map(MonitorEntry::from).collect() }))
}

/// A monitor
#[utoipa::path(
    get,
    path = "/v1/monitors/{id}",
    operation_id = "read_monitor",
    tag = "Monitors",
    params(("id" = String, Path, format = "uuid", description = "The monitor.")),
    responses((status = 200, description = "The monitor.", body = MonitorDetails), Refused),
    security(("bearer" = ["monitors:read"]))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<MonitorDetails>, ApiError> {
    Ok(Json(state.portal.monitor(&call.actor, parse(&id)?, None).await?.into()))
}

/// Checks of a monitor
///
/// Newest first, fifty in a part.
#[utoipa::path(
    get,
    path = "/v1/monitors/{id}/checks",
    operation_id = "list_checks",
    tag = "Monitors",
    params(("id" = String, Path, format = "uuid", description = "The monitor."), FromCursor),
    responses((status = 200, description = "A part of the list.", body = CheckList), Refused),
    security(("bearer" = ["monitors:read"]))
)]
pub(super) async fn checks(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
    Asked(which): Asked<FromCursor>,
) -> Result<Response, ApiError> {
    let id = parse(&id)?;
    // The database counts with signs.
    let before = place(which.cursor.as_deref(), |text| text.parse::<u64>().ok().filter(|n| i64::try_from(*n).is_ok()))?;
    let page = state.portal.monitor(&call.actor, id, before).await?;
    let next = page.next.map(|number| number.to_string());
    let items = page.record.checks.into_iter().map(CheckEntry::from).collect();
    Ok(part(CheckList { items, next: next.clone() }, &format!("{PATH}/{id}/checks"), &[], next.as_deref()))
}

/// The id that an address holds. What is no id names nothing.
pub(super) fn parse(id: &str) -> Result<MonitorId, ApiError> {
    id.parse().map_err(|_| ApiError::not_found())
}
