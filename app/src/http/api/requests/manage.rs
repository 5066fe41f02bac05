//! What administrators do to requests, each with a reason that stands in the history.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::change::change;
use super::read::parse;
use super::words::OverrulingWord;
use crate::http::api::answers::RefusedBody;
use crate::http::api::call::Call;
use crate::http::api::json::JsonBody;
use crate::http::api::once::IdempotencyKey;
use crate::http::api::problem::ApiError;
use crate::http::state::AppState;
use crate::portal::{Actor, Scope, Verb};

/// The routes.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(overrule))
        .routes(routes!(hold))
        .routes(routes!(resume))
        .routes(routes!(terminate))
        .routes(routes!(restart))
}

/// How a request ends over the heads of those who are asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Overruling {
    verdict: OverrulingWord,
    /// Why, for everybody concerned.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Overrule
///
/// Decides an open request at once, in the caller's name; everybody concerned is told who did it and why. For
/// administrators, and not on a request of their own. Where the policy asks for a mailed code, no token does this (403).
#[utoipa::path(
    post,
    path = "/v1/requests/{id}/overrule",
    operation_id = "overrule_request",
    tag = "Request verbs",
    params(
        ("id" = String, Path, format = "uuid", description = "The request."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255, description = "Makes repeating the call safe."),
    ),
    request_body(content = Overruling, content_type = "application/json"),
    responses((status = 204, description = "Decided."), RefusedBody),
    security(("bearer" = ["requests:manage"]))
)]
async fn overrule(
    State(state): State<AppState>,
    call: Call,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: JsonBody<Overruling>,
) -> Result<Response, ApiError> {
    let (id, caller, portal) = (parse(&id)?, call.actor.in_person_by(Scope::RequestsManage)?, &state.portal);
    let Overruling { verdict, reason } = body.value;
    let verdict = Some(verdict.into());
    let overrule = move |actor: Actor| async move { portal.overrule(&actor, id, verdict, &reason).await };
    change(&state, &caller, key, body.fingerprint, overrule).await
}

/// Why something is done to a request.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Put a request on hold
///
/// Its clock stands still, and nobody can answer. For administrators.
#[utoipa::path(
    post,
    path = "/v1/requests/{id}/hold",
    operation_id = "hold_request",
    tag = "Request verbs",
    params(
        ("id" = String, Path, format = "uuid", description = "The request."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255, description = "Makes repeating the call safe."),
    ),
    request_body(content = Reason, content_type = "application/json"),
    responses((status = 204, description = "On hold."), RefusedBody),
    security(("bearer" = ["requests:manage"]))
)]
async fn hold(
    State(state): State<AppState>,
    call: Call,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: JsonBody<Reason>,
) -> Result<Response, ApiError> {
    steer(&state, &call, key, &id, body, Verb::Suspend).await
}

/// Resume a request
///
/// Whatever was due is due later by the time on hold. For administrators.
#[utoipa::path(
    post,
    path = "/v1/requests/{id}/resume",
    operation_id = "resume_request",
    tag = "Request verbs",
    params(
        ("id" = String, Path, format = "uuid", description = "The request."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255, description = "Makes repeating the call safe."),
    ),
    request_body(content = Reason, content_type = "application/json"),
    responses((status = 204, description = "Its clock runs."), RefusedBody),
    security(("bearer" = ["requests:manage"]))
)]
async fn resume(
    State(state): State<AppState>,
    call: Call,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: JsonBody<Reason>,
) -> Result<Response, ApiError> {
    steer(&state, &call, key, &id, body, Verb::Resume).await
}

/// Terminate a request
///
/// Ends it without a verdict; everybody concerned is told. For administrators.
#[utoipa::path(
    post,
    path = "/v1/requests/{id}/terminate",
    operation_id = "terminate_request",
    tag = "Request verbs",
    params(
        ("id" = String, Path, format = "uuid", description = "The request."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255, description = "Makes repeating the call safe."),
    ),
    request_body(content = Reason, content_type = "application/json"),
    responses((status = 204, description = "Ended."), RefusedBody),
    security(("bearer" = ["requests:manage"]))
)]
async fn terminate(
    State(state): State<AppState>,
    call: Call,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: JsonBody<Reason>,
) -> Result<Response, ApiError> {
    steer(&state, &call, key, &id, body, Verb::Terminate).await
}

/// Restart a request
///
/// Asks everybody again, in a new round; the links of the one before stop working. Only once it has ended. For
/// administrators.
#[utoipa::path(
    post,
    path = "/v1/requests/{id}/restart",
    operation_id = "restart_request",
    tag = "Request verbs",
    params(
        ("id" = String, Path, format = "uuid", description = "The request."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255, description = "Makes repeating the call safe."),
    ),
    request_body(content = Reason, content_type = "application/json"),
    responses((status = 204, description = "It waits for answers again."), RefusedBody),
    security(("bearer" = ["requests:manage"]))
)]
async fn restart(
    State(state): State<AppState>,
    call: Call,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: JsonBody<Reason>,
) -> Result<Response, ApiError> {
    steer(&state, &call, key, &id, body, Verb::Restart).await
}

async fn steer(
    state: &AppState,
    call: &Call,
    key: IdempotencyKey,
    id: &str,
    body: JsonBody<Reason>,
    verb: Verb,
) -> Result<Response, ApiError> {
    let (id, caller, portal) = (parse(id)?, call.actor.in_person_by(Scope::RequestsManage)?, &state.portal);
    let Reason { reason } = body.value;
    let steer = move |actor: Actor| async move {
        match verb {
            Verb::Suspend => portal.hold(&actor, id, &reason).await,
            Verb::Resume => portal.resume(&actor, id, &reason).await,
            Verb::Terminate => portal.terminate(&actor, id, &reason).await,
            Verb::Restart => portal.restart(&actor, id, &reason).await,
        }
    };
    change(state, &caller, key, body.fingerprint, steer).await
}
