//! `POST /requests/{id}/…`: what people do to a request beside deciding on it. Each form stands on the request's page and
//! comes back there.

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::error::Refusal;
use super::notice::Done;
use super::present::request::Forms;
use super::reader::Reader;
use super::request::{page, parse};
use super::state::AppState;
use crate::pages::paths;
use crate::portal::{AssignmentId, PortalError, RequestId, UserId};
use crate::view::{
    AddressForm, CommentForm, FormErrors, Notice, OverruleForm, PassOnForm, Tone, Verdict, WithdrawForm,
};

/// What the forms post, each some of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    reason: String,
    text: String,
    approver: String,
    question: String,
    to: String,
    observer: String,
    verdict: String,
}

/// `POST /requests/{id}/withdraw`: the requester takes a request back.
pub(crate) async fn withdraw(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Form(Typed { reason, .. }): Form<Typed>,
) -> Result<Response, Refusal> {
    let id = parse(&id)?;
    let result = state.portal.withdraw(&reader.actor, id, &reason).await;
    let again = |errors| Forms { withdraw: WithdrawForm { reason, errors }, ..Forms::default() };
    back(&state, reader, id, result.map(|()| Done::Withdrawn), again).await
}

/// `POST /requests/{id}/comments`: somebody comments on a request.
pub(crate) async fn comment(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Form(Typed { text, .. }): Form<Typed>,
) -> Result<Response, Refusal> {
    let id = parse(&id)?;
    let result = state.portal.comment(&reader.actor, id, &text).await;
    let again = |errors| Forms { comment: CommentForm { text, errors }, ..Forms::default() };
    back(&state, reader, id, result.map(|()| Done::Commented), again).await
}

/// `POST /requests/{id}/remind`: the requester reminds those who have not answered.
pub(crate) async fn remind(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let id = parse(&id)?;
    let result = state.portal.remind(&reader.actor, id).await;
    back(&state, reader, id, result.map(|_| Done::Reminded), |_| Forms::default()).await
}

/// `POST /requests/{id}/approvers`: one more person is asked.
pub(crate) async fn add_approver(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Form(Typed { approver: address, .. }): Form<Typed>,
) -> Result<Response, Refusal> {
    let id = parse(&id)?;
    let result = state.portal.add_approver(&reader.actor, id, &address).await;
    let again = |errors| Forms { add_approver: AddressForm { address, errors }, ..Forms::default() };
    back(&state, reader, id, result.map(|()| Done::ApproverAdded), again).await
}

/// `POST /requests/{id}/reassign`: a question is passed on.
pub(crate) async fn reassign(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Form(Typed { question, to, reason, .. }): Form<Typed>,
) -> Result<Response, Refusal> {
    let id = parse(&id)?;
    let result = match chosen(&state, &reader, id, &question).await? {
        Some(chosen) => state.portal.reassign(&reader.actor, chosen, &to, &reason).await,
        None => Err(PortalError::field("question", "Choose whose question is passed on.")),
    };
    let again = |errors| Forms { pass_on: PassOnForm { question, to, reason, errors }, ..Forms::default() };
    back(&state, reader, id, result.map(|()| Done::Reassigned), again).await
}

/// `POST /requests/{id}/observers`: somebody is to see the request.
pub(crate) async fn observe(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Form(Typed { observer: address, .. }): Form<Typed>,
) -> Result<Response, Refusal> {
    let id = parse(&id)?;
    let result = state.portal.observe(&reader.actor, id, &address).await;
    let again = |errors| Forms { observe: AddressForm { address, errors }, ..Forms::default() };
    back(&state, reader, id, result.map(|()| Done::Observing), again).await
}

/// `POST /requests/{id}/observers/{user}/remove`: somebody's observing ends. Whoever ends their own sees the request no more.
pub(crate) async fn unobserve(
    State(state): State<AppState>,
    reader: Reader,
    Path((id, user)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let id = parse(&id)?;
    let user: UserId = user.parse().map_err(|_| Refusal::NotFound)?;
    state.portal.unobserve(&reader.actor, id, user).await?;
    match state.portal.request_page(&reader.actor, id).await {
        Err(PortalError::NotFound) => Ok(Done::Unobserved.then(paths::Inbox).into_response()),
        _ => Ok(Done::Unobserved.then(paths::Request(&id.to_string())).into_response()),
    }
}

/// `POST /requests/{id}/overrule`: an admin decides over the heads of those who are asked.
pub(crate) async fn overrule(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Form(Typed { verdict, reason, .. }): Form<Typed>,
) -> Result<Response, Refusal> {
    let id = parse(&id)?;
    let verdict = Verdict::from_key(&verdict);
    let result = state.portal.overrule(&reader.actor, id, verdict.map(Into::into), &reason).await;
    let again = |errors| Forms { overrule: OverruleForm { verdict, reason, errors }, ..Forms::default() };
    back(&state, reader, id, result.map(|()| Done::Overruled), again).await
}

/// The question of this request that was chosen; one of another request is none.
async fn chosen(
    state: &AppState,
    reader: &Reader,
    id: RequestId,
    question: &str,
) -> Result<Option<AssignmentId>, Refusal> {
    let Ok(question) = question.parse::<AssignmentId>() else { return Ok(None) };
    let asked = state.portal.request_page(&reader.actor, id).await?.record.asked;
    Ok(asked.iter().map(|asked| asked.assignment.id).find(|id| *id == question))
}

/// Back to the request's page: with a notice when it was done or came too late, and with `again` when something typed is wrong.
async fn back(
    state: &AppState,
    mut reader: Reader,
    id: RequestId,
    result: Result<Done, PortalError>,
    again: impl FnOnce(FormErrors) -> Forms,
) -> Result<Response, Refusal> {
    let (status, forms) = match result {
        Ok(done) => return Ok(done.then(paths::Request(&id.to_string())).into_response()),
        Err(PortalError::Invalid(errors)) => (StatusCode::UNPROCESSABLE_ENTITY, again(errors.into())),
        Err(PortalError::TooMany(text)) => (StatusCode::TOO_MANY_REQUESTS, again(FormErrors::one("", text))),
        Err(PortalError::Conflict(text)) => {
            reader.frame.notice = Some(Notice { tone: Tone::Bad, text });
            (StatusCode::CONFLICT, Forms::default())
        }
        Err(error) => return Err(error.into()),
    };
    Ok(page(state, reader, id, forms).await?.with_status(status).into_response())
}
