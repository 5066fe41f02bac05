//! `/people`: everybody, invitations, roles, disabling. For admins.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::error::Refusal;
use super::notice::Done;
use super::present;
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::{InviteDraft, PortalError, UserId};
use crate::view::{InviteForm, People, RoleSet};

/// The form for inviting somebody, and the one for roles.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    name: String,
    email: String,
    role: Vec<String>,
}

impl Typed {
    fn roles(&self) -> RoleSet {
        RoleSet::from_keys(self.role.iter().map(String::as_str))
    }
}

/// `GET /people`.
pub(crate) async fn show(State(state): State<AppState>, reader: Reader) -> Result<Page, Refusal> {
    list(
        &state,
        reader,
        InviteForm { roles: RoleSet { requester: true, ..RoleSet::default() }, ..InviteForm::default() },
    )
    .await
}

/// `POST /people/invite`.
pub(crate) async fn invite(
    State(state): State<AppState>,
    reader: Reader,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let roles = typed.roles();
    let draft = InviteDraft { name: typed.name.clone(), email: typed.email.clone(), roles: roles.into() };
    match state.portal.invite(&reader.actor, draft).await {
        Ok(_) => Ok(Done::Invited.then(paths::People).into_response()),
        Err(PortalError::Invalid(errors)) => {
            let invite = InviteForm { name: typed.name, email: typed.email, roles, errors: errors.into() };
            Ok(list(&state, reader, invite).await?.unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /people/{id}/{verb}`.
pub(crate) async fn change(
    State(state): State<AppState>,
    reader: Reader,
    Path((id, verb)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let id: UserId = id.parse().map_err(|_| Refusal::NotFound)?;
    match verb.as_str() {
        "disable" => state.portal.disable_user(&reader.actor, id).await?,
        "enable" => state.portal.enable_user(&reader.actor, id).await?,
        "roles" => state.portal.change_roles(&reader.actor, id, typed.roles().into()).await?,
        "invite-again" => {
            state.portal.invite_again(&reader.actor, id).await?;
            return Ok(Done::Invited.then(paths::People).into_response());
        }
        _ => return Err(Refusal::NotFound),
    }
    Ok(Done::PersonChanged.then(paths::People).into_response())
}

async fn list(state: &AppState, reader: Reader, invite: InviteForm) -> Result<Page, Refusal> {
    let (people, now) = (state.portal.people(&reader.actor).await?, state.portal.now());
    let rows = people.into_iter().map(|user| present::people::row(user, reader.user.id, now)).collect();
    Ok(pages::people(reader.frame, People { rows, invite }))
}
