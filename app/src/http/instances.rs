//! `/instances`: what the engine runs. Admins see everything, others the runs that they started.
//!
//! Reads go to the engine; what somebody may see of it is the portal's to say.

use axum::extract::{Path, Query, State};
use countersign_engine::{Cursor, EngineError, InstanceFilter, InstanceId, InstanceQuery, InstanceRecord};
use serde::Deserialize;

use super::error::Refusal;
use super::reader::Reader;
use super::state::AppState;
use super::{absence, present};
use crate::email;
use crate::pages::{self, Page};
use crate::portal::workflows::STARTER;
use crate::portal::{Owner, PortalError, owner_of};
use crate::view;
use crate::view::{InstanceDetail, InstanceState, Instances};

/// Rows of a page.
const ROWS: u32 = 50;
/// The orchestrations of the portal's own instances, which only admins see.
const OWN: [&str; 7] = ["Approval", "Digest", "Mail", "Monitor", "Webhook", "PlanAbsence", "SetBackup"];

/// What the address says; anything unknown counts as absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    status: String,
    name: String,
    q: String,
    after: String,
}

/// `GET /instances`.
pub(crate) async fn list(
    State(state): State<AppState>,
    reader: Reader,
    Query(filter): Query<Filter>,
) -> Result<Page, Refusal> {
    let starter = state.portal.starter_filter(&reader.actor)?;
    let chosen = InstanceState::from_key(&filter.status);
    let after: Option<Cursor> = filter.after.parse().ok();
    let query = InstanceQuery {
        filter: InstanceFilter {
            name: (!filter.name.is_empty()).then(|| filter.name.clone()),
            statuses: chosen.map(present::instance::status).into_iter().collect(),
            id_prefix: (!filter.q.trim().is_empty()).then(|| filter.q.trim().to_owned()),
            tags: starter.clone().into_iter().collect(),
            ..InstanceFilter::default()
        },
        after: after.clone(),
        limit: ROWS + 1,
        ..InstanceQuery::default()
    };
    let mut records = state.engine.query(&query).await.map_err(engine)?;
    let more = records.len() > ROWS as usize;
    records.truncate(ROWS as usize);
    let everything = InstanceFilter { tags: starter.into_iter().collect(), ..InstanceFilter::default() };
    let counts = state.engine.count_by_status_of(&everything).await.map_err(engine)?;
    let seen = reader.seen(&state);
    let page = Instances {
        counts: counts
            .into_iter()
            .filter_map(|(status, count)| Some((present::instance::state(status)?, count)))
            .collect(),
        status: chosen,
        name: filter.name,
        names: names(&state, &reader),
        query: filter.q,
        rows: records.iter().filter_map(|record| present::instance::row(record, seen)).collect(),
        paged: after.is_some(),
        next: records.last().filter(|_| more).map(|record| record.cursor().to_string()),
    };
    Ok(pages::instances(reader.frame, page))
}

/// The orchestrations to choose from.
fn names(state: &AppState, reader: &Reader) -> Vec<String> {
    let own = OWN.iter().filter(|_| reader.actor.sees_everything()).map(|name| (*name).to_owned());
    own.chain(state.portal.catalogue().names()).collect()
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

/// The instance of that id, if the reader may see it.
pub(super) async fn readable(state: &AppState, reader: &Reader, id: &str) -> Result<InstanceRecord, Refusal> {
    // Asks for the right to see runs at all.
    state.portal.starter_filter(&reader.actor)?;
    let id = InstanceId::parse(id).map_err(|_| Refusal::NotFound)?;
    let record = state.engine.status(&id).await.map_err(engine)?.ok_or(Refusal::NotFound)?;
    if !state.portal.may_read_run(&reader.actor, record.tags.get(STARTER)) {
        return Err(Refusal::NotFound);
    }
    Ok(record)
}

/// Everything that the page of an instance shows.
pub(super) async fn find(state: &AppState, reader: &Reader, id: &str) -> Result<InstanceDetail, Refusal> {
    let record = readable(state, reader, id).await?;
    let events = state.engine.history(&record.id, None).await.map_err(engine)?;
    let around = present::instance::Surroundings {
        owner: owner(state, reader, id).await?,
        in_catalogue: state.portal.catalogue().find(&record.name).is_some(),
        reader: reader.user.clone(),
        seen: reader.seen(state),
    };
    present::instance::detail(record, &events, around).ok_or(Refusal::NotFound)
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
                let subject = email::subject(facts.mail.kind, facts.title(), facts.language);
                view::instance::Owner::Mail { id: mail.0, subject }
            }
            Err(PortalError::NotFound) => view::instance::Owner::None,
            Err(error) => return Err(error.into()),
        },
        Some(Owner::Delivery(id)) => {
            let event = match state.portal.delivery(&reader.actor, id).await {
                Ok(page) => page.delivery.event.word(),
                Err(PortalError::NotFound) => "of a deleted webhook",
                Err(error) => return Err(error.into()),
            };
            view::instance::Owner::Delivery { id: id.0, event: event.to_owned() }
        }
        Some(Owner::Monitor(id)) => {
            let name = match state.portal.monitor(&reader.actor, id, None).await {
                Ok(page) => page.record.line.monitor.settings.name,
                Err(PortalError::NotFound) => "that was deleted".to_owned(),
                Err(error) => return Err(error.into()),
            };
            view::instance::Owner::Monitor { id: id.0, name }
        }
        Some(Owner::Absence(id)) => view::instance::Owner::Absence { person: absence::person_of(state, id).await?.0 },
        Some(Owner::Digests(of)) => view::instance::Owner::Digests { person: of.0 },
        Some(Owner::Preview(file)) => view::instance::Owner::Preview { sha256: file.to_string() },
        None => view::instance::Owner::None,
    })
}

pub(super) fn engine(error: EngineError) -> Refusal {
    match error {
        EngineError::InvalidId(_) => Refusal::NotFound,
        error => {
            // What a database says of itself names places and settings: it is for the log.
            tracing::warn!("the engine's tables cannot be read right now: {error}");
            PortalError::from(error).into()
        }
    }
}
