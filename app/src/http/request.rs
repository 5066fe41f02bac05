//! `/requests/{id}`: a request's page, a decision on it, its files.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::error::Refusal;
use super::files;
use super::notice::Done;
use super::present::request::{Surroundings, detail};
use super::present::{self, moment};
use super::reader::Reader;
use super::state::AppState;
use crate::auth::NonceFor;
use crate::pages::{self, Page, paths};
use crate::portal::reads::Asked;
use crate::portal::request::{AssignmentState, RequestState};
use crate::portal::{Answer, DecideOutcome, PortalError, RequestId, RequestPage};
use crate::view::{CommentForm, DecisionBox, DecisionForm, FileView, FormErrors, Notice, Tone, Verdict, WithdrawForm};

const STALE_FORM: &str =
    "This page was open for too long. Please look at the document again and send your decision once more.";

/// What the decision form posts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Decision {
    pub(super) nonce: String,
    pub(super) verdict: String,
    pub(super) reason: String,
}

impl Decision {
    /// The form as it was sent, with what is wrong with it.
    pub(super) fn again(self, errors: FormErrors) -> DecisionForm {
        DecisionForm { nonce: String::new(), verdict: Verdict::from_key(&self.verdict), reason: self.reason, errors }
    }
}

/// What a form that lay open for too long is told.
pub(super) fn stale() -> FormErrors {
    FormErrors::one("", STALE_FORM)
}

/// `GET /requests/{id}`.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Page, Refusal> {
    page(&state, reader, parse(&id)?, Forms::default()).await
}

/// `POST /requests/{id}/decide`.
pub(crate) async fn decide(
    State(state): State<AppState>,
    mut reader: Reader,
    Path(id): Path<String>,
    Form(typed): Form<Decision>,
) -> Result<Response, Refusal> {
    let id = parse(&id)?;
    let now = state.portal.now();
    let Some(shown) = state.keys.read_nonce(&typed.nonce, NonceFor::Session(reader.user.id, id), now) else {
        let forms = Forms::deciding(typed.again(stale()));
        return Ok(page(&state, reader, id, forms).await?.unprocessable().into_response());
    };
    let verdict = Verdict::from_key(&typed.verdict).map(Into::into);
    let answer = Answer { verdict, reason: typed.reason.clone(), shown };
    match state.portal.decide_in_session(&reader.actor, id, answer).await {
        Ok(DecideOutcome::Recorded(_) | DecideOutcome::SameAgain(_)) => {
            Ok(Done::Decided.then(paths::Request(&id.to_string())).into_response())
        }
        Ok(outcome) => {
            let text = present::decision::too_late(&present::decision::link_state(outcome, now));
            reader.frame.notice = Some(Notice { tone: Tone::Bad, text });
            Ok(page(&state, reader, id, Forms::default()).await?.conflicting().into_response())
        }
        Err(PortalError::Invalid(errors)) => {
            let forms = Forms::deciding(typed.again(errors.into()));
            Ok(page(&state, reader, id, forms).await?.unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /requests/{id}/files/{number}`.
pub(crate) async fn file(
    State(state): State<AppState>,
    reader: Reader,
    Path((id, number)): Path<(String, u32)>,
) -> Result<Response, Refusal> {
    let file = state.portal.request_file(&reader.actor, parse(&id)?, number).await?;
    files::send(&state.portal, file).await
}

/// The forms of a request's page, as they were typed.
#[derive(Debug, Default)]
pub(super) struct Forms {
    pub(super) decision: DecisionForm,
    pub(super) withdraw: WithdrawForm,
    pub(super) comment: CommentForm,
}

impl Forms {
    fn deciding(decision: DecisionForm) -> Self {
        Self { decision, ..Self::default() }
    }
}

/// The request of that id, if it is one.
pub(super) fn parse(id: &str) -> Result<RequestId, Refusal> {
    id.parse().map_err(|_| Refusal::NotFound)
}

/// The page with its forms as they were typed.
pub(super) async fn page(state: &AppState, reader: Reader, id: RequestId, forms: Forms) -> Result<Page, Refusal> {
    let shown = state.portal.request_page(&reader.actor, id).await?;
    let files = file_views(state, &shown).await?;
    let decision = decision_box(state, &reader, &shown, forms.decision);
    let request = &shown.record.request;
    let may_withdraw = reader.user.roles.admin || request.requester == reader.user.id;
    let withdraw = (may_withdraw && request.closed.is_none()).then_some(forms.withdraw);
    let around = Surroundings {
        viewer: reader.user.id,
        admin: reader.user.roles.admin,
        text_html: shown.text_html,
        files,
        decision,
        withdraw,
        comment: forms.comment,
        now: state.portal.now(),
    };
    Ok(pages::request(reader.frame, detail(shown.record, around)))
}

/// The files of a request, texts with their beginning.
pub(super) async fn file_views(state: &AppState, shown: &RequestPage) -> Result<Vec<FileView>, Refusal> {
    let mut views = Vec::with_capacity(shown.record.files.len());
    for file in &shown.record.files {
        let head = files::head(&state.portal, file).await?;
        views.push(present::file::view(file, head.as_deref()));
    }
    Ok(views)
}

/// What the reader may do about the request.
fn decision_box(state: &AppState, reader: &Reader, shown: &RequestPage, form: DecisionForm) -> DecisionBox {
    let request = &shown.record.request;
    let Some(asked) = shown.record.asked_of(reader.user.id) else { return DecisionBox::NotAsked };
    let now = state.portal.now();
    if let Some(Asked { decision: Some(decision), assignment, .. }) = Some(asked)
        && let AssignmentState::Answered(verdict) = assignment.state
    {
        return DecisionBox::Decided { verdict: verdict.into(), at: moment(decision.at, now) };
    }
    if request.state() == RequestState::Withdrawn {
        return DecisionBox::Withdrawn;
    }
    if request.closed.is_some() || asked.assignment.state != AssignmentState::Pending {
        return DecisionBox::TooLate;
    }
    if request.held_at.is_some() {
        return DecisionBox::OnHold;
    }
    let nonce = state.keys.form_nonce(NonceFor::Session(reader.user.id, request.id), request.revision_hash, now);
    let tally = present::decision::tally(shown.tally, asked.assignment.escalation);
    DecisionBox::Open { form: DecisionForm { nonce, ..form }, tally }
}
