//! `/requests/new`: the form, with files.

mod typed;

use axum::extract::{Multipart, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use self::typed::{Intent, Typed};
use super::error::Refusal;
use super::notice::Done;
use super::outlook;
use super::present;
use super::reader::Reader;
use super::received::Received;
use super::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::policies::PolicyPreview;
use crate::portal::{Actor, PortalError};
use crate::view::NewRequest;

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    policy: String,
}

/// `GET /requests/new`.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Query(asked): Query<Asked>,
) -> Result<Page, Refusal> {
    reader.actor.require_requester()?;
    let form = Received { typed: Typed::fresh(&asked.policy), uploads: Vec::new(), errors: Vec::new() };
    page(&state, reader, form).await
}

/// `POST /requests/new`.
pub(crate) async fn submit(
    State(state): State<AppState>,
    reader: Reader,
    form: Multipart,
) -> Result<Response, Refusal> {
    // Before anything of the body is stored.
    reader.actor.require_requester()?;
    let mut received: Received<Typed> = Received::read(&state, &reader.actor, form).await?;
    match received.typed.intent() {
        Intent::MoreRows => received.typed.add_rows(),
        Intent::Preview => {}
        Intent::Submit if received.errors.is_empty() => {
            match state.portal.submit(&reader.actor, received.typed.draft(received.upload_ids())).await {
                Ok(id) => return Ok(Done::Submitted.then(paths::Request(&id.to_string())).into_response()),
                Err(PortalError::Invalid(errors)) => received.errors = errors,
                Err(error) => return Err(error.into()),
            }
        }
        Intent::Submit => {}
    }
    page(&state, reader, received).await.map(IntoResponse::into_response)
}

/// The form with what was typed; the status is that of a refusal where something is wrong.
async fn page(state: &AppState, reader: Reader, mut form: Received<Typed>) -> Result<Page, Refusal> {
    let usable = state.portal.usable_policies(&reader.actor).await?;
    if let Some(chosen) = usable.iter().find(|usable| Some(usable.policy.id) == form.typed.policy()) {
        form.typed.begin_with(&chosen.title, &chosen.text);
    }
    let preview = match preview(state, &reader.actor, &mut form).await? {
        Some(preview) => Some(outlook::preview(state, preview, reader.seen(state)).await),
        None => None,
    };
    let status = if form.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let kept = form.kept();
    let shown = NewRequest {
        policies: present::policy::choices(&usable),
        preview,
        ..form.typed.into_view(kept, state.portal.max_file_bytes(), form.errors)
    };
    Ok(pages::new_request(reader.frame, shown).with_status(status))
}

/// Whom the chosen policy would ask; what keeps it from asking anybody is said as an error.
async fn preview(
    state: &AppState,
    actor: &Actor,
    form: &mut Received<Typed>,
) -> Result<Option<PolicyPreview>, Refusal> {
    let Some(policy) = form.typed.policy() else { return Ok(None) };
    match state.portal.preview_policy(actor, policy).await {
        Ok(preview) => Ok(Some(preview)),
        Err(PortalError::Invalid(errors)) => {
            if !form.errors.iter().any(|error| error.field == "policy") {
                form.errors.extend(errors);
            }
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
