//! `/api/v1/policies`: what the caller may submit requests with, whom each would ask, and each as a file.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answers::Refused;
use super::call::Call;
use super::problem::ApiError;
use super::time::rfc3339;
use crate::http::state::AppState;
use crate::portal::policies::{PolicyPreview, PreviewPerson, PreviewStage, UsablePolicy};
use crate::portal::policy::Rule;
use crate::portal::{PolicyId, PortalError, Scope};

/// The routes.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show)).routes(routes!(export))
}

/// A policy that the caller may use.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PolicyEntry {
    #[schema(format = "uuid")]
    id: String,
    name: String,
    /// When to choose it; may be empty.
    description: String,
    /// Which version it is, from 1; a request keeps the one that it was submitted with.
    version: u32,
    /// How many stages it has.
    stages: usize,
    /// What the title of a request begins as in the portal's form, for the caller and today; may be empty.
    title: String,
    /// What its text begins as; may be empty.
    text: String,
    #[schema(format = "date-time")]
    changed_at: String,
}

impl From<UsablePolicy> for PolicyEntry {
    fn from(usable: UsablePolicy) -> Self {
        let UsablePolicy { policy, title, text } = usable;
        Self {
            id: policy.id.to_string(),
            stages: policy.draft.stages.len(),
            name: policy.draft.name,
            description: policy.draft.description,
            version: policy.version,
            changed_at: rfc3339(policy.changed_at),
            title,
            text,
        }
    }
}

/// The policies that the caller may use.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PolicyList {
    items: Vec<PolicyEntry>,
}

/// A policy, and whom it would ask if the caller submitted a request now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PolicyDetails {
    policy: PolicyEntry,
    /// The stages in their order; null when somebody is missing. Later stages take it that those before them are approved when
    /// their due time comes, or at once where there is none.
    preview: Option<Vec<StagePreview>>,
    /// Who is missing in which stage, so that no request can be submitted with it.
    problems: Vec<String>,
}

/// A stage with the people that it would ask.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct StagePreview {
    /// May be empty.
    name: String,
    /// How many of them must approve.
    needed: usize,
    asked: Vec<AskedEntry>,
    #[schema(format = "date-time")]
    opens_at: String,
    /// Null where nothing happens by itself.
    #[schema(format = "date-time")]
    due_at: Option<String>,
}

/// Somebody who would be asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AskedEntry {
    /// Empty while only the address is known.
    name: String,
    email: String,
}

impl From<PreviewPerson> for AskedEntry {
    fn from(person: PreviewPerson) -> Self {
        Self { name: person.name, email: person.email }
    }
}

impl From<PreviewStage> for StagePreview {
    fn from(stage: PreviewStage) -> Self {
        let needed = match stage.rule {
            Rule::Any => 1,
            Rule::All => stage.asked.len(),
            Rule::AtLeast(number) => usize::try_from(number).unwrap_or(usize::MAX),
        };
        Self {
            name: stage.name,
            needed,
            asked: stage.asked.into_iter().map(AskedEntry::from).collect(),
            opens_at: rfc3339(stage.opens_at),
            due_at: stage.due_at.map(rfc3339),
        }
    }
}

/// Policies
///
/// Those that the caller may submit requests with, by name. For requesters.
#[utoipa::path(
    get,
    path = "/v1/policies",
    operation_id = "list_policies",
    tag = "Policies",
    responses((status = 200, description = "The policies.", body = PolicyList), Refused),
    security(("bearer" = ["requests:read"]))
)]
async fn list(State(state): State<AppState>, call: Call) -> Result<Json<PolicyList>, ApiError> {
    let usable = state.portal.usable_policies(&call.actor).await?;
    Ok(Json(PolicyList { items: usable.into_iter().map(PolicyEntry::from).collect() }))
}

/// A policy
///
/// With the people whom it would ask if the caller submitted a request now. For requesters.
#[utoipa::path(
    get,
    path = "/v1/policies/{id}",
    operation_id = "read_policy",
    tag = "Policies",
    params(("id" = String, Path, format = "uuid", description = "The policy.")),
    responses((status = 200, description = "The policy.", body = PolicyDetails), Refused),
    security(("bearer" = ["requests:read"]))
)]
async fn show(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<PolicyDetails>, ApiError> {
    let usable = state.portal.usable_policies(&call.actor).await?;
    let id: PolicyId = id.parse().map_err(|_| ApiError::not_found())?;
    let policy = usable.into_iter().find(|usable| usable.policy.id == id).ok_or_else(ApiError::not_found)?;
    let (preview, problems) = match state.portal.preview_policy(&call.actor, id).await {
        Ok(PolicyPreview { stages, .. }) => (Some(stages.into_iter().map(StagePreview::from).collect()), Vec::new()),
        Err(PortalError::Invalid(errors)) => (None, errors.into_iter().map(|error| error.message).collect()),
        Err(error) => return Err(error.into()),
    };
    Ok(Json(PolicyDetails { policy: policy.into(), preview, problems }))
}

/// Export a policy
///
/// Its newest version as the file that the portal imports, with groups by name. For administrators.
#[utoipa::path(
    get,
    path = "/v1/policies/{id}/export",
    operation_id = "export_policy",
    tag = "Policies",
    params(("id" = String, Path, format = "uuid", description = "The policy.")),
    responses((status = 200, description = "The file.", body = String, content_type = "application/toml"), Refused),
    security(("bearer" = ["policies:read"]))
)]
async fn export(State(state): State<AppState>, call: Call, Path(id): Path<String>) -> Result<Response, ApiError> {
    let caller = call.actor.in_person_by(Scope::PoliciesRead)?;
    let id: PolicyId = id.parse().map_err(|_| ApiError::not_found())?;
    let export = state.portal.export_policy(&caller, id).await?;
    Ok(([(header::CONTENT_TYPE, "application/toml; charset=utf-8")], export.text).into_response())
}
