//! `/d/{token}` and `/decide/{link}`: deciding by the link of a mail, without an account and without scripts.
//!
//! Nothing here changes anything on GET or HEAD. The link is exchanged for a cookie ([`held_link`]); the decision is a POST
//! with the nonce of the form that was shown.

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::error::Refusal;
use super::files;
use super::held_link::{self, HeldLink, seen_by, unknown};
use super::present::{self, Seen, due, moment};
use super::request::{Decision, file_views, stale};
use super::state::AppState;
use crate::auth::NonceFor;
use crate::pages::{self, Page, paths};
use crate::portal::link::Purpose;
use crate::portal::{
    Actor, Answer, CodeOutcome, CodeWanted, LinkId, LinkPage, MAX_CODES, NewLinkOutcome, OpenQuestion, PortalError,
    Reconsidering,
};
use crate::view::link::Invalid;
use crate::view::{self, CodeEntry, Decide, DecisionForm, FormErrors, LinkState, LinkStatus, Verdict};

/// `GET /d/{token}`: the cookie, and on to the address without the token.
pub(crate) async fn exchange(State(state): State<AppState>, Path(token): Path<String>) -> Result<Response, Refusal> {
    held_link::exchange(&state, &token, Purpose::Decide, |link| paths::Decide(&link.to_string()).to_string()).await
}

/// `GET /decide/{link}`.
pub(crate) async fn show(State(state): State<AppState>, HeldLink(link): HeldLink) -> Result<Page, Refusal> {
    page(&state, link, DecisionForm::default()).await
}

/// `POST /decide/{link}`.
pub(crate) async fn decide(
    State(state): State<AppState>,
    held: HeldLink,
    Form(typed): Form<Decision>,
) -> Result<Response, Refusal> {
    let HeldLink(link) = held;
    let Some(shown) = held.shown(&state, &typed.nonce) else {
        return Ok(page(&state, link, typed.again(stale())).await?.unprocessable().into_response());
    };
    let verdict = Verdict::from_key(&typed.verdict).map(Into::into);
    let answer = Answer { verdict, reason: typed.reason.clone(), shown };
    match state.portal.decide_by_link_and_code(&Actor::Link(link), answer, &typed.code).await {
        // Recorded, repeated or too late: the page says which, and can be loaded again.
        Ok(_) => Ok(Redirect::to(&paths::Decide(&link.to_string()).to_string()).into_response()),
        Err(PortalError::Invalid(errors)) => {
            Ok(page(&state, link, typed.again(errors.into())).await?.unprocessable().into_response())
        }
        Err(PortalError::TooMany(why)) => too_many(&state, link, typed, why).await,
        Err(error) => Err(error.into()),
    }
}

/// `POST /decide/{link}/code`: by itself, or with the form as far as it was filled in, which then comes back.
pub(crate) async fn mail_code(
    State(state): State<AppState>,
    HeldLink(link): HeldLink,
    Form(typed): Form<Decision>,
) -> Result<Response, Refusal> {
    match state.portal.request_code(&Actor::Link(link)).await {
        Ok(CodeOutcome::Mailed) if typed.is_begun() => {
            Ok(page(&state, link, typed.again(FormErrors::default())).await?.into_response())
        }
        Ok(CodeOutcome::Mailed | CodeOutcome::Pointless) => {
            Ok(Redirect::to(&paths::Decide(&link.to_string()).to_string()).into_response())
        }
        Ok(CodeOutcome::TooSoon) => {
            let why = format!("{MAX_CODES} codes were mailed within an hour. Use the latest one, or try again later.");
            too_many(&state, link, typed, why).await
        }
        Err(PortalError::TooMany(why)) => too_many(&state, link, typed, why).await,
        Err(error) => Err(error.into()),
    }
}

/// The page again, with what was typed and why it has to wait; how things stand, where there is nothing to wait for.
async fn too_many(state: &AppState, link: LinkId, typed: Decision, why: String) -> Result<Response, Refusal> {
    let form = typed.again(FormErrors::one("", why));
    Ok(page(state, link, form).await?.with_status(StatusCode::TOO_MANY_REQUESTS).into_response())
}

