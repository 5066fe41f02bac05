//! Sessions: a cookie with a random id; the store knows its hash and whose it is.

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use time::OffsetDateTime;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, Session, SessionManagerLayer};

use super::caller::without_token;
use super::error::Refusal;
use super::state::AppState;
use crate::auth::SESSION_USER;
use crate::auth::session::SESSION_LIFE;
use crate::db::DbSessions;
use crate::portal::{Actor, SessionHash, SignedIn, Time, UserId};

/// The cookie's name.
const COOKIE: &str = "countersign";

/// The layer that gives handlers the session of their request. `https` says whether browsers reach the portal that way.
pub(crate) fn layer(sessions: DbSessions, https: bool) -> SessionManagerLayer<DbSessions> {
    let layer = SessionManagerLayer::new(sessions).with_name(COOKIE);
    layer.with_http_only(true).with_same_site(SameSite::Lax).with_secure(https)
}

/// Begins a session for somebody who has just proven who they are. The id is new, so that one that somebody else
/// planted is worth nothing.
pub(crate) async fn open(session: &Session, user: &SignedIn, now: Time) -> Result<(), Refusal> {
    session.cycle_id().await.map_err(unavailable)?;
    session.insert(SESSION_USER, user.id.to_string()).await.map_err(unavailable)?;
    let ends = OffsetDateTime::from_unix_timestamp((now + SESSION_LIFE).micros() / 1_000_000);
    let ends = ends.map_err(|error| Refusal::Internal(format!("a session cannot end at that time: {error}")))?;
    session.set_expiry(Some(Expiry::AtDateTime(ends)));
    Ok(())
}

/// Which session it is, as the portal knows it; nothing for somebody without one.
pub(crate) fn hash(session: &Session) -> Option<SessionHash> {
    session.id().map(|id| DbSessions::hash_of(&id))
}

/// Ends a session.
pub(crate) async fn close(session: &Session) -> Result<(), Refusal> {
    session.flush().await.map_err(unavailable)
}

/// Who the session belongs to, with the roles of now; nobody when there is none or the account may not sign in.
pub(crate) async fn find_actor(session: &Session, state: &AppState) -> Result<Option<Actor>, Refusal> {
    let id = session.get::<String>(SESSION_USER).await.map_err(unavailable)?;
    match id.and_then(|id| id.parse::<UserId>().ok()) {
        Some(id) => Ok(state.portal.actor(id).await?),
        None => Ok(None),
    }
}

fn unavailable(error: tower_sessions::session::Error) -> Refusal {
    Refusal::Unavailable(format!("Sessions cannot be read or written right now: {error}"))
}

/// Somebody with a session. Without one a page is sent to sign in and comes back afterwards.
impl FromRequestParts<AppState> for Actor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        let session = Session::from_request_parts(parts, state).await;
        let session = session.map_err(|(_, problem)| Refusal::Internal(problem.to_owned()))?;
        // What was posted cannot be repeated after signing in; the start page can.
        let is_page = parts.method == Method::GET;
        let back = || is_page.then(|| without_token(&parts.uri)).filter(|path| path != "/").unwrap_or_default();
        find_actor(&session, state).await?.ok_or_else(|| Refusal::SignIn(back()))
    }
}
