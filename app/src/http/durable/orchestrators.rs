//! `orchestrators/`: starts.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::denial::{Denial, ErrorBody};
use super::described::Refusals;
use super::input::Input;
use super::links::CheckStatus;
use super::query::Asked;
use super::surface::Caller;
use super::wait::Wait;
use crate::http::state::AppState;
use crate::portal::workflows::StartWorkflow;

/// Starts an instance under a new id.
#[utoipa::path(
    post, path = "/orchestrators/{name}", operation_id = "startInstance", tag = "Durable Functions",
    security(("bearer" = ["instances:start"])),
    params(
        ("name" = String, Path, description = "The workflow, as the catalogue names it."),
        ("version" = Option<String>, Query, description = "The version to start; the catalogue's without it."),
        ("timeout" = Option<f64>, Query, minimum = 0, description = "Waits for the end, at most so many seconds."),
        ("pollingInterval" = Option<f64>, Query, minimum = 0, description = "At most `timeout`; nobody polls here."),
        ("returnInternalServerErrorOnFailure" = Option<bool>, Query,
         description = "A failure within the wait is a 500."),
    ),
    request_body(content = Value, content_type = "application/json", description = "The input; none is null."),
    responses(
        Refusals,
        (status = 200, description = "It ended within the wait: its output, or how it stands otherwise.", body = Value),
        (status = 202, description = "It is started; `Location` tells how it stands.", body = CheckStatus),
        (status = 400, description = "Nothing has this name, or the call makes no sense.", body = ErrorBody),
        (status = 409, description = "It cannot be started as things stand.", body = ErrorBody),
        (status = 413, description = "The input is too large.", body = ErrorBody),
    ),
)]
pub(super) async fn start(
    State(state): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
    asked: Asked,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, Denial> {
    begin(&state, &caller, &asked, &headers, (name, None), &input).await
}

/// Starts an instance under an id of the caller's.
#[utoipa::path(
    post, path = "/orchestrators/{name}/{instanceId}", operation_id = "startInstanceWithId", tag = "Durable Functions",
    security(("bearer" = ["instances:start"])),
    params(
        ("name" = String, Path, description = "The workflow, as the catalogue names it."),
        ("instanceId" = String, Path,
         description = "At most 256 characters, none of them / \\ # or ?, and no @ at the beginning."),
        ("version" = Option<String>, Query, description = "The version to start; the catalogue's without it."),
        ("timeout" = Option<f64>, Query, minimum = 0, description = "Waits for the end, at most so many seconds."),
        ("pollingInterval" = Option<f64>, Query, minimum = 0, description = "At most `timeout`; nobody polls here."),
        ("returnInternalServerErrorOnFailure" = Option<bool>, Query,
         description = "A failure within the wait is a 500."),
    ),
    request_body(content = Value, content_type = "application/json", description = "The input; none is null."),
    responses(
        Refusals,
        (status = 200, description = "It ended within the wait: its output, or how it stands otherwise.", body = Value),
        (status = 202, description = "It is started; `Location` tells how it stands.", body = CheckStatus),
        (status = 400, description = "Nothing has this name, or the call makes no sense.", body = ErrorBody),
        (status = 409, description = "The id is taken.", body = ErrorBody),
        (status = 413, description = "The input is too large.", body = ErrorBody),
    ),
)]
pub(super) async fn start_with_id(
    State(state): State<AppState>,
    caller: Caller,
    Path((name, id)): Path<(String, String)>,
    asked: Asked,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, Denial> {
    begin(&state, &caller, &asked, &headers, (name, Some(id)), &input).await
}

async fn begin(
    state: &AppState,
    caller: &Caller,
    asked: &Asked,
    headers: &HeaderMap,
    (name, id): (String, Option<String>),
    input: &Input,
) -> Result<Response, Denial> {
    let wait = Wait::asked(asked)?;
    let traceparent = headers.get("traceparent").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (version, input) = (asked.text("version").map(str::to_owned), input.of_instance()?);
    let start = StartWorkflow { name, version, id, input, traceparent };
    let id = state.portal.start_workflow(&caller.actor, start).await?;
    Ok(wait.answer(state, caller, &id).await)
}
