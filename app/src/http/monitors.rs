//! `/monitors`: services that are watched. Everybody who is signed in may look; the portal checks who may change what.

use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::error::Refusal;
use super::notice::Done;
use super::present::monitor as present;
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::monitors::MonitorDraft;
use crate::portal::{MonitorId, PortalError, SpanDraft};
use crate::view::{MonitorForm, Monitors};

/// What the address says; anything unknown counts as absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    before: String,
}

/// The form of a monitor.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    name: String,
    url: String,
    statuses: String,
    contains: String,
    max_latency: String,
    certificate_days: String,
    interval: String,
    timeout: String,
    retries: String,
    alert_to: String,
    remind: String,
    remind_unit: String,
    escalate_to: String,
    escalate: String,
    escalate_unit: String,
}

impl From<Typed> for MonitorDraft {
    fn from(typed: Typed) -> Self {
        Self {
            name: typed.name,
            url: typed.url,
            statuses: typed.statuses,
            contains: typed.contains,
            max_latency: typed.max_latency,
            certificate_days: typed.certificate_days,
            interval: typed.interval,
            timeout: typed.timeout,
            retries: typed.retries,
            alert_to: typed.alert_to,
            remind: SpanDraft { number: typed.remind, unit: typed.remind_unit },
            escalate_to: typed.escalate_to,
            escalate: SpanDraft { number: typed.escalate, unit: typed.escalate_unit },
        }
    }
}

/// `GET /monitors`.
pub(crate) async fn list(State(state): State<AppState>, reader: Reader) -> Result<Page, Refusal> {
    let lines = state.portal.monitors(&reader.actor).await?;
    let now = state.portal.now();
    let rows = lines.iter().map(|line| present::row(line, now)).collect();
    let may_create = state.portal.may_create_monitors(&reader.actor);
    Ok(pages::monitors(reader.frame, Monitors { rows, may_create }))
}

/// `GET /monitors/new`.
pub(crate) async fn show_new(reader: Reader) -> Result<Page, Refusal> {
    reader.actor.require_requester()?;
    // Whoever makes it is told, unless they say otherwise.
    let form = MonitorForm { alert_to: reader.user.email.clone(), ..MonitorForm::default() };
    Ok(pages::new_monitor(reader.frame, form))
}

/// `POST /monitors/new`.
pub(crate) async fn create(
    State(state): State<AppState>,
    reader: Reader,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let draft = MonitorDraft::from(typed);
    match state.portal.create_monitor(&reader.actor, draft.clone()).await {
        Ok(id) => Ok(Done::MonitorMade.then(paths::Monitor(&id.to_string())).into_response()),
        Err(PortalError::Invalid(errors)) => {
            let form = present::form(draft, errors);
            Ok(pages::new_monitor(reader.frame, form).unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /monitors/{id}`.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Query(filter): Query<Filter>,
) -> Result<Page, Refusal> {
    detail(&state, reader, parse(&id)?, filter.before.parse().ok(), None).await
}

/// `POST /monitors/{id}`.
pub(crate) async fn edit(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let (monitor, draft) = (parse(&id)?, MonitorDraft::from(typed));
    match state.portal.edit_monitor(&reader.actor, monitor, draft.clone()).await {
        Ok(()) => Ok(Done::MonitorChanged.then(paths::Monitor(&id)).into_response()),
        Err(PortalError::Invalid(errors)) => {
            let form = present::form(draft, errors);
            Ok(detail(&state, reader, monitor, None, Some(form)).await?.unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /monitors/{id}/{verb}`.
pub(crate) async fn change(
    State(state): State<AppState>,
    reader: Reader,
    Path((id, verb)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let (monitor, portal, actor) = (parse(&id)?, &state.portal, &reader.actor);
    let done = match verb.as_str() {
        "pause" => {
            portal.pause_monitor(actor, monitor).await?;
            Done::MonitorPaused
        }
        "resume" => {
            portal.resume_monitor(actor, monitor).await?;
            Done::MonitorChanged
        }
        "check" => {
            portal.check_monitor_now(actor, monitor).await?;
            Done::MonitorChecked
        }
        "delete" => {
            portal.delete_monitor(actor, monitor).await?;
            return Ok(Done::MonitorDeleted.then(paths::Monitors).into_response());
        }
        _ => return Err(Refusal::NotFound),
    };
    Ok(done.then(paths::Monitor(&id)).into_response())
}

async fn detail(
    state: &AppState,
    reader: Reader,
    id: MonitorId,
    before: Option<u64>,
    form: Option<MonitorForm>,
) -> Result<Page, Refusal> {
    let page = state.portal.monitor(&reader.actor, id, before).await?;
    let is_admin = reader.frame.is_for_admin();
    let detail = present::detail(page, form, before.is_some(), is_admin, state.portal.now());
    Ok(pages::monitor(reader.frame, detail))
}

fn parse(id: &str) -> Result<MonitorId, Refusal> {
    id.parse().map_err(|_| Refusal::NotFound)
}
