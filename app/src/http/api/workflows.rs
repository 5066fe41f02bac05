//! `/api/v1/workflows`: what can be started, starts, and the runs that there are.
//!
//! Everything else about a run is the other API's: each answer names its address there.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_engine::{Cursor, InstanceFilter, InstanceQuery, InstanceRecord, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answers::{Refused, RefusedBody};
use super::call::Call;
use super::json::JsonBody;
use super::once::{IdempotencyKey, once};
use super::problem::ApiError;
use super::query::{Asked, SomeRows, part, place, rows};
use super::time::rfc3339;
use crate::http::state::AppState;
use crate::pages::paths::Segment;
use crate::portal::workflows::{StartWorkflow, Workflow};
use crate::portal::{Actor, Scope, Time};

const PATH: &str = "/api/v1/workflows";
/// Where a run is read and steered.
const RUNS: &str = "/runtime/webhooks/durabletask/instances";

/// The routes.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show)).routes(routes!(runs, start))
}

/// A workflow that can be started.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorkflowEntry {
    name: String,
    /// Empty for one without versions.
    version: String,
    summary: String,
}

/// Every workflow.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorkflowList {
    items: Vec<WorkflowEntry>,
}

/// A workflow with what goes in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorkflowDetails {
    name: String,
    /// Empty for one without versions.
    version: String,
    summary: String,
    description: String,
    /// The JSON schema of its input.
    #[schema(value_type = Value)]
    input_schema: Value,
    /// An input that works.
    #[schema(value_type = Value)]
    example: Value,
}

/// Workflows
///
/// What can be started.
#[utoipa::path(
    get,
    path = "/v1/workflows",
    operation_id = "list_workflows",
    tag = "Workflows",
    responses((status = 200, description = "Every workflow.", body = WorkflowList), Refused),
    security(("bearer" = ["instances:read"]))
)]
async fn list(State(state): State<AppState>, call: Call) -> Result<Json<WorkflowList>, ApiError> {
    call.actor.require_scope(Scope::InstancesRead)?;
    let entry = |workflow: &Workflow| WorkflowEntry {
        name: workflow.name.clone(),
        version: workflow.version.clone(),
        summary: workflow.summary.clone(),
    };
    Ok(Json(WorkflowList { items: state.portal.catalogue().iter().map(entry).collect() }))
}

/// A workflow
///
/// With the JSON schema of its input.
#[utoipa::path(
    get,
    path = "/v1/workflows/{name}",
    operation_id = "read_workflow",
    tag = "Workflows",
    params(("name" = String, Path, description = "The workflow.")),
    responses((status = 200, description = "The workflow.", body = WorkflowDetails), Refused),
    security(("bearer" = ["instances:read"]))
)]
async fn show(
    State(state): State<AppState>,
    call: Call,
    Path(name): Path<String>,
) -> Result<Json<WorkflowDetails>, ApiError> {
    call.actor.require_scope(Scope::InstancesRead)?;
    let workflow = state.portal.catalogue().find(&name).ok_or_else(ApiError::not_found)?.clone();
    let Workflow { name, version, summary, description, input_schema, example } = workflow;
    Ok(Json(WorkflowDetails { name, version, summary, description, input_schema, example }))
}

/// A run to start.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRun {
    /// What goes in; null if not said. Whether it fits is for the workflow to say, by failing.
    #[serde(default)]
    #[schema(value_type = Value, required = false)]
    input: Value,
}

/// What was started.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct StartedRun {
    id: String,
    /// Where to read and steer it.
    url: String,
}

