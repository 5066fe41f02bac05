//! `/instances`: what the engine runs, and what admins can do about it.
//!
//! Reads go to the engine; verbs go through the portal, so that those on a request or a mail mean what they mean there.

use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Response};
use countersign_engine::{Cursor, EngineError, InstanceFilter, InstanceId, InstanceQuery};
use serde::Deserialize;

use super::error::Refusal;
use super::notice::Done;
use super::present;
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::mail::subject;
use crate::portal::{Owner, PortalError, owner_of};
use crate::view;
use crate::view::{InstanceDetail, InstanceState, Instances, Verb};

/// Rows of a page.
const ROWS: u32 = 50;
/// The orchestrations that this program registers, to choose from.
const NAMES: [&str; 2] = ["Approval", "Mail"];

/// What the address says; anything unknown counts as absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    status: String,
    name: String,
    q: String,
    after: String,
}

/// A verb's form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    reason: String,
}

/// `GET /instances`.
pub(crate) async fn list(
    State(state): State<AppState>,
    reader: Reader,
    Query(filter): Query<Filter>,
) -> Result<Page, Refusal> {
    reader.actor.require_admin()?;
    let chosen = InstanceState::from_key(&filter.status);
    let after: Option<Cursor> = filter.after.parse().ok();
    let query = InstanceQuery {
        filter: InstanceFilter {
            name: (!filter.name.is_empty()).then(|| filter.name.clone()),
            statuses: chosen.map(present::instance::status).into_iter().collect(),
            id_prefix: (!filter.q.trim().is_empty()).then(|| filter.q.trim().to_owned()),
            ..InstanceFilter::default()
        },
        after: after.clone(),
        limit: ROWS + 1,
        ..InstanceQuery::default()
    };
    let mut records = state.engine.query(&query).await.map_err(engine)?;
    let more = records.len() > ROWS as usize;
    records.truncate(ROWS as usize);
    let counts = state.engine.count_by_status().await.map_err(engine)?;
    let now = state.portal.now();
    let page = Instances {
        counts: counts
            .into_iter()
            .filter_map(|(status, count)| Some((present::instance::state(status)?, count)))
            .collect(),
        status: chosen,
        name: filter.name,
        names: NAMES.map(str::to_owned).to_vec(),
        query: filter.q,
        rows: records.iter().filter_map(|record| present::instance::row(record, now)).collect(),
        paged: after.is_some(),
        next: records.last().filter(|_| more).map(|record| record.cursor().to_string()),
    };
    Ok(pages::instances(reader.frame, page))
}

/// `GET /instances/{id}`.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Page, Refusal> {
    let detail = find(&state, &reader, &id).await?;
    Ok(pages::instance(reader.frame, detail))
}

/// `POST /instances/{id}/{verb}`.
pub(crate) async fn steer(
    State(state): State<AppState>,
    reader: Reader,
    Path((id, verb)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let verb = Verb::from_key(&verb).ok_or(Refusal::NotFound)?;
    match state.portal.steer_instance(&reader.actor, &id, verb.into(), &typed.reason).await {
        Ok(()) => Ok(Done::Steered.then(paths::Instance(&id)).into_response()),
        Err(PortalError::Invalid(errors)) => {
            let mut detail = find(&state, &reader, &id).await?;
            for form in detail.verbs.iter_mut().filter(|form| form.verb == verb) {
                form.reason.clone_from(&typed.reason);
                form.errors = errors.clone().into();
            }
            Ok(pages::instance(reader.frame, detail).unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn find(state: &AppState, reader: &Reader, id: &str) -> Result<InstanceDetail, Refusal> {
    reader.actor.require_admin()?;
    let id = InstanceId::parse(id).map_err(|_| Refusal::NotFound)?;
    let record = state.engine.status(&id).await.map_err(engine)?.ok_or(Refusal::NotFound)?;
    let events = state.engine.history(&id, None).await.map_err(engine)?;
    let owner = owner(state, reader, id.as_str()).await?;
    present::instance::detail(record, &events, owner, state.portal.now()).ok_or(Refusal::NotFound)
}

/// What the instance belongs to, by name.
async fn owner(state: &AppState, reader: &Reader, id: &str) -> Result<view::instance::Owner, Refusal> {
    Ok(match owner_of(id) {
        Some(Owner::Request(request)) => match state.portal.request_title(&reader.actor, request).await? {
            Some((title, _)) => view::instance::Owner::Request { id: request.0, title },
            None => view::instance::Owner::None,
        },
        Some(Owner::Mail(mail)) => match state.portal.mail(&reader.actor, mail).await {
            Ok(facts) => {
                let title = facts.request.as_ref().map(|request| request.title.as_str());
                view::instance::Owner::Mail { id: mail.0, subject: subject(facts.mail.kind, title) }
            }
            Err(PortalError::NotFound) => view::instance::Owner::None,
            Err(error) => return Err(error.into()),
        },
        None => view::instance::Owner::None,
    })
}

fn engine(error: EngineError) -> Refusal {
    match error {
        EngineError::InvalidId(_) => Refusal::NotFound,
        error => Refusal::Unavailable(format!("The engine's tables cannot be read right now: {error}")),
    }
}
