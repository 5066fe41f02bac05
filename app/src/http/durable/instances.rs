//! `instances/`: how they stand, and their removal.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use countersign_engine::{
    Between, Cursor, InstanceFilter, InstanceId, InstanceQuery, InstanceRecord, RuntimeStatus, Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::denial::{Denial, ErrorBody};
use super::described::{Listing, PAGE, Refusals};
use super::history::{Shown, rows};
use super::query::Asked;
use super::status::InstanceStatus;
use super::surface::Caller;
use super::token;
use super::values::filled;
use crate::http::state::AppState;
use crate::portal::workflows::{PurgeRuns, RunStatus, STARTER};
use crate::portal::{Scope, Time};

/// How many instances were removed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Purged {
    instances_deleted: u64,
}

/// How an instance stands.
#[utoipa::path(
    get, path = "/instances/{instanceId}", operation_id = "getInstance", tag = "Durable Functions",
    security(("bearer" = ["instances:read"])),
    params(
        ("instanceId" = String, Path, description = "The instance."),
        ("showHistory" = Option<bool>, Query, description = "With what happened; not without it."),
        ("showHistoryOutput" = Option<bool>, Query, description = "With the results in it; not without it."),
        ("showInput" = Option<bool>, Query, description = "With inputs; also without it."),
        ("returnInternalServerErrorOnFailure" = Option<bool>, Query, description = "A failed one is a 500."),
    ),
    responses(
        Refusals,
        (status = 200, description = "It has ended.", body = InstanceStatus),
        (status = 202, description = "It goes on; look again after `Retry-After` seconds.", body = InstanceStatus),
        (status = 400, description = "The call makes no sense.", body = ErrorBody),
        (status = 404, description = "There is no such instance.", body = ErrorBody),
        (status = 500, body = serde_json::Value,
         description = "It has failed, and that was to be a 500; or a fault of the portal."),
    ),
)]
pub(super) async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Denial> {
    let shown = Shown {
        inputs: asked.flag("showInput")?.unwrap_or(true),
        results: asked.flag("showHistoryOutput")?.unwrap_or(false),
    };
    let with_history = asked.flag("showHistory")?.unwrap_or(false);
    let failure_is_fault = asked.flag("returnInternalServerErrorOnFailure")?.unwrap_or(false);
    let record = find(&state, &caller, &id).await?;
    let (instance, runtime_status) = (record.id.clone(), record.status);
    let mut status = InstanceStatus::of(record);
    if !shown.inputs {
        status = status.without_input();
    }
    if with_history {
        status = status.with_history(&rows(state.engine.history(&instance, None).await?, shown));
    }
    if runtime_status == RuntimeStatus::Failed && failure_is_fault {
        return Ok((StatusCode::INTERNAL_SERVER_ERROR, Json(status)).into_response());
    }
    Ok(status.answer(runtime_status, &caller.links.status(&id, &asked)))
}

/// The instance, if the caller may see it.
async fn find(state: &AppState, caller: &Caller, id: &str) -> Result<InstanceRecord, Denial> {
    caller.actor.require_scope(Scope::InstancesRead)?;
    let parsed = InstanceId::parse(id).map_err(|_| Denial::no_instance(id))?;
    let record = state.engine.status(&parsed).await?;
    let is_theirs = |record: &InstanceRecord| state.portal.may_read_run(&caller.actor, record.tags.get(STARTER));
    record.filter(is_theirs).ok_or_else(|| Denial::no_instance(id))
}

