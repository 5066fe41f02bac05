//! `entities/`: their states, and what they are told.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use countersign_engine::{EntityId, EntityQuery, EntityRecord, InstanceKey, Payload};
use serde::Serialize;
use utoipa::ToSchema;

use super::denial::{Denial, ErrorBody};
use super::described::{ListedEntities, Listing, PAGE, Refusals};
use super::input::Input;
use super::query::Asked;
use super::status::whole_seconds;
use super::surface::Caller;
use super::token;
use crate::http::state::AppState;
use crate::portal::workflows::{EntitySignal, may_read_entities};

/// How the key of an entity is written that is empty, which no path can hold.
const NO_KEY: &str = "$";

/// An entity in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EntityStatus {
    entity_id: EntityName,
    /// When it did something last.
    #[schema(format = DateTime)]
    last_operation_time: String,
    /// Its state, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = serde_json::Value, required = false)]
    state: Option<Payload>,
}

/// Which entity.
#[derive(Debug, Serialize, ToSchema)]
struct EntityName {
    name: String,
    key: String,
}

/// The state of an entity.
#[utoipa::path(
    get, path = "/entities/{name}/{key}", operation_id = "getEntity", tag = "Durable Functions",
    security(("bearer" = ["entities:read"])),
    params(
        ("name" = String, Path, description = "The kind of entity; compared without regard to case."),
        ("key" = String, Path, description = "Which one; `$` for the empty key."),
    ),
    responses(
        Refusals,
        (status = 200, description = "Its state.", body = Value),
        (status = 400, description = "The call makes no sense.", body = ErrorBody),
        (status = 404, description = "There is no such entity, or it has no state.", body = ErrorBody),
    ),
)]
pub(super) async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path((name, key)): Path<(String, String)>,
) -> Result<Json<Payload>, Denial> {
    state.portal.require_entity_reader(&caller.actor)?;
    let id = EntityId::new(&name, &spoken(key)).map_err(|error| Denial::not_found(error.to_string()))?;
    let may_read = may_read_entities(&caller.actor, id.name());
    let found = if may_read { state.engine.find_entity(&id).await? } else { None };
    let found = found.and_then(|record| record.state);
    found.map(Json).ok_or_else(|| Denial::not_found(format!("The entity {id} has no state.")))
}

/// A page of entities of any kind, the oldest first.
#[utoipa::path(
    get, path = "/entities", operation_id = "listEntities", tag = "Durable Functions",
    security(("bearer" = ["entities:read"])),
    params(ListedEntities),
    responses(Listing, (status = 200, body = Vec<EntityStatus>, description = PAGE)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, Denial> {
    page(&state, &caller, None, &asked, &headers).await
}

/// A page of entities of one kind, the oldest first.
#[utoipa::path(
    get, path = "/entities/{name}", operation_id = "listEntitiesOfKind", tag = "Durable Functions",
    security(("bearer" = ["entities:read"])),
    params(
        ("name" = String, Path, description = "The kind of entity; compared without regard to case."),
        ListedEntities,
    ),
    responses(Listing, (status = 200, body = Vec<EntityStatus>, description = PAGE)),
)]
pub(super) async fn list_of_kind(
    State(state): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, Denial> {
    page(&state, &caller, Some(name), &asked, &headers).await
}

async fn page(
    state: &AppState,
    caller: &Caller,
    name: Option<String>,
    asked: &Asked,
    headers: &HeaderMap,
) -> Result<Response, Denial> {
    state.portal.require_entity_reader(&caller.actor)?;
    let rows = asked.rows()?;
    let with_state = asked.flag("fetchState")?.unwrap_or(false);
    let query = EntityQuery {
        name,
        updated_from: asked.moment("lastOperationTimeFrom")?,
        updated_to: asked.moment("lastOperationTimeTo")?,
        after: token::asked_for::<i64>(headers)?.map(InstanceKey),
        limit: rows + 1,
        ..EntityQuery::default()
    };
    let mut records = state.engine.list_entities(&query).await?;
    let has_more = records.len() > rows as usize;
    records.truncate(rows as usize);
    let last = records.last().filter(|_| has_more).map(|record| record.key);
    records.retain(|record| may_read_entities(&caller.actor, record.id.name()));
    let shown = |record: EntityRecord| EntityStatus {
        entity_id: EntityName { name: record.id.name().to_owned(), key: record.id.key().to_owned() },
        last_operation_time: whole_seconds(record.updated_at),
        state: record.state.filter(|_| with_state),
    };
    Ok(token::page(Json(records.into_iter().map(shown).collect::<Vec<_>>()), last))
}

/// Tells an entity to carry out an operation. Nobody waits for its outcome.
#[utoipa::path(
    post, path = "/entities/{name}/{key}", operation_id = "signalEntity", tag = "Durable Functions",
    security(("bearer" = ["entities:signal"])),
    params(
        ("name" = String, Path, description = "The kind of entity; compared without regard to case."),
        ("key" = String, Path, description = "Which one; `$` for the empty key."),
        ("op" = String, Query, description = "The operation."),
    ),
    request_body(content = Value, content_type = "application/json", description = "Its input; none is null."),
    responses(
        Refusals,
        (status = 202, description = "It will carry it out."),
        (status = 400, description = "There is no such kind of entity, or the call makes no sense.", body = ErrorBody),
        (status = 404, description = "This can be no entity.", body = ErrorBody),
        (status = 409, description = "It cannot be done as things stand.", body = ErrorBody),
        (status = 413, description = "The input is too large.", body = ErrorBody),
    ),
)]
pub(super) async fn signal(
    State(state): State<AppState>,
    caller: Caller,
    Path((name, key)): Path<(String, String)>,
    asked: Asked,
    input: Input,
) -> Result<StatusCode, Denial> {
    let operation = asked.text("op").ok_or_else(|| Denial::invalid("'op' is missing: the operation."))?.to_owned();
    let signal = EntitySignal { name, key: spoken(key), operation, input: input.of_operation()? };
    state.portal.signal_entity(&caller.actor, signal).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Takes the state of an entity away, by its operation `delete`.
#[utoipa::path(
    delete, path = "/entities/{name}/{key}", operation_id = "deleteEntity", tag = "Durable Functions",
    security(("bearer" = ["entities:delete"])),
    params(
        ("name" = String, Path, description = "The kind of entity; compared without regard to case."),
        ("key" = String, Path, description = "Which one; `$` for the empty key."),
    ),
    responses(
        Refusals,
        (status = 202, description = "It will."),
        (status = 400, description = "There is no such kind of entity, or the call makes no sense.", body = ErrorBody),
        (status = 404, description = "This can be no entity.", body = ErrorBody),
        (status = 409, description = "It cannot be done as things stand.", body = ErrorBody),
    ),
)]
pub(super) async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path((name, key)): Path<(String, String)>,
) -> Result<StatusCode, Denial> {
    state.portal.delete_entity(&caller.actor, &name, &spoken(key)).await?;
    Ok(StatusCode::ACCEPTED)
}

fn spoken(key: String) -> String {
    if key == NO_KEY { String::new() } else { key }
}
