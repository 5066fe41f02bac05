//! What is kept of a request that has ended: its certificate and its archive, with its events as that holds them.

use axum::extract::{Path, State};
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::read::parse;
use super::shape::{EventEntry, EventList};
use crate::http::api::answers::RefusedChange;
use crate::http::api::call::Call;
use crate::http::api::problem::ApiError;
use crate::http::certificate::{answer, packed};
use crate::http::state::AppState;
use crate::portal::reads::EventRecord;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(certificate)).routes(routes!(archive))
}

/// The certificate of a request
///
/// A PDF that says who asked, who decided what on which revision, and where the audit log bears witness to it. For whoever
/// may see the request, once it has ended. The same bytes every time.
#[utoipa::path(
    get,
    path = "/v1/requests/{id}/certificate",
    operation_id = "read_certificate",
    tag = "Requests",
    params(("id" = String, Path, format = "uuid", description = "The request.")),
    responses(
        (status = 200, description = "The certificate.", body = Vec<u8>, content_type = "application/pdf"),
        RefusedChange,
    ),
    security(("bearer" = ["requests:read"]))
)]
async fn certificate(State(state): State<AppState>, call: Call, Path(id): Path<String>) -> Result<Response, ApiError> {
    let facts = state.portal.certificate(&call.actor, parse(&id)?).await?;
    Ok(answer(&state.heavy, facts).await?)
}

/// The archive of a request
///
/// A ZIP with the certificate, its facts and the events as JSON, and each revision with its files. For whoever may see
/// the request, once it has ended.
#[utoipa::path(
    get,
    path = "/v1/requests/{id}/archive",
    operation_id = "read_archive",
    tag = "Requests",
    params(("id" = String, Path, format = "uuid", description = "The request.")),
    responses(
        (status = 200, description = "The archive.", body = Vec<u8>, content_type = "application/zip"),
        RefusedChange,
    ),
    security(("bearer" = ["requests:read"]))
)]
async fn archive(State(state): State<AppState>, call: Call, Path(id): Path<String>) -> Result<Response, ApiError> {
    let facts = state.portal.archive(&call.actor, parse(&id)?).await?;
    Ok(packed(&state, facts).await?)
}

/// Events as the API lists them.
pub(in crate::http) fn events_json(events: Vec<EventRecord>) -> Result<Vec<u8>, serde_json::Error> {
    let list = EventList { items: events.into_iter().map(EventEntry::from).collect() };
    serde_json::to_vec_pretty(&list)
}