/// Start a workflow
///
/// The run goes on by itself; the answer says where to follow it.
#[utoipa::path(
    post,
    path = "/v1/workflows/{name}/runs",
    operation_id = "start_run",
    tag = "Workflows",
    params(
        ("name" = String, Path, description = "The workflow."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255, description = "Makes repeating the call safe."),
    ),
    request_body(content = NewRun, content_type = "application/json"),
    responses(
        (status = 202, description = "Started.", body = StartedRun,
         headers(("Location" = String, description = "Where to follow the run."))),
        RefusedBody
    ),
    security(("bearer" = ["instances:start"]))
)]
async fn start(
    State(state): State<AppState>,
    call: Call,
    key: IdempotencyKey,
    Path(name): Path<String>,
    body: JsonBody<NewRun>,
) -> Result<Response, ApiError> {
    let run = StartWorkflow { name, version: None, id: None, input: body.value.input, traceparent: None };
    let portal = &state.portal;
    let start = move |actor: Actor| async move { portal.start_workflow(&actor, run).await.map_err(ApiError::from) };
    let made = once(&state, &call.actor, key, body.fingerprint, start).await?;
    let url = address_of(&made.id);
    let headers = [(header::LOCATION, url.clone())];
    let answer = (StatusCode::ACCEPTED, headers, Json(StartedRun { id: made.id.clone(), url })).into_response();
    Ok(made.answer(answer))
}

/// A run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RunEntry {
    id: String,
    /// Pending, Running, Suspended, Completed, Failed or Terminated.
    status: String,
    #[schema(format = "date-time")]
    created_at: String,
    #[schema(format = "date-time")]
    updated_at: String,
    #[schema(format = "date-time")]
    completed_at: Option<String>,
    /// Where to read and steer it.
    url: String,
}

impl From<&InstanceRecord> for RunEntry {
    fn from(record: &InstanceRecord) -> Self {
        let at = |moment: Timestamp| rfc3339(Time(moment.as_micros()));
        Self {
            id: record.id.to_string(),
            status: record.status.as_str().to_owned(),
            created_at: at(record.created_at),
            updated_at: at(record.updated_at),
            completed_at: record.completed_at.map(at),
            url: address_of(record.id.as_str()),
        }
    }
}

/// A part of a list of runs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RunList {
    items: Vec<RunEntry>,
    /// The cursor of the next part; null on the last one.
    next: Option<String>,
}

/// Runs of a workflow
///
/// Newest first: those that the caller started, for administrators everybody's.
#[utoipa::path(
    get,
    path = "/v1/workflows/{name}/runs",
    operation_id = "list_runs",
    tag = "Workflows",
    params(("name" = String, Path, description = "The workflow."), SomeRows),
    responses((status = 200, description = "A part of the list.", body = RunList), Refused),
    security(("bearer" = ["instances:read"]))
)]
async fn runs(
    State(state): State<AppState>,
    call: Call,
    Path(name): Path<String>,
    Asked(which): Asked<SomeRows>,
) -> Result<Response, ApiError> {
    let starter = state.portal.starter_filter(&call.actor)?;
    let name = state.portal.catalogue().find(&name).ok_or_else(ApiError::not_found)?.name.clone();
    let most = u32::try_from(rows(which.limit)?).unwrap_or(u32::MAX);
    let query = InstanceQuery {
        filter: InstanceFilter {
            name: Some(name.clone()),
            tags: starter.into_iter().collect(),
            ..InstanceFilter::default()
        },
        after: place(which.cursor.as_deref(), |text| text.parse::<Cursor>().ok())?,
        limit: most + 1,
        ..InstanceQuery::default()
    };
    let mut records = state.engine.query(&query).await?;
    let more = records.len() > most as usize;
    records.truncate(most as usize);
    let next = records.last().filter(|_| more).map(|record| record.cursor().to_string());
    let list = RunList { items: records.iter().map(RunEntry::from).collect(), next: next.clone() };
    let limit = most.to_string();
    Ok(part(list, &format!("{PATH}/{}/runs", Segment(name)), &[("limit", limit.as_str())], next.as_deref()))
}

fn address_of(run: &str) -> String {
    format!("{RUNS}/{}", Segment(run))
}
