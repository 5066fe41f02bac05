//! What people do to a request that they take part in, beside deciding on it: in the name of the token's owner.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::change::change;
use super::read::parse;
use crate::http::api::answers::{RefusedBody, RefusedChange};
use crate::http::api::call::Call;
use crate::http::api::json::JsonBody;
use crate::http::api::once::IdempotencyKey;
use crate::http::api::problem::ApiError;
use crate::http::state::AppState;
use crate::portal::{Actor, AssignmentId, Scope, UserId};

/// The routes.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(withdraw))
        .routes(routes!(comment))
        .routes(routes!(remind))
        .routes(routes!(add_approver))
        .routes(routes!(reassign))
        .routes(routes!(observe))
        .routes(routes!(unobserve))
}

/// A request is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Withdrawal {
    /// Why, for those who were asked.
    #[serde(default)]
    #[schema(max_length = 500)]
    reason: String,
}

/// Withdraw a request
///
/// Nobody is asked any more, and those who were are told. For its requester; for administrators with requests:manage
/// too.
#[utoipa::path(
    post,
    path = "/v1/requests/{id}/withdraw",
    operation_id = "withdraw_request",
    tag = "Request verbs",
    params(
        ("id" = String, Path, format = "uuid", description = "The request."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255, description = "Makes repeating the call safe."),
    ),
    request_body(content = Withdrawal, content_type = "application/json"),
    responses((status = 204, description = "Withdrawn."), RefusedBody),
    security(("bearer" = ["requests:act"]))
)]
async fn withdraw(
    State(state): State<AppState>,
    call: Call,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: JsonBody<Withdrawal>,
) -> Result<Response, ApiError> {
    let (id, caller, portal) = (parse(&id)?, call.actor.in_person_by(Scope::RequestsAct)?, &state.portal);
    let Withdrawal { reason } = body.value;
    let withdraw = move |actor: Actor| async move { portal.withdraw(&actor, id, &reason).await };
    change(&state, &caller, key, body.fingerprint, withdraw).await
}

/// A comment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewComment {
    /// Plain text. Whoever is involved and mentioned, as in @ana@example.org, is mailed.
    #[schema(min_length = 1, max_length = 4000)]
    text: String,
}

/// Comment on a request
///
/// For those who take part in it, open or not.
#[utoipa::path(
    post,
    path = "/v1/requests/{id}/comments",
    operation_id = "comment_on_request",
    tag = "Request verbs",
    params(
        ("id" = String, Path, format = "uuid", description = "The request."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255, description = "Makes repeating the call safe."),
    ),
    request_body(content = NewComment, content_type = "application/json"),
    responses((status = 204, description = "It stands among the events."), RefusedBody),
    security(("bearer" = ["requests:act"]))
)]
async fn comment(
    State(state): State<AppState>,
    call: Call,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: JsonBody<NewComment>,
) -> Result<Response, ApiError> {
    let (id, caller, portal) = (parse(&id)?, call.actor.in_person_by(Scope::RequestsAct)?, &state.portal);
    let NewComment { text } = body.value;
    let comment = move |actor: Actor| async move { portal.comment(&actor, id, &text).await };
    change(&state, &caller, key, body.fingerprint, comment).await
}

/// Who was reminded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Reminded {
    /// How many people.
    people: usize,
}

/// Remind those who have not answered
///
/// By mail, once an hour. For its requester; for administrators with requests:manage too.
#[utoipa::path(
    post,
    path = "/v1/requests/{id}/remind",
    operation_id = "remind_of_request",
    tag = "Request verbs",
    params(("id" = String, Path, format = "uuid", description = "The request.")),
    responses((status = 200, description = "Reminded.", body = Reminded), RefusedChange),
    security(("bearer" = ["requests:act"]))
)]
async fn remind(State(state): State<AppState>, call: Call, Path(id): Path<String>) -> Result<Json<Reminded>, ApiError> {
    let caller = call.actor.in_person_by(Scope::RequestsAct)?;
    let people = state.portal.remind(&caller, parse(&id)?).await?;
    Ok(Json(Reminded { people }))
}

/// Somebody, by their mail address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Addressee {
    #[schema(min_length = 3, max_length = 254, example = "ben@example.org")]
    email: String,
}

