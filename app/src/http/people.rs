//! `/people`: everybody, invitations, roles, managers, disabling. For admins.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::error::Refusal;
use super::notice::Done;
use super::outlook::ahead;
use super::present;
use super::present::absence::Known;
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::{FieldError, InviteDraft, PortalError, User, UserId};
use crate::view::{InviteForm, People, PersonDetail, PersonRow, RoleSet};

/// The form for inviting somebody, the one for roles, and the one for a manager.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    name: String,
    email: String,
    role: Vec<String>,
    manager: String,
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

/// `GET /people/{id}`.
pub(crate) async fn show_person(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Page, Refusal> {
    detail(&state, reader, parse(&id)?, None).await
}

/// `POST /people/{id}/{verb}`.
pub(crate) async fn change(
    State(state): State<AppState>,
    reader: Reader,
    Path((id, verb)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let id = parse(&id)?;
    match verb.as_str() {
        "disable" => state.portal.disable_user(&reader.actor, id).await?,
        "enable" => state.portal.enable_user(&reader.actor, id).await?,
        "roles" => state.portal.change_roles(&reader.actor, id, typed.roles().into()).await?,
        "invite-again" => {
            state.portal.invite_again(&reader.actor, id).await?;
            return Ok(Done::Invited.then(paths::People).into_response());
        }
        "manager" => return set_manager(&state, reader, id, typed.manager).await,
        _ => return Err(Refusal::NotFound),
    }
    Ok(Done::PersonChanged.then(paths::People).into_response())
}

async fn list(state: &AppState, reader: Reader, invite: InviteForm) -> Result<Page, Refusal> {
    let (people, seen) = (state.portal.people(&reader.actor).await?, reader.seen(state));
    let ids: Vec<_> = people.iter().map(|user| user.id).collect();
    let (absences, _) = ahead(state, &ids).await?;
    let known = Known { absences: &absences, people: &people, seen };
    let away = |user: &User| known.away(user.id, user.time_zone());
    let rows = present::people::rows(&people, reader.user.id, seen).into_iter().zip(&people);
    let rows = rows.map(|(row, user)| PersonRow { away: away(user), ..row }).collect();
    Ok(pages::people(reader.frame, People { rows, invite }))
}

/// The answer to a manager who cannot be is the person's page, whichever page was asked from.
async fn set_manager(state: &AppState, reader: Reader, id: UserId, typed: String) -> Result<Response, Refusal> {
    match state.portal.set_manager(&reader.actor, id, &typed).await {
        Ok(()) => Ok(Done::PersonChanged.then(paths::Person(&id.to_string())).into_response()),
        Err(PortalError::Invalid(errors)) => {
            Ok(detail(state, reader, id, Some((typed, errors))).await?.unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn detail(
    state: &AppState,
    reader: Reader,
    id: UserId,
    refused: Option<(String, Vec<FieldError>)>,
) -> Result<Page, Refusal> {
    let (page, seen) = (state.portal.person_page(&reader.actor, id).await?, reader.seen(state));
    let (absences, people) = ahead(state, &[id]).await?;
    let away = Known { absences: &absences, people: &people, seen }.away(id, page.user.time_zone());
    let detail = present::people::detail(page, refused, reader.user.id, seen);
    let row = PersonRow { away, ..detail.row };
    Ok(pages::person(reader.frame, PersonDetail { row, ..detail }))
}

fn parse(id: &str) -> Result<UserId, Refusal> {
    id.parse().map_err(|_| Refusal::NotFound)
}
