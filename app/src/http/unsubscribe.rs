//! `/unsubscribe/{token}`: ending one's digests by the link in them. GET and HEAD change nothing, because scanners fetch links;
//! the POST needs no session and no cookie, because mail programs send it by themselves (RFC 8058).

use axum::extract::{Path, State};

use super::error::Refusal;
use super::state::AppState;
use crate::pages::{self, Page};
use crate::portal::PortalError;
use crate::portal::digests::Unsubscribing;
use crate::portal::link::{LinkClaims, Purpose};
use crate::view::Unsubscribe;

const DEAD: &str = "This link does not work (any more). You can turn the daily overview off in your settings, once you have signed in.";

/// `GET /unsubscribe/{token}`.
pub(crate) async fn show(State(state): State<AppState>, Path(token): Path<String>) -> Result<Page, Refusal> {
    let claims = claims(&state, &token)?;
    let seen = state.portal.unsubscribing(&claims).await.map_err(dead)?;
    Ok(page(token, seen))
}

/// `POST /unsubscribe/{token}`. Answered by the page itself: whoever posts for a person must not be sent elsewhere.
pub(crate) async fn unsubscribe(State(state): State<AppState>, Path(token): Path<String>) -> Result<Page, Refusal> {
    let claims = claims(&state, &token)?;
    let seen = state.portal.unsubscribe(claims).await.map_err(dead)?;
    Ok(page(token, seen))
}

fn page(token: String, seen: Unsubscribing) -> Page {
    pages::unsubscribe(Unsubscribe { token, email: seen.email, subscribed: seen.subscribed })
}

fn claims(state: &AppState, token: &str) -> Result<LinkClaims, Refusal> {
    state.keys.verify(token, Purpose::Unsubscribe).map_err(|_| Refusal::Gone(DEAD.to_owned()))
}

fn dead(error: PortalError) -> Refusal {
    match error {
        PortalError::NotFound => Refusal::Gone(DEAD.to_owned()),
        error => error.into(),
    }
}