/// Ask one more person
///
/// In the open stage, whose rule counts them. For those who take part in the request; where a policy chose the people and
/// not all of them must approve, for administrators with requests:manage only. Where the policy asks for a mailed code, no
/// token does this (403).
#[utoipa::path(
    post,
    path = "/v1/requests/{id}/approvers",
    operation_id = "add_approver",
    tag = "Request verbs",
    params(
        ("id" = String, Path, format = "uuid", description = "The request."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255, description = "Makes repeating the call safe."),
    ),
    request_body(content = Addressee, content_type = "application/json"),
    responses((status = 204, description = "Asked."), RefusedBody),
    security(("bearer" = ["requests:act"]))
)]
async fn add_approver(
    State(state): State<AppState>,
    call: Call,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: JsonBody<Addressee>,
) -> Result<Response, ApiError> {
    let (id, caller, portal) = (parse(&id)?, call.actor.in_person_by(Scope::RequestsAct)?, &state.portal);
    let Addressee { email } = body.value;
    let add = move |actor: Actor| async move { portal.add_approver(&actor, id, &email).await };
    change(&state, &caller, key, body.fingerprint, add).await
}

/// Whom a question is passed on to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reassignment {
    /// Their mail address.
    #[schema(min_length = 3, max_length = 254, example = "ben@example.org")]
    to: String,
    /// Why; needed where it is not the caller's own question.
    #[serde(default)]
    #[schema(max_length = 500)]
    reason: String,
}

/// Pass a question on
///
/// Somebody else takes the place of whoever was asked, whose link stops working. For the person asked; for
/// administrators with requests:manage too. Where the policy asks for a mailed code, no token does this (403).
#[utoipa::path(
    post,
    path = "/v1/questions/{id}/reassign",
    operation_id = "reassign_question",
    tag = "Request verbs",
    params(
        ("id" = String, Path, format = "uuid", description = "The question, from asked of its request."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255, description = "Makes repeating the call safe."),
    ),
    request_body(content = Reassignment, content_type = "application/json"),
    responses((status = 204, description = "Passed on."), RefusedBody),
    security(("bearer" = ["requests:act"]))
)]
async fn reassign(
    State(state): State<AppState>,
    call: Call,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: JsonBody<Reassignment>,
) -> Result<Response, ApiError> {
    let id: AssignmentId = id.parse().map_err(|_| ApiError::not_found())?;
    let (caller, portal) = (call.actor.in_person_by(Scope::RequestsAct)?, &state.portal);
    let Reassignment { to, reason } = body.value;
    let reassign = move |actor: Actor| async move { portal.reassign(&actor, id, &to, &reason).await };
    change(&state, &caller, key, body.fingerprint, reassign).await
}

/// Let somebody observe a request
///
/// They see it and are told how it ends. For those who take part in it.
#[utoipa::path(
    post,
    path = "/v1/requests/{id}/observers",
    operation_id = "add_observer",
    tag = "Request verbs",
    params(
        ("id" = String, Path, format = "uuid", description = "The request."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255, description = "Makes repeating the call safe."),
    ),
    request_body(content = Addressee, content_type = "application/json"),
    responses((status = 204, description = "They observe it."), RefusedBody),
    security(("bearer" = ["requests:act"]))
)]
async fn observe(
    State(state): State<AppState>,
    call: Call,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: JsonBody<Addressee>,
) -> Result<Response, ApiError> {
    let (id, caller, portal) = (parse(&id)?, call.actor.in_person_by(Scope::RequestsAct)?, &state.portal);
    let Addressee { email } = body.value;
    let observe = move |actor: Actor| async move { portal.observe(&actor, id, &email).await };
    change(&state, &caller, key, body.fingerprint, observe).await
}

/// End somebody's observing
///
/// The caller's own, or, for the requester, and for administrators with requests:manage, anybody's.
#[utoipa::path(
    delete,
    path = "/v1/requests/{id}/observers/{person}",
    operation_id = "remove_observer",
    tag = "Request verbs",
    params(
        ("id" = String, Path, format = "uuid", description = "The request."),
        ("person" = String, Path, format = "uuid", description = "Who observes it."),
    ),
    responses((status = 204, description = "They observe it no more."), RefusedChange),
    security(("bearer" = ["requests:act"]))
)]
async fn unobserve(
    State(state): State<AppState>,
    call: Call,
    Path((id, person)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let person: UserId = person.parse().map_err(|_| ApiError::not_found())?;
    let caller = call.actor.in_person_by(Scope::RequestsAct)?;
    state.portal.unobserve(&caller, parse(&id)?, person).await?;
    Ok(StatusCode::NO_CONTENT)
}
