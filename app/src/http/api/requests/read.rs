//! Lists of requests, one request, and what happened to it.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::PATH;
use super::shape::{EventEntry, EventList, RequestDetails, RequestEntry, RequestList};
use super::words::TabWord;
use crate::http::api::answers::Refused;
use crate::http::api::call::Call;
use crate::http::api::problem::ApiError;
use crate::http::api::query::{Asked, part, place, rows};
use crate::http::present::inbox::{cursor, read_cursor};
use crate::http::state::AppState;
use crate::portal::{InboxFilter, RequestId};

/// The routes.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show)).routes(routes!(events))
}

#[derive(Debug, Deserialize)]
struct Which {
    #[serde(default)]
    tab: TabWord,
    cursor: Option<String>,
    limit: Option<u64>,
}

/// Requests
///
/// The parts of a list stay as they are while requests come and go: none is shown twice or left out.
#[utoipa::path(
    get,
    path = "/v1/requests",
    operation_id = "list_requests",
    tag = "Requests",
    params(
        ("tab" = inline(Option<TabWord>), Query, description = "Which requests; mine if not said."),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 100, description = "Rows of a part; 50 if not said."),
        ("cursor" = Option<String>, Query, description = "next of the part before."),
    ),
    responses((status = 200, description = "A part of the list.", body = RequestList), Refused),
    security(("bearer" = ["requests:read"]))
)]
async fn list(State(state): State<AppState>, call: Call, Asked(which): Asked<Which>) -> Result<Response, ApiError> {
    let most = rows(which.limit)?;
    let after = place(which.cursor.as_deref(), read_cursor)?;
    let everything = InboxFilter::default();
    let page = state.portal.some_of_inbox(&call.actor, which.tab.into(), &everything, after, most).await?;
    let next = page.next.map(cursor);
    let items = page.rows.into_iter().map(RequestEntry::from).collect();
    let limit = most.to_string();
    let kept = [("tab", which.tab.word()), ("limit", limit.as_str())];
    Ok(part(RequestList { items, next: next.clone() }, PATH, &kept, next.as_deref()))
}

/// A request
///
/// For its requester, whoever is asked or observes it, and administrators; for everybody else it does not exist.
#[utoipa::path(
    get,
    path = "/v1/requests/{id}",
    operation_id = "read_request",
    tag = "Requests",
    params(("id" = String, Path, format = "uuid", description = "The request.")),
    responses((status = 200, description = "The request.", body = RequestDetails), Refused),
    security(("bearer" = ["requests:read"]))
)]
async fn show(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<RequestDetails>, ApiError> {
    Ok(Json(state.portal.request_page(&call.actor, parse(&id)?).await?.into()))
}

#[derive(Debug, Deserialize)]
struct After {
    #[serde(default)]
    after: i64,
}

/// What happened to a request
///
/// Oldest first. Ask again with the number of the last event to hear only what is new.
#[utoipa::path(
    get,
    path = "/v1/requests/{id}/events",
    operation_id = "list_events",
    tag = "Requests",
    params(
        ("id" = String, Path, format = "uuid", description = "The request."),
        ("after" = Option<i64>, Query, minimum = 0, description = "Only events with greater numbers."),
    ),
    responses((status = 200, description = "The events.", body = EventList), Refused),
    security(("bearer" = ["requests:read"]))
)]
async fn events(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
    Asked(After { after }): Asked<After>,
) -> Result<Json<EventList>, ApiError> {
    let events = state.portal.events_after(&call.actor, parse(&id)?, after).await?;
    Ok(Json(EventList { items: events.into_iter().map(EventEntry::from).collect() }))
}

/// The id that an address holds. What is no id names nothing.
pub(super) fn parse(id: &str) -> Result<RequestId, ApiError> {
    id.parse().map_err(|_| ApiError::not_found())
}
