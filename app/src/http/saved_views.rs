//! `/views`: filters of the inbox are saved, renamed and deleted. What they show is the inbox's own business.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::error::Refusal;
use super::inbox::Asked;
use super::notice::Done;
use super::present;
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::{PortalError, SavedViewDraft, SavedViewId};
use crate::view::{InboxFilter, InboxTab, SaveViewForm, SavedViewForm, SavedViews};

/// The form that saves a filter: its name, and the filter as the address of the inbox says it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    name: String,
    #[serde(flatten)]
    asked: Asked,
}

/// The form that renames a view.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Renamed {
    name: String,
}

/// `GET /views`.
pub(crate) async fn show(State(state): State<AppState>, reader: Reader) -> Result<Page, Refusal> {
    list(&state, reader, None).await
}

/// `POST /views`. Leads to what was saved.
pub(crate) async fn save(
    State(state): State<AppState>,
    reader: Reader,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let filter = typed.asked.filter();
    let tab = typed.asked.tab().unwrap_or(InboxTab::Mine);
    let query = present::inbox::query(&filter);
    let draft = SavedViewDraft { name: typed.name.clone(), tab: tab.into(), query };
    match state.portal.save_view(&reader.actor, draft).await {
        Ok(view) => Ok(Done::ViewSaved.then(paths::saved_view(tab.key(), &view.query)).into_response()),
        Err(PortalError::Invalid(errors)) => {
            let form = SaveViewForm { tab, filter, name: typed.name, errors: errors.into() };
            Ok(list(&state, reader, Some(SavedViewForm::Save(form))).await?.unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /views/{id}`.
pub(crate) async fn rename(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Form(typed): Form<Renamed>,
) -> Result<Response, Refusal> {
    let id = view_id(&id)?;
    match state.portal.rename_view(&reader.actor, id, &typed.name).await {
        Ok(()) => Ok(Done::ViewRenamed.then(paths::SavedViews).into_response()),
        Err(PortalError::Invalid(errors)) => {
            let again = SavedViewForm::Rename { id: id.0, name: typed.name, errors: errors.into() };
            Ok(list(&state, reader, Some(again)).await?.unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /views/{id}/delete`.
pub(crate) async fn delete(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Redirect, Refusal> {
    state.portal.delete_view(&reader.actor, view_id(&id)?).await?;
    Ok(Done::ViewDeleted.then(paths::SavedViews))
}

async fn list(state: &AppState, reader: Reader, again: Option<SavedViewForm>) -> Result<Page, Refusal> {
    let views = state.portal.saved_views(&reader.actor).await?;
    // None of them is what this page shows.
    let mut views = present::inbox::views(views, InboxTab::Waiting, &InboxFilter::default());
    for view in &mut views {
        view.current = false;
    }
    Ok(pages::saved_views(reader.frame, SavedViews { views, again }))
}

fn view_id(text: &str) -> Result<SavedViewId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}
