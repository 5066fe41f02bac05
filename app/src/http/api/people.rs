//! `/api/v1/people` and `/api/v1/me`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answers::Refused;
use super::call::Call;
use super::problem::ApiError;
use super::query::{Asked, SomeRows, part, place, rows};
use super::time::rfc3339;
use crate::http::state::AppState;
use crate::portal::user::Person;
use crate::portal::{Actor, Roles, Scope, User, UserId, UserState};

const PATH: &str = "/api/v1/people";

/// The routes.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(me)).routes(routes!(list))
}

/// Somebody, as others name them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PersonName {
    #[schema(format = "uuid")]
    id: String,
    /// Empty while only the address is known.
    name: String,
    email: String,
}

impl From<Person> for PersonName {
    fn from(person: Person) -> Self {
        Self { id: person.id.to_string(), name: person.name, email: person.email }
    }
}

/// A role of an account.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoleWord {
    Requester,
    Approver,
    Admin,
}

fn words(roles: Roles) -> Vec<RoleWord> {
    let held =
        [(roles.requester, RoleWord::Requester), (roles.approver, RoleWord::Approver), (roles.admin, RoleWord::Admin)];
    held.into_iter().filter(|(held, _)| *held).map(|(_, word)| word).collect()
}

/// Whose token is used, and for what it may be used.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    user: PersonName,
    roles: Vec<RoleWord>,
    /// What the token may do now: never more than its owner's roles allow.
    scopes: Vec<String>,
}

/// Whose token this is
///
/// Needs no scope.
#[utoipa::path(
    get,
    path = "/v1/me",
    operation_id = "me",
    tag = "Account",
    responses((status = 200, description = "The token's owner and scopes.", body = Me), Refused),
    security(("bearer" = []))
)]
async fn me(call: Call) -> Result<Json<Me>, ApiError> {
    let user = call.actor.signed_in()?;
    let scopes = match &call.actor {
        Actor::Token(bearer) => bearer.scopes.iter().map(|scope| Scope::word(scope).to_owned()).collect(),
        _ => Vec::new(),
    };
    let name = PersonName { id: user.id.to_string(), name: user.name.clone(), email: user.email.clone() };
    Ok(Json(Me { user: name, roles: words(user.roles), scopes }))
}

/// How an account stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccountWord {
    Guest,
    Invited,
    Active,
    Disabled,
}

impl From<UserState> for AccountWord {
    fn from(state: UserState) -> Self {
        match state {
            UserState::Guest => Self::Guest,
            UserState::Invited => Self::Invited,
            UserState::Active => Self::Active,
            UserState::Disabled => Self::Disabled,
        }
    }
}

/// Somebody with an account, an invitation or a question.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PersonEntry {
    #[schema(format = "uuid")]
    id: String,
    /// Empty while only the address is known.
    name: String,
    email: String,
    account: AccountWord,
    roles: Vec<RoleWord>,
    /// Who their manager is; null without one.
    #[schema(format = "uuid")]
    manager: Option<String>,
    #[schema(format = "date-time")]
    created_at: String,
    #[schema(format = "date-time")]
    signed_in_at: Option<String>,
}

impl From<User> for PersonEntry {
    fn from(user: User) -> Self {
        Self {
            id: user.id.to_string(),
            name: user.name,
            email: user.email.to_string(),
            account: user.state.into(),
            roles: words(user.roles),
            manager: user.manager.map(|manager| manager.to_string()),
            created_at: rfc3339(user.created_at),
            signed_in_at: user.signed_in_at.map(rfc3339),
        }
    }
}

/// A part of the list of people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PersonList {
    items: Vec<PersonEntry>,
    /// The cursor of the next part; null on the last one.
    next: Option<String>,
}

/// People
///
/// Everybody by name. For administrators.
#[utoipa::path(
    get,
    path = "/v1/people",
    operation_id = "list_people",
    tag = "People",
    params(SomeRows),
    responses((status = 200, description = "A part of the list.", body = PersonList), Refused),
    security(("bearer" = ["people:read"]))
)]
async fn list(State(state): State<AppState>, call: Call, Asked(which): Asked<SomeRows>) -> Result<Response, ApiError> {
    let most = usize::try_from(rows(which.limit)?).unwrap_or(usize::MAX);
    let after: Option<UserId> = place(which.cursor.as_deref(), |text| text.parse().ok())?;
    let people = state.portal.people(&call.actor).await?;
    let begin = match after {
        None => 0,
        Some(after) => {
            let at = people.iter().position(|user| user.id == after);
            at.ok_or_else(|| ApiError::bad_request("The person at the cursor is gone. Begin anew."))? + 1
        }
    };
    let more = people.len() > begin + most;
    let items: Vec<PersonEntry> = people.into_iter().skip(begin).take(most).map(PersonEntry::from).collect();
    let next = items.last().filter(|_| more).map(|person| person.id.clone());
    let limit = most.to_string();
    Ok(part(PersonList { items, next: next.clone() }, PATH, &[("limit", limit.as_str())], next.as_deref()))
}
