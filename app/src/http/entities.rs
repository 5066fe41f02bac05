//! `/entities`: the engine's entities, and operations sent to them by hand. For admins.

use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use countersign_engine::{EntityId, EntityQuery, EntityRecord, InstanceKey};
use serde::Deserialize;

use super::error::Refusal;
use super::instance_verbs::json;
use super::instances::engine;
use super::notice::Done;
use super::present;
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::workflows::EntitySignal;
use crate::portal::{PortalError, Scope};
use crate::view::{Entities, FormErrors, OperationForm};

/// Rows of a page.
const ROWS: u32 = 50;

/// What the address says; anything unknown counts as absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    name: String,
    after: String,
}

/// The form of an operation.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    operation: String,
    input: String,
}

/// `GET /entities`.
pub(crate) async fn list(
    State(state): State<AppState>,
    reader: Reader,
    Query(filter): Query<Filter>,
) -> Result<Page, Refusal> {
    require_admin(&reader)?;
    let after = filter.after.parse().ok().map(InstanceKey);
    let name = filter.name.trim();
    let query = EntityQuery {
        name: (!name.is_empty()).then(|| name.to_owned()),
        after,
        limit: ROWS + 1,
        ..EntityQuery::default()
    };
    let mut records = state.engine.list_entities(&query).await.map_err(engine)?;
    let more = records.len() > ROWS as usize;
    records.truncate(ROWS as usize);
    let seen = reader.seen(&state);
    let page = Entities {
        name: name.to_owned(),
        rows: records.iter().map(|record| present::entity::row(record, seen)).collect(),
        paged: after.is_some(),
        next: records.last().filter(|_| more).map(|record| record.key.to_string()),
    };
    Ok(pages::entities(reader.frame, page))
}

/// `GET /entities/{id}`.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Page, Refusal> {
    let record = find(&state, &reader, &id).await?;
    Ok(page(&state, reader, record, OperationForm::default()))
}

/// `POST /entities/{id}`.
pub(crate) async fn operate(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let record = find(&state, &reader, &id).await?;
    match send(&state, &reader, &record.id, &typed).await {
        Ok(()) => Ok(Done::OperationSent.then(paths::Entity(&id)).into_response()),
        Err(PortalError::Invalid(errors)) => {
            let Typed { operation, input } = typed;
            let form = OperationForm { operation, input, errors: FormErrors::from(errors), ..OperationForm::default() };
            Ok(page(&state, reader, record, form).unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /entities/{id}/delete`.
pub(crate) async fn delete(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Redirect, Refusal> {
    let entity = find(&state, &reader, &id).await?.id;
    let deleted = state.portal.delete_entity(&reader.actor, entity.name(), entity.key()).await;
    deleted.map_err(PortalError::from)?;
    Ok(Done::OperationSent.then(paths::Entity(&id)))
}

fn require_admin(reader: &Reader) -> Result<(), Refusal> {
    reader.actor.require_scope(Scope::EntitiesRead)?;
    Ok(reader.actor.require_admin()?)
}

async fn find(state: &AppState, reader: &Reader, id: &str) -> Result<EntityRecord, Refusal> {
    require_admin(reader)?;
    let id = EntityId::parse(id).map_err(|_| Refusal::NotFound)?;
    state.engine.find_entity(&id).await.map_err(engine)?.ok_or(Refusal::NotFound)
}

async fn send(state: &AppState, reader: &Reader, entity: &EntityId, typed: &Typed) -> Result<(), PortalError> {
    let operation = typed.operation.trim().to_owned();
    if operation.is_empty() {
        return Err(PortalError::field("operation", "Choose an operation."));
    }
    let input = json(&typed.input).map_err(|problem| PortalError::field("input", problem))?;
    let signal = EntitySignal { name: entity.name().to_owned(), key: entity.key().to_owned(), operation, input };
    Ok(state.portal.signal_entity(&reader.actor, signal).await?)
}

fn page(state: &AppState, reader: Reader, record: EntityRecord, form: OperationForm) -> Page {
    let kind = state.portal.catalogue().find_entities(record.id.name());
    let operations = kind.map(|kind| kind.operations.clone()).unwrap_or_default();
    let form = OperationForm { operations, ..form };
    let detail = present::entity::detail(record, form, reader.seen(state));
    pages::entity(reader.frame, detail)
}
