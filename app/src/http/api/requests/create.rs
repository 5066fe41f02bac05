//! A new request.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::PATH;
use super::words::{FinalRuleWord, RuleWord};
use crate::http::api::answers::RefusedBody;
use crate::http::api::call::Call;
use crate::http::api::json::JsonBody;
use crate::http::api::once::{IdempotencyKey, once};
use crate::http::api::problem::ApiError;
use crate::http::state::AppState;
use crate::portal::{Actor, PolicyId, RequestDraft, SpanDraft, UploadId};

/// The portal's names of fields, and ours.
const NAMES: [(&str, &str); 5] = [
    ("approver", "approvers"),
    ("file", "files"),
    ("due", "due_in_seconds"),
    ("remind", "remind_before_seconds"),
    ("escalate", "escalate_for_seconds"),
];

/// The route.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(create))
}

/// A request to submit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRequest {
    /// One line.
    #[schema(min_length = 1, max_length = 200, example = "Lease for the new office")]
    title: String,
    /// Markdown; at most 200,000 bytes.
    #[serde(default)]
    #[schema(max_length = 200000)]
    text: String,
    /// Ids of uploaded files.
    #[serde(default)]
    #[schema(max_items = 20)]
    files: Vec<String>,
    /// The policy that says who is asked, under which rule and by when. With it the fields below have no meaning.
    #[schema(format = "uuid")]
    policy: Option<String>,
    /// Mail addresses of those who are asked; not the caller's own. Needed without a policy.
    #[serde(default)]
    #[schema(max_items = 20, example = json!(["ben@example.org"]))]
    approvers: Vec<String>,
    /// Needed without a policy.
    rule: Option<RuleWord>,
    /// How many must approve, with the rule at_least.
    #[schema(minimum = 1, maximum = 20)]
    needed: Option<u32>,
    /// How long they have; without it nothing happens by itself.
    #[schema(minimum = 1, maximum = 31622400, example = 86400)]
    due_in_seconds: Option<u64>,
    /// How long before the due time to remind those who have not answered.
    #[schema(minimum = 1, maximum = 31622400)]
    remind_before_seconds: Option<u64>,
    /// The mail address of who is asked too when the due time passes.
    #[serde(default)]
    #[schema(max_length = 254)]
    escalate_to: Option<String>,
    /// How long that person has.
    #[schema(minimum = 1, maximum = 31622400)]
    escalate_for_seconds: Option<u64>,
    /// Needed without a policy.
    final_rule: Option<FinalRuleWord>,
}

impl NewRequest {
    fn draft(self) -> Result<RequestDraft, ApiError> {
        let wrong = |_| ApiError::field("policy", "This is not the id of a policy.");
        let policy = self.policy.map(|id| id.parse::<PolicyId>().map_err(wrong)).transpose()?;
        Ok(RequestDraft {
            policy,
            title: self.title,
            text: self.text,
            files: uploads(self.files)?,
            approvers: self.approvers,
            rule: self.rule.map(|rule| rule.word().to_owned()).unwrap_or_default(),
            needed: self.needed.map(|number| number.to_string()).unwrap_or_default(),
            due: SpanDraft::of_seconds(self.due_in_seconds),
            remind: SpanDraft::of_seconds(self.remind_before_seconds),
            escalate_to: self.escalate_to.unwrap_or_default(),
            escalate: SpanDraft::of_seconds(self.escalate_for_seconds),
            final_rule: self.final_rule.map(|rule| rule.word().to_owned()).unwrap_or_default(),
        })
    }
}

/// The uploads that a body names.
pub(super) fn uploads(ids: Vec<String>) -> Result<Vec<UploadId>, ApiError> {
    let upload = |(number, id): (usize, String)| {
        let wrong = |_| ApiError::field(format!("files.{number}"), "This is not the id of an uploaded file.");
        id.parse::<UploadId>().map_err(wrong)
    };
    ids.into_iter().enumerate().map(upload).collect()
}

/// What was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MadeRequest {
    #[schema(format = "uuid")]
    id: String,
    /// Where to read it.
    url: String,
}

/// Submit a request
///
/// Whoever is asked gets a mail with a signed link; no link is ever part of this API.
#[utoipa::path(
    post,
    path = "/v1/requests",
    operation_id = "create_request",
    tag = "Requests",
    params(
        ("Idempotency-Key" = Option<String>, Header, max_length = 255, description = "Makes repeating the call safe."),
    ),
    request_body(content = NewRequest, content_type = "application/json"),
    responses(
        (status = 201, description = "Submitted.", body = MadeRequest,
         headers(("Location" = String, description = "Where to read it."))),
        RefusedBody
    ),
    security(("bearer" = ["requests:write"]))
)]
async fn create(
    State(state): State<AppState>,
    call: Call,
    key: IdempotencyKey,
    body: JsonBody<NewRequest>,
) -> Result<Response, ApiError> {
    let draft = body.value.draft()?;
    let portal = &state.portal;
    let submit = move |actor: Actor| async move {
        let id = portal.submit(&actor, draft).await;
        id.map(|id| id.to_string()).map_err(|error| ApiError::from(error).renamed(&NAMES))
    };
    let made = once(&state, &call.actor, key, body.fingerprint, submit).await?;
    let url = format!("{PATH}/{}", made.id);
    let headers = [(header::LOCATION, url.clone())];
    let answer = (StatusCode::CREATED, headers, Json(MadeRequest { id: made.id.clone(), url })).into_response();
    Ok(made.answer(answer))
}