/// A page of instances, the newest first.
#[utoipa::path(
    get, path = "/instances", operation_id = "listInstances", tag = "Durable Functions",
    security(("bearer" = ["instances:read"])),
    params(
        ("runtimeStatus" = Option<String>, Query,
         description = "States, separated by commas or in several pairs; words that are none count as not said."),
        ("createdTimeFrom" = Option<String>, Query,
         description = "Started then or later (ISO 8601; in UTC without an offset)."),
        ("createdTimeTo" = Option<String>, Query, description = "Started then or before."),
        ("instanceIdPrefix" = Option<String>, Query, description = "With an id that begins so."),
        ("showInput" = Option<bool>, Query, description = "With inputs; also without it."),
        ("top" = Option<u32>, Query, minimum = 1,
         description = "Rows of a page: 100 unless said, 500 at most; fewer where their values are large."),
        ("x-ms-continuation-token" = Option<String>, Header, description = "The token that came with the page before."),
    ),
    responses(Listing, (status = 200, body = Vec<InstanceStatus>, description = PAGE)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, Denial> {
    let theirs = state.portal.starter_filter(&caller.actor)?;
    let rows = asked.rows()?;
    let with_input = asked.flag("showInput")?.unwrap_or(true);
    let query = InstanceQuery {
        filter: InstanceFilter {
            statuses: asked.statuses().filter_map(Result::ok).collect(),
            id_prefix: asked.text("instanceIdPrefix").map(str::to_owned),
            tags: theirs.into_iter().collect(),
            created: created(&asked)?,
            ..InstanceFilter::default()
        },
        after: token::asked_for::<Cursor>(&headers)?,
        limit: rows + 1,
        ..InstanceQuery::default()
    };
    let mut listed = state.engine.query(&query).await?;
    let has_more = listed.len() > rows as usize;
    listed.truncate(rows as usize);
    let page = filled(&state, &caller.actor, &listed, with_input).await?;
    let is_whole = page.looked_at == listed.len();
    listed.truncate(page.looked_at);
    let last = listed.last().filter(|_| has_more || !is_whole).map(InstanceRecord::cursor);
    let statuses: Vec<_> = page.rows.into_iter().map(InstanceStatus::of).collect();
    Ok(token::page(Json(statuses), last))
}

/// The time in which instances were started; both ends are inside.
fn created(asked: &Asked) -> Result<Between, Denial> {
    let after = |to: Timestamp| Timestamp::from_micros(to.as_micros().saturating_add(1));
    Ok(Between { from: asked.moment("createdTimeFrom")?, until: asked.moment("createdTimeTo")?.map(after) })
}

/// Removes an ended instance with its history.
#[utoipa::path(
    delete, path = "/instances/{instanceId}", operation_id = "purgeInstance", tag = "Durable Functions",
    security(("bearer" = ["instances:purge"])),
    params(("instanceId" = String, Path, description = "The instance.")),
    responses(
        Refusals,
        (status = 200, description = "It is gone.", body = Purged),
        (status = 400, description = "The call makes no sense.", body = ErrorBody),
        (status = 404, description = "There is no such instance.", body = ErrorBody),
        (status = 409, description = "It has not ended.", body = ErrorBody),
    ),
)]
pub(super) async fn purge(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Purged>, Denial> {
    purged(state.portal.purge_run(&caller.actor, &id).await?)
}

/// Removes the ended instances of a time.
#[utoipa::path(
    delete, path = "/instances", operation_id = "purgeInstances", tag = "Durable Functions",
    security(("bearer" = ["instances:purge"])),
    params(
        ("createdTimeFrom" = String, Query,
         description = "Started then or later (ISO 8601; in UTC without an offset)."),
        ("createdTimeTo" = Option<String>, Query, description = "Started then or before."),
        ("runtimeStatus" = Option<String>, Query,
         description = "States of ended instances, separated by commas or in several pairs; all without it."),
    ),
    responses(
        Refusals,
        (status = 200, description = "They are gone.", body = Purged),
        (status = 400, description = "The time is missing, or the call makes no sense.", body = ErrorBody),
        (status = 404, description = "There are none.", body = ErrorBody),
    ),
)]
pub(super) async fn purge_many(
    State(state): State<AppState>,
    caller: Caller,
    asked: Asked,
) -> Result<Json<Purged>, Denial> {
    let time = |moment: Timestamp| Time(moment.as_micros());
    let from = asked.moment("createdTimeFrom")?.ok_or_else(|| Denial::invalid("'createdTimeFrom' is missing."))?;
    // A list takes a word that is no state for nothing. Here that would remove what nobody meant.
    let unknown = |word: &str| Denial::invalid(format!("'runtimeStatus' knows no '{word}'."));
    let statuses = asked.statuses().map(|status| status.map_err(unknown)).collect::<Result<Vec<_>, _>>()?;
    let which = PurgeRuns {
        created_from: time(from),
        created_to: asked.moment("createdTimeTo")?.map(time),
        statuses: statuses.into_iter().filter_map(|status| RunStatus::of(status.as_str())).collect(),
    };
    purged(state.portal.purge_runs(&caller.actor, which).await?)
}

fn purged(instances_deleted: u64) -> Result<Json<Purged>, Denial> {
    match instances_deleted {
        0 => Err(Denial::not_found("There is nothing to remove.")),
        instances_deleted => Ok(Json(Purged { instances_deleted })),
    }
}
