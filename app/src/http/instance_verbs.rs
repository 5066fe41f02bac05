//! `POST /instances/{id}/…`: what somebody does to an instance.
//!
//! Verbs on what the portal owns go through its own use cases, where they mean what they mean there; all others are verbs
//! on a run. What the reader may not see is not there, whatever the verb.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::Value;

use super::error::Refusal;
use super::instances::{find, readable};
use super::notice::Done;
use super::present;
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, paths};
use crate::portal::workflows::WorkflowVerb;
use crate::portal::{FieldError, PortalError, owner_of};
use crate::view::{Asks, InstanceDetail, RaiseForm, Verb};

/// A verb's form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    reason: String,
    confirm: String,
}

/// The form of an event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TypedEvent {
    event: String,
    value: String,
}

/// `POST /instances/{id}/{verb}`.
pub(crate) async fn steer(
    State(state): State<AppState>,
    reader: Reader,
    Path((id, verb)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let verb = Verb::from_key(&verb).ok_or(Refusal::NotFound)?;
    readable(&state, &reader, &id).await?;
    match carry_out(&state, &reader, &id, verb, &typed).await {
        Ok(then) => Ok(then.into_response()),
        Err(PortalError::Invalid(errors)) => {
            let again = |detail: &mut InstanceDetail| {
                for form in detail.verbs.iter_mut().filter(|form| form.verb == verb) {
                    let typed = if verb.asks() == Asks::Reason { &typed.reason } else { &typed.confirm };
                    form.typed.clone_from(typed);
                    form.errors = errors.clone().into();
                }
            };
            refused(&state, reader, &id, again).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /instances/{id}/raise`.
pub(crate) async fn raise(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Form(typed): Form<TypedEvent>,
) -> Result<Response, Refusal> {
    readable(&state, &reader, &id).await?;
    match raise_typed(&state, &reader, &id, &typed).await {
        Ok(()) => Ok(Done::EventRaised.then(paths::Instance(&id)).into_response()),
        Err(PortalError::Invalid(errors)) => {
            let form = RaiseForm { event: typed.event, value: typed.value, errors: errors.into() };
            refused(&state, reader, &id, |detail| detail.raise = Some(form)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The instance's page with a form as it was typed.
async fn refused(
    state: &AppState,
    reader: Reader,
    id: &str,
    again: impl FnOnce(&mut InstanceDetail),
) -> Result<Response, Refusal> {
    let mut detail = find(state, &reader, id).await?;
    again(&mut detail);
    Ok(pages::instance(reader.frame, detail).unprocessable().into_response())
}

/// Does the verb, and says where to go on.
async fn carry_out(
    state: &AppState,
    reader: &Reader,
    id: &str,
    verb: Verb,
    typed: &Typed,
) -> Result<Redirect, PortalError> {
    if owner_of(id).is_some() {
        let verb = present::instance::owned_verb(verb).ok_or(PortalError::NotFound)?;
        state.portal.steer_instance(&reader.actor, id, verb, &typed.reason).await?;
        return Ok(Done::Steered.then(paths::Instance(id)));
    }
    check(id, verb, typed)?;
    let steer = |verb| state.portal.steer_workflow(&reader.actor, id, verb, &typed.reason);
    match verb {
        Verb::Suspend => steer(WorkflowVerb::Suspend).await?,
        Verb::Resume => steer(WorkflowVerb::Resume).await?,
        Verb::Rewind => steer(WorkflowVerb::Rewind).await?,
        Verb::Terminate => steer(WorkflowVerb::Terminate).await?,
        Verb::Restart | Verb::RestartAsNew => {
            let as_new = verb == Verb::RestartAsNew;
            let begun = state.portal.rerun_workflow(&reader.actor, id, as_new, &typed.reason).await?;
            return Ok(Done::RunStarted.then(paths::Instance(&begun)));
        }
        Verb::Purge => {
            state.portal.purge_run(&reader.actor, id).await?;
            return Ok(Done::Purged.then(paths::Instances));
        }
    }
    Ok(Done::Steered.then(paths::Instance(id)))
}

/// What a person must say, although a program needs not.
fn check(id: &str, verb: Verb, typed: &Typed) -> Result<(), PortalError> {
    match verb.asks() {
        Asks::Reason if typed.reason.trim().is_empty() => Err(PortalError::field("reason", "Enter a reason.")),
        Asks::Confirmation if typed.confirm.trim() != id => {
            Err(PortalError::field("confirm", format!("Type {id} to remove it.")))
        }
        Asks::Reason | Asks::Confirmation => Ok(()),
    }
}

async fn raise_typed(state: &AppState, reader: &Reader, id: &str, typed: &TypedEvent) -> Result<(), PortalError> {
    let event = typed.event.trim();
    let mut errors = Vec::new();
    if event.is_empty() {
        errors.push(FieldError::new("event", "Enter the event's name."));
    }
    let value = json(&typed.value).unwrap_or_else(|problem| {
        errors.push(FieldError::new("value", problem));
        Value::Null
    });
    if !errors.is_empty() {
        return Err(PortalError::Invalid(errors));
    }
    Ok(state.portal.raise_event(&reader.actor, id, event, value).await?)
}

/// JSON as somebody typed it; nothing is null. The error is a sentence for the field.
pub(super) fn json(typed: &str) -> Result<Value, String> {
    if typed.trim().is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(typed).map_err(|error| format!("This is not JSON: {error}."))
}
