//! The caller's own answer. Nobody answers for somebody else: the question is the one put to the token's owner.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::read::parse;
use super::words::{RequestWord, VerdictWord};
use crate::http::api::answers::RefusedBody;
use crate::http::api::call::Call;
use crate::http::api::json::JsonBody;
use crate::http::api::problem::ApiError;
use crate::http::api::time::rfc3339;
use crate::http::present::decision::{link_state, too_late};
use crate::http::state::AppState;
use crate::portal::{Answer, DecideOutcome, RevisionHash};

/// The route.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(decide))
}

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDecision {
    verdict: VerdictWord,
    /// Why; needed to reject.
    #[serde(default)]
    #[schema(max_length = 2000)]
    reason: String,
    /// The revision that was read, so that nobody answers to something else.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    revision: String,
}

/// A recorded answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DecisionReceipt {
    /// What people quote.
    #[schema(format = "uuid")]
    id: String,
    #[schema(format = "uuid")]
    request_id: String,
    verdict: VerdictWord,
    reason: String,
    #[schema(format = "date-time")]
    at: String,
    #[schema(pattern = "^[0-9a-f]{64}$")]
    revision: String,
    /// Where the request stands now.
    request_state: RequestWord,
    /// Whether this call recorded it; false when it was answered before, and the first answer stands.
    recorded: bool,
}

/// Decide
///
/// Answers the question that waits for the token's owner, and no other. Answering again changes nothing. Where the request's
/// policy asks for a mailed code, no token decides (403); its owner does in the browser.
#[utoipa::path(
    post,
    path = "/v1/requests/{id}/decision",
    operation_id = "decide",
    tag = "Requests",
    params(("id" = String, Path, format = "uuid", description = "The request.")),
    request_body(content = NewDecision, content_type = "application/json"),
    responses((status = 200, description = "The answer that stands.", body = DecisionReceipt), RefusedBody),
    security(("bearer" = ["requests:decide"]))
)]
async fn decide(
    State(state): State<AppState>,
    call: Call,
    Path(id): Path<String>,
    body: JsonBody<NewDecision>,
) -> Result<Json<DecisionReceipt>, ApiError> {
    let id = parse(&id)?;
    let NewDecision { verdict, reason, revision } = body.value;
    let wrong = |_| ApiError::field("revision", "This is no revision. Take it from the request as you read it.");
    let shown = revision.parse::<RevisionHash>().map_err(wrong)?;
    let answer = Answer { verdict: Some(verdict.into()), reason, shown };
    let (receipt, recorded) = match state.portal.decide_in_session(&call.actor, id, answer).await? {
        DecideOutcome::Recorded(receipt) => (receipt, true),
        DecideOutcome::SameAgain(receipt) => (receipt, false),
        outcome => {
            let text = too_late(&link_state(outcome, state.portal.now()));
            return Err(ApiError::new(StatusCode::CONFLICT, text));
        }
    };
    Ok(Json(DecisionReceipt {
        id: receipt.reference.to_string(),
        request_id: receipt.request.to_string(),
        verdict: receipt.verdict.into(),
        reason: receipt.reason,
        at: rfc3339(receipt.at),
        revision: receipt.revision_hash.to_string(),
        request_state: receipt.request_state.into(),
        recorded,
    }))
}
