//! `/policies`: who decides about what. For admins.

use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::error::Refusal;
use super::notice::Done;
use super::outlook;
use super::policy_form::{Intent, Posted};
use super::present::policy::{self as present, Shown};
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::policies::{PolicyDraft, TypedPolicy};
use crate::portal::{FieldError, PolicyId, PortalError};
use crate::view::PolicyImport;

/// What the address says; anything unknown counts as absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    version: String,
}

/// The fields of the form, as often as they are posted.
type Pairs = Form<Vec<(String, String)>>;

/// `GET /policies`.
pub(crate) async fn list(State(state): State<AppState>, reader: Reader) -> Result<Page, Refusal> {
    let (lines, seen) = (state.portal.policies(&reader.actor).await?, reader.seen(&state));
    Ok(pages::policies(reader.frame, present::list(lines, seen)))
}

/// `GET /policies/new`.
pub(crate) async fn show_new(State(state): State<AppState>, reader: Reader) -> Result<Page, Refusal> {
    editor(&state, reader, None, Shown::of(TypedPolicy::fresh())).await
}

/// `POST /policies/new`.
pub(crate) async fn create(
    State(state): State<AppState>,
    reader: Reader,
    Form(pairs): Pairs,
) -> Result<Response, Refusal> {
    reader.actor.require_admin_in_person()?;
    let draft = match received(&state, &reader, Posted::of(pairs)).await? {
        Received::Draft(_, draft) => draft,
        Received::Page(shown) => return back(&state, reader, None, *shown).await,
    };
    match state.portal.create_policy(&reader.actor, draft.clone()).await {
        Ok(id) => Ok(Done::PolicySaved.then(paths::Policy(&id.to_string())).into_response()),
        Err(PortalError::Invalid(errors)) => {
            back(&state, reader, None, Shown::of(TypedPolicy::from(&draft)).with_errors(errors)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /policies/{id}`.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Query(which): Query<Which>,
) -> Result<Page, Refusal> {
    let version: Option<u32> = which.version.parse().ok();
    let page = state.portal.policy(&reader.actor, parse(&id)?, version).await?;
    let older = version.filter(|version| *version != page.policy.version);
    let shown = Shown { older, ..Shown::of(TypedPolicy::from(&page.shown)) };
    editor(&state, reader, Some(page.policy.id), shown).await
}

/// `POST /policies/{id}`.
pub(crate) async fn edit(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Form(pairs): Pairs,
) -> Result<Response, Refusal> {
    reader.actor.require_admin_in_person()?;
    let policy = parse(&id)?;
    let (seen, draft) = match received(&state, &reader, Posted::of(pairs)).await? {
        Received::Draft(seen, draft) => (seen, draft),
        Received::Page(shown) => return back(&state, reader, Some(policy), *shown).await,
    };
    let shown = Shown::of(TypedPolicy::from(&draft));
    match state.portal.edit_policy(&reader.actor, policy, seen, draft).await {
        Ok(()) => Ok(Done::PolicySaved.then(paths::Policy(&id)).into_response()),
        Err(PortalError::Invalid(errors)) => back(&state, reader, Some(policy), shown.with_errors(errors)).await,
        // Nothing typed is lost, and who has seen the message may save over the other version.
        Err(PortalError::Conflict(why)) => {
            let shown = shown.with_errors(vec![FieldError::new("", why)]);
            Ok(editor(&state, reader, Some(policy), shown).await?.conflicting().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /policies/{id}/{verb}`.
pub(crate) async fn change(
    State(state): State<AppState>,
    reader: Reader,
    Path((id, verb)): Path<(String, String)>,
) -> Result<Redirect, Refusal> {
    let (policy, portal, actor) = (parse(&id)?, &state.portal, &reader.actor);
    let done = match verb.as_str() {
        "archive" => {
            portal.archive_policy(actor, policy).await?;
            Done::PolicyArchived
        }
        "restore" => {
            portal.restore_policy(actor, policy).await?;
            Done::PolicyRestored
        }
        _ => return Err(Refusal::NotFound),
    };
    Ok(done.then(paths::Policy(&id)))
}

/// `GET /policies/{id}/export`.
pub(crate) async fn export(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let export = state.portal.export_policy(&reader.actor, parse(&id)?).await?;
    let disposition = format!("attachment; filename=\"{}\"", export.file_name);
    let disposition = HeaderValue::try_from(disposition)
        .map_err(|_| Refusal::Internal("the name of a file is no header".to_owned()))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/toml; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, export.text).into_response())
}

/// `GET /policies/import`.
pub(crate) async fn show_import(reader: Reader) -> Result<Page, Refusal> {
    reader.actor.require_admin_in_person()?;
    Ok(pages::import_policy(reader.frame, PolicyImport::default()))
}

/// `POST /policies/import`.
pub(crate) async fn import(
    State(state): State<AppState>,
    reader: Reader,
    mut form: Multipart,
) -> Result<Response, Refusal> {
    reader.actor.require_admin_in_person()?;
    let (mut typed, mut file) = (String::new(), String::new());
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let is_file = field.name() == Some("file");
        let text = String::from_utf8_lossy(&field.bytes().await.map_err(broken)?).into_owned();
        if is_file { file = text } else { typed = text }
    }
    let text = if file.trim().is_empty() { typed } else { file };
    match state.portal.import_policy(&reader.actor, &text).await {
        Ok(id) => Ok(Done::PolicySaved.then(paths::Policy(&id.to_string())).into_response()),
        Err(PortalError::Invalid(errors)) => {
            let page = pages::import_policy(reader.frame, PolicyImport { text, errors: errors.into() });
            Ok(page.unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// What a posted form comes to.
#[expect(clippy::large_enum_variant, reason = "made once per request and moved once; a box would only be in the way")]
enum Received {
    /// It is right and is to be kept; with the version that was seen.
    Draft(u32, PolicyDraft),
    /// It is to be shown again.
    Page(Box<Shown>),
}

async fn received(state: &AppState, reader: &Reader, mut posted: Posted) -> Result<Received, Refusal> {
    if let Intent::Reshape(how) = posted.intent {
        posted.reshape(how);
    }
    let mut shown = Shown::of(posted.policy);
    shown.preview_as = posted.preview_as;
    match (posted.intent, shown.typed.read()) {
        (Intent::Reshape(_), _) => {}
        (_, Err(errors)) => shown.errors = errors,
        (Intent::Save, Ok(draft)) => return Ok(Received::Draft(posted.seen, draft)),
        (Intent::Preview, Ok(draft)) => {
            match state.portal.preview_draft(&reader.actor, draft, &shown.preview_as).await {
                Ok(found) => shown.preview = Some(outlook::preview(state, found, reader.seen(state)).await),
                Err(PortalError::Invalid(errors)) => shown.errors = errors,
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(Received::Page(Box::new(shown)))
}

/// The form as an answer: with the status of a refusal where something is wrong.
async fn back(state: &AppState, reader: Reader, id: Option<PolicyId>, shown: Shown) -> Result<Response, Refusal> {
    let status = if shown.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(editor(state, reader, id, shown).await?.with_status(status).into_response())
}

async fn editor(state: &AppState, reader: Reader, id: Option<PolicyId>, shown: Shown) -> Result<Page, Refusal> {
    let groups = state.portal.groups(&reader.actor).await?;
    let page = match id {
        Some(id) => Some(state.portal.policy(&reader.actor, id, None).await?),
        None => None,
    };
    let seen = reader.seen(state);
    Ok(pages::policy(reader.frame, present::editor(page, shown, groups, seen)))
}

fn broken(error: MultipartError) -> Refusal {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
        _ => Refusal::BadRequest("The upload was interrupted before it was complete. Nothing was imported.".to_owned()),
    }
}

fn parse(id: &str) -> Result<PolicyId, Refusal> {
    id.parse().map_err(|_| Refusal::NotFound)
}
