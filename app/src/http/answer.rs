//! `/a/{token}` and `/answer/{link}`: answering the question of a run by the link of its mail, without an account and without
//! scripts. The link is exchanged for a cookie as in [`held_link`], and GET and HEAD change nothing.

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use countersign_engine::InstanceId;
use serde::Deserialize;

use super::error::Refusal;
use super::held_link::{self, HeldLink, seen_by, unknown};
use super::present::{Seen, due, moment};
use super::request::stale;
use super::state::AppState;
use crate::auth::NonceFor;
use crate::pages::{self, Page, paths};
use crate::portal::link::Purpose;
use crate::portal::workflows::{AnswerClosed, AnswerPage, RunQuestion};
use crate::portal::{Actor, LinkId, PortalError};
use crate::view::{self, DecisionForm, FormErrors, QuestionClosed, RunQuestionClosed, Verdict};

/// The form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Answer {
    verdict: String,
    nonce: String,
}

/// `GET /a/{token}`: the cookie, and on to the address without the token.
pub(crate) async fn exchange(State(state): State<AppState>, Path(token): Path<String>) -> Result<Response, Refusal> {
    held_link::exchange(&state, &token, Purpose::Answer, |link| paths::Answer(&link.to_string()).to_string()).await
}

/// `GET /answer/{link}`.
pub(crate) async fn show(State(state): State<AppState>, HeldLink(link): HeldLink) -> Result<Page, Refusal> {
    page(&state, link, DecisionForm::default()).await
}

/// `POST /answer/{link}`.
pub(crate) async fn answer(
    State(state): State<AppState>,
    held: HeldLink,
    Form(typed): Form<Answer>,
) -> Result<Response, Refusal> {
    let HeldLink(link) = held;
    // A run waits for a yes or a no.
    let verdict = Verdict::from_key(&typed.verdict).filter(|verdict| *verdict != Verdict::RequestChanges);
    let again = |errors: FormErrors| DecisionForm { verdict, errors, ..DecisionForm::default() };
    if held.shown(&state, &typed.nonce).is_none() {
        return Ok(page(&state, link, again(stale())).await?.unprocessable().into_response());
    }
    let Some(verdict) = verdict else {
        let errors = FormErrors::one("verdict", "Choose Approve or Reject.");
        return Ok(page(&state, link, again(errors)).await?.unprocessable().into_response());
    };
    match state.portal.answer_run(&Actor::Link(link), verdict == Verdict::Approve).await {
        // Recorded or too late: the page says which, and can be loaded again.
        Ok(_) => Ok(Redirect::to(&paths::Answer(&link.to_string()).to_string()).into_response()),
        Err(PortalError::TooMany(why)) => {
            let page = page(&state, link, again(FormErrors::one("", why))).await?;
            Ok(page.with_status(StatusCode::TOO_MANY_REQUESTS).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(state: &AppState, link: LinkId, form: DecisionForm) -> Result<Page, Refusal> {
    let holder = Actor::Link(link);
    let seen = seen_by(state, &holder).await?;
    let question = match state.portal.answer_page(&holder).await {
        Ok(AnswerPage::Open(question)) => *question,
        Ok(AnswerPage::Closed { title, why }) => return Ok(closed_page(title, why, seen)),
        Err(PortalError::NotFound) => return Ok(unknown()),
        Err(error) => return Err(error.into()),
    };
    if has_ended(state, &question.run).await? {
        return Ok(closed_page(question.title, AnswerClosed::Ended, seen));
    }
    Ok(pages::answer(question_view(state, link, question, form, seen)))
}

/// Whether the run that waits for the answer is over, or gone.
async fn has_ended(state: &AppState, run: &str) -> Result<bool, Refusal> {
    let Ok(id) = InstanceId::parse(run) else { return Ok(true) };
    let record = state.engine.status(&id).await.map_err(super::instances::engine)?;
    Ok(record.is_none_or(|record| record.status.is_finished()))
}

fn closed_page(title: String, why: AnswerClosed, seen: Seen) -> Page {
    let why = match why {
        AnswerClosed::Answered => QuestionClosed::Answered,
        AnswerClosed::Expired(at) => QuestionClosed::Expired { at: moment(at, seen) },
        AnswerClosed::Superseded => QuestionClosed::Superseded,
        AnswerClosed::Disabled => QuestionClosed::Disabled,
        AnswerClosed::Ended => QuestionClosed::Ended,
    };
    pages::answer_closed(RunQuestionClosed { title, why })
}

fn question_view(
    state: &AppState,
    link: LinkId,
    question: RunQuestion,
    form: DecisionForm,
    seen: Seen,
) -> view::RunQuestion {
    let nonce = state.keys.form_nonce(NonceFor::Link(link), question.shown, seen.now);
    view::RunQuestion {
        link: link.0,
        title: question.title,
        asked_by: question.asked_by.map(Into::into),
        asked_as: question.asked.into(),
        asked_at: moment(question.asked_at, seen),
        due: due(question.until, seen),
        text_html: question.text_html,
        form: DecisionForm { nonce, ..form },
    }
}
