//! `/requests/{id}`: a request's page, a decision on it, its files.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::error::Refusal;
use super::files;
use super::notice::Done;
use super::outlook::ahead_if_readable;
use super::present::absence::Known;
use super::present::request::{Forms, Surroundings, detail, expected};
use super::present::{self, moment};
use super::reader::Reader;
use super::state::AppState;
use crate::auth::NonceFor;
use crate::pages::{self, Page, paths};
use crate::portal::request::{AssignmentState, RequestState};
use crate::portal::{Answer, DecideOutcome, PortalError, RequestId, RequestPage};
use crate::view::{DecisionBox, DecisionForm, FileView, FormErrors, Notice, Tone, Verdict};

const STALE_FORM: &str =
    "This page was open for too long. Please look at the document again and send your decision once more.";

/// What the decision form posts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Decision {
    pub(super) nonce: String,
    pub(super) verdict: String,
    pub(super) reason: String,
    pub(super) code: String,
}

impl Decision {
    /// The form as it was sent, with what is wrong with it.
    pub(super) fn again(self, errors: FormErrors) -> DecisionForm {
        let verdict = Verdict::from_key(&self.verdict);
        DecisionForm { verdict, reason: self.reason, errors, ..DecisionForm::default() }
    }

    /// Whether something was chosen or written that is not to be lost.
    pub(super) fn is_begun(&self) -> bool {
        !self.verdict.is_empty() || !self.reason.trim().is_empty()
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
        let forms = deciding(typed.again(stale()));
        return Ok(page(&state, reader, id, forms).await?.unprocessable().into_response());
    };
    let verdict = Verdict::from_key(&typed.verdict).map(Into::into);
    let answer = Answer { verdict, reason: typed.reason.clone(), shown };
    match state.portal.decide_in_session(&reader.actor, id, answer).await {
        Ok(DecideOutcome::Recorded(receipt) | DecideOutcome::SameAgain(receipt))
            if Some(receipt.verdict) == verdict =>
        {
            Ok(Done::Decided.then(paths::Request(&id.to_string())).into_response())
        }
        Ok(outcome) => {
            let text = present::decision::too_late(&present::decision::link_state(outcome, reader.seen(&state)));
            reader.frame.notice = Some(Notice { tone: Tone::Bad, text: text.clone() });
            match page(&state, reader, id, Forms::default()).await {
                // Somebody else was asked in the meantime, and the page is the reader's no more.
                Err(Refusal::NotFound) => Err(Refusal::Conflict(text)),
                shown => Ok(shown?.conflicting().into_response()),
            }
        }
        Err(PortalError::Invalid(errors)) => {
            let forms = deciding(typed.again(errors.into()));
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

fn deciding(decision: DecisionForm) -> Forms {
    Forms { decision, ..Forms::default() }
}

/// The request of that id, if it is one.
pub(super) fn parse(id: &str) -> Result<RequestId, Refusal> {
    id.parse().map_err(|_| Refusal::NotFound)
}

/// The page with its forms as they were typed.
pub(super) async fn page(state: &AppState, reader: Reader, id: RequestId, mut forms: Forms) -> Result<Page, Refusal> {
    let shown = state.portal.request_page(&reader.actor, id).await?;
    let (files, seen) = (file_views(state, &shown).await?, reader.seen(state));
    let decision = decision_box(state, &reader, &shown, std::mem::take(&mut forms.decision));
    let (absences, people) = ahead_if_readable(state, &expected(&shown.record.request)).await;
    let around = Surroundings {
        viewer: reader.user.id,
        admin: reader.user.roles.admin,
        text_html: shown.text_html,
        files,
        decision,
        may: shown.record.may(&reader.user, seen.now),
        forms,
        known: Known { absences: &absences, people: &people, seen },
    };
    Ok(pages::request(reader.frame, detail(shown.record, around)))
}

/// The files of a request, texts with their beginning, documents and pictures with their pages.
pub(super) async fn file_views(state: &AppState, shown: &RequestPage) -> Result<Vec<FileView>, Refusal> {
    Ok(files::views(&state.portal, &shown.record.files).await?)
}

/// How the reader may decide.
fn decision_box(state: &AppState, reader: &Reader, shown: &RequestPage, form: DecisionForm) -> DecisionBox {
    let (request, seen) = (&shown.record.request, reader.seen(state));
    let Some(asked) = shown.record.asked_of(reader.user.id) else { return DecisionBox::NotAsked };
    let fields = || {
        let for_whom = NonceFor::Session(reader.user.id, request.id);
        let nonce = state.keys.form_nonce(for_whom, request.revision_hash, seen.now);
        let tally = present::decision::tally(shown.tally, request, &asked.assignment);
        (DecisionForm { nonce, ..form }, tally)
    };
    let waits = asked.assignment.state == AssignmentState::Pending;
    match (asked.assignment.state, &asked.decision) {
        (AssignmentState::Answered(verdict), Some(decision)) => {
            let until = shown.record.reconsider_until(asked, None, seen.now);
            let reconsider = until.map(|until| {
                let (form, tally) = fields();
                present::decision::reconsider(until, form, tally, seen)
            });
            DecisionBox::Decided { verdict: verdict.into(), at: moment(decision.at, seen), reconsider }
        }
        _ if request.state() == RequestState::Withdrawn => DecisionBox::Withdrawn,
        (AssignmentState::Reassigned, _) => DecisionBox::Reassigned,
        (AssignmentState::Stale, _) if request.closed.is_none() => DecisionBox::Stale,
        _ if request.closed.is_some() || !waits => DecisionBox::TooLate,
        _ if request.held_at.is_some() => DecisionBox::OnHold,
        _ if request.changes_requested_at.is_some() => DecisionBox::AwaitsRevision,
        _ => {
            let (form, tally) = fields();
            DecisionBox::Open { form, tally }
        }
    }
}
