//! `/outbox`: mails and what became of them. For admins.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::error::Refusal;
use super::notice::Done;
use super::present;
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::MailId;
use crate::view::{FormErrors, MailState, Outbox};

/// A mail may show itself in our own frame, with its inline styles, and do nothing else.
const MAIL_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'");

/// What the address says; anything unknown counts as absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    state: String,
    before: String,
}

/// `GET /outbox`.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Query(filter): Query<Filter>,
) -> Result<Page, Refusal> {
    let chosen = MailState::from_key(&filter.state);
    let before: Option<MailId> = filter.before.parse().ok();
    let (portal, actor) = (&state.portal, &reader.actor);
    let page = portal.outbox(actor, chosen.map(Into::into), before).await?;
    let counts = portal.mail_counts(actor).await?;
    let trouble = portal.mail_trouble(actor).await?;
    let seen = reader.seen(&state);
    let outbox = Outbox {
        transport: present::outbox::transport(&state.mailer, trouble),
        counts: counts.into_iter().map(|(state, count)| (state.into(), count)).collect(),
        state: chosen,
        rows: page.rows.into_iter().map(|line| present::outbox::row(line, seen)).collect(),
        paged: before.is_some(),
        next: page.next.map(|id| id.to_string()),
        errors: FormErrors::default(),
    };
    Ok(pages::outbox(reader.frame, outbox))
}

/// `GET /outbox/{id}`.
pub(crate) async fn mail(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Page, Refusal> {
    let facts = state.portal.mail(&reader.actor, parse(&id)?).await?;
    let detail = present::outbox::detail(facts, &state.mailer, reader.seen(&state));
    Ok(pages::mail(reader.frame, detail))
}

/// `GET /outbox/{id}/html`: the HTML part, for the frame on the mail's page. Mails carry their styles inline.
pub(crate) async fn html(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let facts = state.portal.mail(&reader.actor, parse(&id)?).await?;
    let rendered = state.mailer.for_outbox(&facts).ok_or(Refusal::NotFound)?;
    Ok(([(header::CONTENT_SECURITY_POLICY, MAIL_POLICY)], Html(rendered.html)).into_response())
}

/// `POST /outbox/test`.
pub(crate) async fn test(State(state): State<AppState>, reader: Reader) -> Result<Redirect, Refusal> {
    let id = state.portal.send_test_mail(&reader.actor).await?;
    Ok(Done::TestMailQueued.then(paths::Mail(&id.to_string())))
}

/// `POST /outbox/{id}/retry`.
pub(crate) async fn retry(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Redirect, Refusal> {
    state.portal.retry_mail(&reader.actor, parse(&id)?).await?;
    Ok(Done::MailRetried.then(paths::Mail(&id)))
}

fn parse(id: &str) -> Result<MailId, Refusal> {
    id.parse().map_err(|_| Refusal::NotFound)
}
