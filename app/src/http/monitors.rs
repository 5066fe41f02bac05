//! `/monitors`: services that are watched. Everybody who is signed in may look; the portal checks who may change what.

use std::convert::Infallible;

use axum::extract::{Form, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use countersign_engine::{InstanceId, InstanceRecord};
use futures::Stream;
use serde::Deserialize;

use super::error::Refusal;
use super::instance_events::{Known, nudges};
use super::instances::engine;
use super::notice::Done;
use super::present::monitor as present;
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::monitors::{MonitorDraft, instance_of_monitor};
use crate::portal::{MonitorId, PortalError, SpanDraft};
use crate::view::{MonitorDetail, MonitorForm, Monitors};

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
    let seen = reader.seen(&state);
    let rows = lines.iter().map(|line| present::row(line, seen)).collect();
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

/// `GET /monitors/{id}/events`: a nudge whenever it was checked or changed.
pub(crate) async fn follow(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Query(known): Query<Known>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let id = parse(&id)?;
    // Who may see the monitor may follow it; its instance is for admins.
    state.portal.monitor(&reader.actor, id, None).await?;
    let record = instance(&state, id).await?.ok_or(Refusal::NotFound)?;
    Ok(nudges(state, record, known.latest(&headers)))
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
        "check" => match portal.check_monitor_now(actor, monitor).await {
            // What they want to know stands on the page.
            Err(PortalError::TooMany(_)) => Done::MonitorJustChecked,
            asked => {
                asked?;
                Done::MonitorChecked
            }
        },
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
    // Looked at before the rows: what changes in between is seen twice rather than never.
    let newest = instance(state, id).await?.map_or(0, |record| record.updated_at.as_micros());
    let page = state.portal.monitor(&reader.actor, id, before).await?;
    let is_admin = reader.frame.is_for_admin();
    let detail = present::detail(page, form, before.is_some(), is_admin, reader.seen(state));
    Ok(pages::monitor(reader.frame, MonitorDetail { seen: newest, ..detail }))
}

/// What checks it, and changes with each check.
async fn instance(state: &AppState, id: MonitorId) -> Result<Option<InstanceRecord>, Refusal> {
    let id = InstanceId::parse(&instance_of_monitor(id)).map_err(|_| Refusal::NotFound)?;
    state.engine.status(&id).await.map_err(engine)
}

fn parse(id: &str) -> Result<MonitorId, Refusal> {
    id.parse().map_err(|_| Refusal::NotFound)
}
