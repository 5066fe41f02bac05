//! `/groups`: people under one name, for policies. For admins.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::error::Refusal;
use super::notice::Done;
use super::present::group as present;
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::{GroupDraft, GroupId, PortalError};
use crate::view::{GroupForm, Groups};

/// The form of a group.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    name: String,
    members: String,
}

impl Typed {
    fn draft(self) -> GroupDraft {
        GroupDraft { name: self.name, members: self.members }
    }
}

/// `GET /groups`.
pub(crate) async fn show(State(state): State<AppState>, reader: Reader) -> Result<Page, Refusal> {
    list(&state, reader, GroupForm::default()).await
}

/// `POST /groups`.
pub(crate) async fn create(
    State(state): State<AppState>,
    reader: Reader,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let draft = typed.draft();
    match state.portal.create_group(&reader.actor, &draft).await {
        Ok(id) => Ok(Done::GroupSaved.then(paths::Group(&id.to_string())).into_response()),
        Err(PortalError::Invalid(errors)) => {
            Ok(list(&state, reader, present::form(draft, errors)).await?.unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /groups/{id}`.
pub(crate) async fn group(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Page, Refusal> {
    detail(&state, reader, parse(&id)?, None).await
}

/// `POST /groups/{id}`.
pub(crate) async fn edit(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let (group, draft) = (parse(&id)?, typed.draft());
    match state.portal.edit_group(&reader.actor, group, &draft).await {
        Ok(()) => Ok(Done::GroupSaved.then(paths::Group(&id)).into_response()),
        Err(PortalError::Invalid(errors)) => {
            let form = present::form(draft, errors);
            Ok(detail(&state, reader, group, Some(form)).await?.unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /groups/{id}/delete`.
pub(crate) async fn delete(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Redirect, Refusal> {
    state.portal.delete_group(&reader.actor, parse(&id)?).await?;
    Ok(Done::GroupDeleted.then(paths::Groups))
}

async fn list(state: &AppState, reader: Reader, form: GroupForm) -> Result<Page, Refusal> {
    let groups = state.portal.groups(&reader.actor).await?;
    let rows = groups.into_iter().map(present::row).collect();
    Ok(pages::groups(reader.frame, Groups { rows, form }))
}

async fn detail(state: &AppState, reader: Reader, id: GroupId, form: Option<GroupForm>) -> Result<Page, Refusal> {
    let page = state.portal.group(&reader.actor, id).await?;
    Ok(pages::group(reader.frame, present::detail(page, form)))
}

fn parse(id: &str) -> Result<GroupId, Refusal> {
    id.parse().map_err(|_| Refusal::NotFound)
}
