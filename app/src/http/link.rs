//! `/d/{token}` and `/decide/{link}`: deciding by the link of a mail, without an account and without scripts.
//!
//! Nothing here changes anything on GET or HEAD. The link is exchanged for a cookie that says only which link it was;
//! the decision is a POST with the nonce of the form that was shown.

use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};

use super::error::Refusal;
use super::files;
use super::present::{self, due, moment};
use super::request::{Decision, file_views, stale};
use super::state::AppState;
use crate::auth::{LINK_COOKIE, LINK_COOKIE_LIFE, NonceFor};
use crate::pages::{self, Page, paths};
use crate::portal::link::Purpose;
use crate::portal::{Actor, Answer, LinkId, LinkPage, NewLinkOutcome, OpenQuestion, PortalError};
use crate::view::{Decide, DecisionForm, LinkState, LinkStatus, Verdict};

/// `GET /d/{token}`: the cookie, and on to the address without the token.
pub(crate) async fn exchange(State(state): State<AppState>, Path(token): Path<String>) -> Result<Response, Refusal> {
    let Ok(claims) = state.keys.verify(&token, Purpose::Decide) else { return Ok(unknown().into_response()) };
    let link = match state.portal.exchange_link(&claims).await {
        Ok(link) => link,
        Err(PortalError::NotFound) => return Ok(unknown().into_response()),
        Err(error) => return Err(error.into()),
    };
    Ok(hand_over(&state, link, &paths::Decide(&link.to_string()).to_string()))
}

/// Gives the cookie of a link for `path` and leads there.
pub(super) fn hand_over(state: &AppState, link: LinkId, path: &str) -> Response {
    let value = state.keys.link_cookie(link, state.portal.now());
    let secure = if state.config.base_url.is_https() { "; Secure" } else { "" };
    let life = LINK_COOKIE_LIFE.as_secs();
    let cookie = format!("{LINK_COOKIE}={value}; Path={path}; Max-Age={life}; HttpOnly; SameSite=Lax{secure}");
    (AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(path)).into_response()
}

/// `GET /decide/{link}`.
pub(crate) async fn show(
    State(state): State<AppState>,
    Path(link): Path<String>,
    headers: HeaderMap,
) -> Result<Page, Refusal> {
    match holder(&state, &link, &headers) {
        Ok(link) => page(&state, link, DecisionForm::default()).await,
        Err(page) => Ok(*page),
    }
}

/// `POST /decide/{link}`.
pub(crate) async fn decide(
    State(state): State<AppState>,
    Path(link): Path<String>,
    headers: HeaderMap,
    Form(typed): Form<Decision>,
) -> Result<Response, Refusal> {
    let link = match holder(&state, &link, &headers) {
        Ok(link) => link,
        Err(page) => return Ok(page.into_response()),
    };
    let Some(shown) = state.keys.read_nonce(&typed.nonce, NonceFor::Link(link), state.portal.now()) else {
        return Ok(page(&state, link, typed.again(stale())).await?.unprocessable().into_response());
    };
    let verdict = Verdict::from_key(&typed.verdict).map(Into::into);
    let answer = Answer { verdict, reason: typed.reason.clone(), shown };
    match state.portal.decide_by_link(&Actor::Link(link), answer).await {
        // Recorded, repeated or too late: the page says which, and can be loaded again.
        Ok(_) => Ok(Redirect::to(&paths::Decide(&link.to_string()).to_string()).into_response()),
        Err(PortalError::Invalid(errors)) => {
            Ok(page(&state, link, typed.again(errors.into())).await?.unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /decide/{link}/new-link`.
pub(crate) async fn new_link(
    State(state): State<AppState>,
    Path(link): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let link = match holder(&state, &link, &headers) {
        Ok(link) => link,
        Err(page) => return Ok(page.into_response()),
    };
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
    Path((link, number)): Path<(String, u32)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    match holder(&state, &link, &headers) {
        Ok(link) => files::send(&state.portal, state.portal.link_file(&Actor::Link(link), number).await?).await,
        Err(page) => Ok(page.into_response()),
    }
}

/// The link that the reader holds by their cookie, or the page that says that there is none.
pub(super) fn holder(state: &AppState, link: &str, headers: &HeaderMap) -> Result<LinkId, Box<Page>> {
    let link: LinkId = link.parse().map_err(|_| Box::new(unknown()))?;
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut values = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let now = state.portal.now();
    if values.any(|(name, value)| name == LINK_COOKIE && state.keys.is_link_cookie(value, link, now)) {
        return Ok(link);
    }
    let missing = LinkStatus { link: None, title: None, state: LinkState::CookieMissing };
    Err(Box::new(pages::link_status(missing).with_status(StatusCode::FORBIDDEN)))
}

/// Unknown, malformed and forged look alike.
pub(super) fn unknown() -> Page {
    let status = LinkStatus { link: None, title: None, state: LinkState::Unknown };
    pages::link_status(status).with_status(StatusCode::NOT_FOUND)
}

async fn page(state: &AppState, link: LinkId, form: DecisionForm) -> Result<Page, Refusal> {
    let now = state.portal.now();
    match state.portal.link_page(&Actor::Link(link)).await {
        Ok(LinkPage::Open(question)) => Ok(pages::decide(question_view(state, link, *question, form).await?)),
        Ok(LinkPage::Closed { title, outcome }) => {
            let state = present::decision::link_state(outcome, now);
            Ok(pages::link_status(LinkStatus { link: Some(link.0), title: Some(title), state }))
        }
        Err(PortalError::NotFound) => Ok(unknown()),
        Err(error) => Err(error.into()),
    }
}

async fn question_view(
    state: &AppState,
    link: LinkId,
    question: OpenQuestion,
    form: DecisionForm,
) -> Result<Decide, Refusal> {
    let OpenQuestion { page, asked } = question;
    let now = state.portal.now();
    let files = file_views(state, &page).await?;
    let request = page.record.request;
    let nonce = state.keys.form_nonce(NonceFor::Link(link), request.revision_hash, now);
    Ok(Decide {
        link: link.0,
        title: request.title,
        requester: page.record.requester.into(),
        asked_as: asked.person.into(),
        submitted_at: moment(request.submitted_at, now),
        revision: request.revision,
        text_html: page.text_html,
        files,
        due: request.deadline.due_at.map(|at| due(at, now)),
        final_rule: request.policy.final_rule.into(),
        tally: present::decision::tally(page.tally, asked.assignment.escalation),
        form: DecisionForm { nonce, ..form },
    })
}
