//! `instances/{id}/…`: what can be done to an instance.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::denial::{Denial, ErrorBody};
use super::described::{Refusals, Steering};
use super::input::Input;
use super::links::CheckStatus;
use super::query::Asked;
use super::surface::Caller;
use super::wait::Wait;
use crate::http::state::AppState;
use crate::portal::workflows::WorkflowVerb;

/// Sends an event to an instance, which gets it as soon as it waits for one of this name.
#[utoipa::path(
    post, path = "/instances/{instanceId}/raiseEvent/{eventName}",
    operation_id = "raiseEvent", tag = "Durable Functions",
    security(("bearer" = ["instances:raise"])),
    params(
        ("instanceId" = String, Path, description = "The instance."),
        ("eventName" = String, Path, description = "The event; compared without regard to case."),
    ),
    request_body(content = Value, content_type = "application/json", description = "Its value; none is null."),
    responses(
        Refusals,
        (status = 202, description = "It will get it."),
        (status = 400, description = "The body is no JSON or does not say so.", body = ErrorBody),
        (status = 404, description = "There is no such instance.", body = ErrorBody),
        (status = 409, description = "It cannot be done as things stand.", body = ErrorBody),
        (status = 410, description = "It has ended.", body = ErrorBody),
        (status = 413, description = "The value is too large.", body = ErrorBody),
    ),
)]
pub(super) async fn raise_event(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, event)): Path<(String, String)>,
    input: Input,
) -> Result<StatusCode, Denial> {
    state.portal.raise_event(&caller.actor, &id, &event, input.of_event()?).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Ends an instance.
#[utoipa::path(
    post, path = "/instances/{instanceId}/terminate", operation_id = "terminateInstance", tag = "Durable Functions",
    security(("bearer" = ["instances:control"])),
    params(Steering),
    responses(Steering, (status = 202, description = "It will end.")),
)]
pub(super) async fn terminate(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<StatusCode, Denial> {
    steer(&state, &caller, &id, WorkflowVerb::Terminate, &asked).await
}

/// Stops an instance where it stands. It goes on taking events.
#[utoipa::path(
    post, path = "/instances/{instanceId}/suspend", operation_id = "suspendInstance", tag = "Durable Functions",
    security(("bearer" = ["instances:control"])),
    params(Steering),
    responses(Steering, (status = 202, description = "It stands still, as it may have before.")),
)]
pub(super) async fn suspend(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<StatusCode, Denial> {
    steer(&state, &caller, &id, WorkflowVerb::Suspend, &asked).await
}

/// Lets a suspended instance go on.
#[utoipa::path(
    post, path = "/instances/{instanceId}/resume", operation_id = "resumeInstance", tag = "Durable Functions",
    security(("bearer" = ["instances:control"])),
    params(Steering),
    responses(Steering, (status = 202, description = "It goes on, as it may have before.")),
)]
pub(super) async fn resume(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<StatusCode, Denial> {
    steer(&state, &caller, &id, WorkflowVerb::Resume, &asked).await
}

/// Takes a failed instance back to before its failure.
#[utoipa::path(
    post, path = "/instances/{instanceId}/rewind", operation_id = "rewindInstance", tag = "Durable Functions",
    security(("bearer" = ["instances:control"])),
    params(Steering),
    responses(
        Refusals,
        (status = 202, description = "It goes on from before its failure."),
        (status = 400, description = "The call makes no sense.", body = ErrorBody),
        (status = 404, description = "There is no such instance.", body = String, content_type = "application/json"),
        (status = 409, description = "It cannot be done as things stand.", body = ErrorBody),
        (status = 412, description = "It has not failed.", body = String, content_type = "application/json"),
    ),
)]
pub(super) async fn rewind(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    asked: Asked,
) -> Response {
    match steer(&state, &caller, &id, WorkflowVerb::Rewind, &asked).await {
        Ok(accepted) => accepted.into_response(),
        // The clients show these bodies as they are.
        Err(denial) if matches!(denial.status(), StatusCode::NOT_FOUND | StatusCode::PRECONDITION_FAILED) => {
            denial.as_sentence()
        }
        Err(denial) => denial.into_response(),
    }
}

async fn steer(
    state: &AppState,
    caller: &Caller,
    id: &str,
    verb: WorkflowVerb,
    asked: &Asked,
) -> Result<StatusCode, Denial> {
    let reason = asked.text("reason").unwrap_or_default();
    state.portal.steer_workflow(&caller.actor, id, verb, reason).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Runs an instance again with the input that it had: as another one, or, once it has ended, under its own id.
#[utoipa::path(
    post, path = "/instances/{instanceId}/restart", operation_id = "restartInstance", tag = "Durable Functions",
    security(("bearer" = ["instances:start"])),
    params(
        ("instanceId" = String, Path, description = "The instance."),
        ("restartWithNewInstanceId" = Option<bool>, Query, description = "As another one, unless false."),
        ("timeout" = Option<f64>, Query, minimum = 0, description = "Waits for the end, at most so many seconds."),
        ("pollingInterval" = Option<f64>, Query, minimum = 0, description = "At most `timeout`; nobody polls here."),
        ("returnInternalServerErrorOnFailure" = Option<bool>, Query,
         description = "A failure within the wait is a 500."),
    ),
    responses(
        Refusals,
        (status = 200, description = "It ended within the wait: its output, or how it stands otherwise.", body = Value),
        (status = 202, description = "It is started; `Location` tells how it stands.", body = CheckStatus),
        (status = 400, description = "There is no such instance, or the call makes no sense.", body = ErrorBody),
        (status = 409, description = "It has not ended.", body = ErrorBody),
    ),
)]
pub(super) async fn restart(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Denial> {
    let as_new = asked.flag("restartWithNewInstanceId")?.unwrap_or(true);
    let wait = Wait::asked(&asked)?;
    let begun = state.portal.restart_workflow(&caller.actor, &id, as_new).await.map_err(|error| {
        let denial = Denial::from(error);
        // Of all verbs only this one tells an unknown instance by 400.
        if denial.status() == StatusCode::NOT_FOUND { denial.with_status(StatusCode::BAD_REQUEST) } else { denial }
    })?;
    Ok(wait.answer(&state, &caller, &begun).await)
}
