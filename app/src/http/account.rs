//! Set-up, sign-in, sign-out, accepting an invitation.

use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use tower_sessions::Session;

use super::error::Refusal;
use super::session;
use super::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::link::{LinkClaims, Purpose};
use crate::portal::{AccountDraft, PortalError};
use crate::view::{Frame, Invitation, Notice, SetUp, SignIn, Tone};

const DEAD_SET_UP_LINK: &str = "This set-up link does not work (any more). The portal prints a new one whenever it starts without an administrator.";
const DEAD_INVITATION: &str =
    "This invitation does not work (any more): it was accepted, replaced or has expired. Ask for a new one.";
const WAITING: &str =
    "This portal waits for its first administrator. The link to set it up was printed when it started.";

/// What the forms post; absent fields count as empty.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    token: String,
    next: String,
    name: String,
    email: String,
    password: String,
}

/// `GET /setup?token=`.
pub(crate) async fn show_set_up(
    State(state): State<AppState>,
    Query(typed): Query<Typed>,
) -> Result<Response, Refusal> {
    if !state.portal.needs_set_up().await? {
        return Ok(Redirect::to(&paths::SignIn.to_string()).into_response());
    }
    let claims = claims(&state, &typed.token, Purpose::SetUp, DEAD_SET_UP_LINK)?;
    state.portal.check_set_up_link(&claims).await.map_err(|error| dead_link(error, DEAD_SET_UP_LINK))?;
    Ok(pages::set_up(SetUp { token: typed.token, ..SetUp::default() }).into_response())
}

/// `POST /setup`.
pub(crate) async fn set_up(
    State(state): State<AppState>,
    session: Session,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let claims = claims(&state, &typed.token, Purpose::SetUp, DEAD_SET_UP_LINK)?;
    let draft = AccountDraft { name: typed.name.clone(), email: typed.email.clone(), password: typed.password };
    match state.portal.set_up_first_admin(claims, draft).await {
        Ok(user) => {
            session::open(&session, &user, state.portal.now()).await?;
            Ok(Redirect::to(&paths::Inbox.to_string()).into_response())
        }
        Err(PortalError::Invalid(errors)) => {
            let page = SetUp { token: typed.token, name: typed.name, email: typed.email, errors: errors.into() };
            Ok(pages::set_up(page).unprocessable().into_response())
        }
        Err(error) => Err(dead_link(error, DEAD_SET_UP_LINK)),
    }
}

/// `GET /sign-in`.
pub(crate) async fn show_sign_in(
    State(state): State<AppState>,
    session: Session,
    Query(typed): Query<Typed>,
) -> Result<Response, Refusal> {
    if session::find_actor(&session, &state).await?.is_some() {
        return Ok(Redirect::to(own_path(&typed.next)).into_response());
    }
    let waiting = state.portal.needs_set_up().await?;
    let notice = waiting.then(|| Notice { tone: Tone::Waiting, text: WAITING.to_owned() });
    Ok(pages::sign_in(Frame { viewer: None, notice }, SignIn { next: typed.next, ..SignIn::default() }).into_response())
}

/// `POST /sign-in`.
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    session: Session,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    match state.portal.sign_in(&typed.email, &typed.password).await {
        Ok(user) => {
            session::open(&session, &user, state.portal.now()).await?;
            Ok(Redirect::to(own_path(&typed.next)).into_response())
        }
        Err(PortalError::Invalid(errors)) => {
            let page = SignIn { email: typed.email, next: typed.next, errors: errors.into() };
            Ok(pages::sign_in(Frame::default(), page).unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /sign-out`.
pub(crate) async fn sign_out(session: Session) -> Result<Redirect, Refusal> {
    session::close(&session).await?;
    Ok(Redirect::to(&paths::SignIn.to_string()))
}

/// `GET /invite/{token}`.
pub(crate) async fn show_invitation(State(state): State<AppState>, Path(token): Path<String>) -> Result<Page, Refusal> {
    let claims = claims(&state, &token, Purpose::Invite, DEAD_INVITATION)?;
    let page = invitation(&state, token, &claims).await?;
    Ok(pages::invitation(page))
}

/// `POST /invite/{token}`.
pub(crate) async fn accept_invitation(
    State(state): State<AppState>,
    session: Session,
    Path(token): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let claims = claims(&state, &token, Purpose::Invite, DEAD_INVITATION)?;
    match state.portal.accept_invitation(claims, &typed.name, &typed.password).await {
        Ok(user) => {
            session::open(&session, &user, state.portal.now()).await?;
            Ok(Redirect::to(&paths::Inbox.to_string()).into_response())
        }
        Err(PortalError::Invalid(errors)) => {
            let page = invitation(&state, token, &claims).await?;
            let page = Invitation { name: typed.name, errors: errors.into(), ..page };
            Ok(pages::invitation(page).unprocessable().into_response())
        }
        Err(error) => Err(dead_link(error, DEAD_INVITATION)),
    }
}

async fn invitation(state: &AppState, token: String, claims: &LinkClaims) -> Result<Invitation, Refusal> {
    let open = state.portal.invitation(claims).await.map_err(|error| dead_link(error, DEAD_INVITATION))?;
    let invited_by = open.by.map_or_else(|| String::from("An administrator"), |by| by.label().to_owned());
    Ok(Invitation { token, invited_by, email: open.invited.email, name: open.invited.name, ..Invitation::default() })
}

fn claims(state: &AppState, token: &str, purpose: Purpose, dead: &str) -> Result<LinkClaims, Refusal> {
    state.keys.verify(token, purpose).map_err(|_| Refusal::Gone(dead.to_owned()))
}

fn dead_link(error: PortalError, dead: &str) -> Refusal {
    match error {
        PortalError::NotFound => Refusal::Gone(dead.to_owned()),
        error => error.into(),
    }
}

/// A path of this portal to go to; the start page for everything else, so that no link can send people elsewhere.
fn own_path(next: &str) -> &str {
    let own = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']);
    if own { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_only_to_pages_of_this_portal() {
        assert_eq!(own_path("/requests/1?x=y"), "/requests/1?x=y");
        for elsewhere in
            ["//evil.example", "/\\evil.example", "https://evil.example", "", "requests", "/\n/evil.example"]
        {
            assert_eq!(own_path(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
