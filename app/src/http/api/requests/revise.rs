//! Another revision.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::change::change;
use super::create::uploads;
use super::read::parse;
use crate::http::api::answers::RefusedBody;
use crate::http::api::call::Call;
use crate::http::api::json::JsonBody;
use crate::http::api::once::IdempotencyKey;
use crate::http::api::problem::ApiError;
use crate::http::state::AppState;
use crate::portal::{Actor, RevisionDraft};

/// The route.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(revise))
}

/// What a request is to say from now on, all of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRevision {
    /// One line.
    #[schema(min_length = 1, max_length = 200, example = "Lease for the new office")]
    title: String,
    /// Markdown; at most 200,000 bytes.
    #[serde(default)]
    #[schema(max_length = 200000)]
    text: String,
    /// The numbers of those files of the present revision that stay; the others are gone.
    #[serde(default)]
    #[schema(max_items = 20)]
    keep: Vec<u32>,
    /// Ids of uploaded files, which come after them.
    #[serde(default)]
    #[schema(max_items = 20)]
    files: Vec<String>,
    /// What was changed and why, for those who are asked.
    #[serde(default)]
    #[schema(max_length = 2000)]
    note: String,
}

impl NewRevision {
    fn draft(self) -> Result<RevisionDraft, ApiError> {
        let Self { title, text, keep, files, note } = self;
        Ok(RevisionDraft { title, text, keep, files: uploads(files)?, note })
    }
}

/// Submit another revision
///
/// For its requester, while it is open and not on hold. Links to the revision before stop working, and those who have
/// not approved are asked anew; approvals stay or go as the policy says.
#[utoipa::path(
    post,
    path = "/v1/requests/{id}/revisions",
    operation_id = "revise_request",
    tag = "Requests",
    params(
        ("id" = String, Path, format = "uuid", description = "The request."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255, description = "Makes repeating the call safe."),
    ),
    request_body(content = NewRevision, content_type = "application/json"),
    responses((status = 204, description = "Submitted."), RefusedBody),
    security(("bearer" = ["requests:write"]))
)]
async fn revise(
    State(state): State<AppState>,
    call: Call,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: JsonBody<NewRevision>,
) -> Result<Response, ApiError> {
    let (id, draft, portal) = (parse(&id)?, body.value.draft()?, &state.portal);
    let revise = move |actor: Actor| async move { portal.revise(&actor, id, draft).await };
    change(&state, &call.actor, key, body.fingerprint, revise).await
}
