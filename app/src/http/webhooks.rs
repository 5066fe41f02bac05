//! `/webhooks`: who else is told what happens, and what was posted to them. For admins.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::error::Refusal;
use super::notice::Done;
use super::present::webhook::{self as present, Shown};
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::webhooks::{NewSecret, WebhookDraft};
use crate::portal::{DeliveryId, PortalError, WebhookId};
use crate::view::webhook::ShownSecret;
use crate::view::{WebhookForm, Webhooks};

/// What the address says; anything unknown counts as absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    before: String,
}

/// The form of a webhook, and the one that rotates its secret.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    url: String,
    description: String,
    event: Vec<String>,
    shown: String,
}

impl Typed {
    fn draft(self) -> WebhookDraft {
        WebhookDraft { url: self.url, description: self.description, events: self.event }
    }
}

/// `GET /webhooks`.
pub(crate) async fn show(State(state): State<AppState>, reader: Reader) -> Result<Page, Refusal> {
    list(&state, reader, present::fresh_form()).await
}

/// `POST /webhooks`. The answer is the new webhook's page with its secret, which nobody is shown again.
pub(crate) async fn create(
    State(state): State<AppState>,
    reader: Reader,
    Form(typed): Form<Typed>,
) -> Result<Page, Refusal> {
    let draft = typed.draft();
    match state.portal.create_webhook(&reader.actor, draft.clone()).await {
        Ok(made) => Ok(with_secret(&state, reader, made).await?.with_status(StatusCode::CREATED)),
        Err(PortalError::Invalid(errors)) => {
            Ok(list(&state, reader, present::form(draft, errors)).await?.unprocessable())
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /webhooks/{id}`.
pub(crate) async fn webhook(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Query(filter): Query<Filter>,
) -> Result<Page, Refusal> {
    let before: Option<DeliveryId> = filter.before.parse().ok();
    detail(&state, reader, parse(&id)?, before, Shown { paged: before.is_some(), ..Shown::default() }).await
}

/// `POST /webhooks/{id}`.
pub(crate) async fn edit(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let (webhook, draft) = (parse(&id)?, typed.draft());
    match state.portal.edit_webhook(&reader.actor, webhook, draft.clone()).await {
        Ok(()) => Ok(Done::WebhookChanged.then(paths::Webhook(&id)).into_response()),
        Err(PortalError::Invalid(errors)) => {
            let shown = Shown { form: Some(present::form(draft, errors)), ..Shown::default() };
            Ok(detail(&state, reader, webhook, None, shown).await?.unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /webhooks/{id}/{verb}`.
pub(crate) async fn change(
    State(state): State<AppState>,
    reader: Reader,
    Path((id, verb)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let (webhook, portal, actor) = (parse(&id)?, &state.portal, &reader.actor);
    match verb.as_str() {
        "enable" => portal.enable_webhook(actor, webhook).await?,
        "disable" => portal.disable_webhook(actor, webhook).await?,
        "test" => {
            let delivery = portal.test_webhook(actor, webhook).await?;
            return Ok(Done::WebhookTested.then(paths::Delivery(&delivery.to_string())).into_response());
        }
        "rotate" => {
            // Without a number there is none that is the present one, and nothing is rotated.
            let made = portal.rotate_webhook(actor, webhook, typed.shown.parse().unwrap_or(0)).await?;
            return Ok(with_secret(&state, reader, made).await?.into_response());
        }
        "delete" => {
            portal.delete_webhook(actor, webhook).await?;
            return Ok(Done::WebhookDeleted.then(paths::Webhooks).into_response());
        }
        _ => return Err(Refusal::NotFound),
    }
    Ok(Done::WebhookChanged.then(paths::Webhook(&id)).into_response())
}

/// `GET /webhooks/deliveries/{id}`.
pub(crate) async fn delivery(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Page, Refusal> {
    let page = state.portal.delivery(&reader.actor, parse_delivery(&id)?).await?;
    let detail = present::delivery(page, reader.seen(&state));
    Ok(pages::delivery(reader.frame, detail))
}

/// `POST /webhooks/deliveries/{id}/redeliver`.
pub(crate) async fn redeliver(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Redirect, Refusal> {
    state.portal.redeliver(&reader.actor, parse_delivery(&id)?).await?;
    Ok(Done::Redelivered.then(paths::Delivery(&id)))
}

async fn list(state: &AppState, reader: Reader, form: WebhookForm) -> Result<Page, Refusal> {
    let (lines, seen) = (state.portal.webhooks(&reader.actor).await?, reader.seen(state));
    let rows = lines.iter().map(|line| present::row(line, seen)).collect();
    Ok(pages::webhooks(reader.frame, Webhooks { rows, form }))
}

async fn with_secret(state: &AppState, reader: Reader, made: NewSecret) -> Result<Page, Refusal> {
    let secret = Some(ShownSecret(made.secret.expose().to_owned()));
    detail(state, reader, made.webhook, None, Shown { secret, ..Shown::default() }).await
}

async fn detail(
    state: &AppState,
    reader: Reader,
    id: WebhookId,
    before: Option<DeliveryId>,
    shown: Shown,
) -> Result<Page, Refusal> {
    let page = state.portal.webhook(&reader.actor, id, before).await?;
    let detail = present::detail(page, shown, reader.seen(state));
    Ok(pages::webhook(reader.frame, detail))
}

fn parse(id: &str) -> Result<WebhookId, Refusal> {
    id.parse().map_err(|_| Refusal::NotFound)
}

fn parse_delivery(id: &str) -> Result<DeliveryId, Refusal> {
    id.parse().map_err(|_| Refusal::NotFound)
}