/// `POST /decide/{link}/new-link`.
pub(crate) async fn new_link(State(state): State<AppState>, HeldLink(link): HeldLink) -> Result<Response, Refusal> {
    let now = state.portal.now();
    let (status, state) = match state.portal.request_new_link(&Actor::Link(link)).await? {
        NewLinkOutcome::Sent => (StatusCode::OK, LinkState::NewLinkSent),
        NewLinkOutcome::TooSoon => (StatusCode::TOO_MANY_REQUESTS, LinkState::NewLinkTooSoon),
        NewLinkOutcome::Closed(outcome) => (StatusCode::OK, present::decision::link_state(outcome, now)),
        NewLinkOutcome::StillOpen => {
            return Ok(Redirect::to(&paths::Decide(&link.to_string()).to_string()).into_response());
        }
    };
    Ok(pages::link_status(LinkStatus { link: Some(link.0), title: None, state }).with_status(status).into_response())
}

/// `GET /decide/{link}/files/{number}`.
pub(crate) async fn file(
    State(state): State<AppState>,
    HeldLink(link): HeldLink,
    Path((_, number)): Path<(String, u32)>,
) -> Result<Response, Refusal> {
    files::send(&state.portal, state.portal.link_file(&Actor::Link(link), number).await?).await
}

async fn page(state: &AppState, link: LinkId, form: DecisionForm) -> Result<Page, Refusal> {
    let holder = Actor::Link(link);
    let seen = seen_by(state, &holder).await?;
    match state.portal.link_page(&holder).await {
        Ok(LinkPage::Open(question)) => {
            let form = with_code(state, link, &question, form, seen).await?;
            Ok(pages::decide(question_view(state, link, *question, form, seen).await?))
        }
        Ok(LinkPage::Closed { title, outcome, reconsider, certificate }) => {
            let mut closed = present::decision::link_state(outcome, seen);
            if let LinkState::Decided(receipt) = &mut closed {
                receipt.certificate = certificate;
                if let Some(open) = reconsider {
                    let form = with_code(state, link, &open.question, form, seen).await?;
                    receipt.reconsider = Some(reconsider_view(state, link, &open, form, seen));
                }
            }
            let is_over = matches!(
                closed,
                LinkState::Expired { .. } | LinkState::NoLongerValid(Invalid::Reassigned | Invalid::Disabled)
            );
            let title = Some(title).filter(|_| !is_over);
            Ok(pages::link_status(LinkStatus { link: Some(link.0), title, state: closed }))
        }
        Err(PortalError::NotFound) => Ok(unknown()),
        Err(error) => Err(error.into()),
    }
}

/// The form with the code that an answer to the question needs, if the policy asks for one.
async fn with_code(
    state: &AppState,
    link: LinkId,
    question: &OpenQuestion,
    form: DecisionForm,
    seen: Seen,
) -> Result<DecisionForm, Refusal> {
    let until = match state.portal.code_wanted(&Actor::Link(link), question).await? {
        CodeWanted::Not => return Ok(form),
        CodeWanted::Unasked => None,
        CodeWanted::Mailed { until } => Some(moment(until, seen)),
    };
    let ask = paths::MailCode(&link.to_string()).to_string();
    Ok(DecisionForm { code: Some(CodeEntry { ask, until }), ..form })
}

/// The form with which the holder of a link answers otherwise.
fn reconsider_view(
    state: &AppState,
    link: LinkId,
    again: &Reconsidering,
    form: DecisionForm,
    seen: Seen,
) -> Box<view::Reconsider> {
    let OpenQuestion { page, asked } = &again.question;
    let request = &page.record.request;
    let nonce = state.keys.form_nonce(NonceFor::Link(link), request.revision_hash, seen.now);
    let tally = present::decision::tally(page.tally, request, &asked.assignment);
    present::decision::reconsider(again.until, DecisionForm { nonce, ..form }, tally, seen)
}

async fn question_view(
    state: &AppState,
    link: LinkId,
    question: OpenQuestion,
    form: DecisionForm,
    seen: Seen,
) -> Result<Decide, Refusal> {
    let OpenQuestion { page, asked } = question;
    let files = file_views(state, &page).await?;
    let request = page.record.request;
    let tally = present::decision::tally(page.tally, &request, &asked.assignment);
    let final_rule = request.open_stage().final_rule().map(Into::into);
    let nonce = state.keys.form_nonce(NonceFor::Link(link), request.revision_hash, seen.now);
    Ok(Decide {
        link: link.0,
        title: request.title,
        requester: page.record.requester.into(),
        asked_as: asked.person.into(),
        submitted_at: moment(request.submitted_at, seen),
        revision: request.revision,
        text_html: page.text_html,
        files,
        due: request.deadline.due_at.map(|at| due(at, seen)),
        final_rule,
        tally,
        form: DecisionForm { nonce, ..form },
    })
}
