//! The link of a mail at the door: exchanged once for a cookie that says only which link it was, and held by that cookie
//! from then on. Nothing here changes anything; that a link was fetched is noted in memory, for the audit log.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};

use super::error::Refusal;
use super::present::Seen;
use super::state::AppState;
use crate::auth::{LINK_COOKIE, LINK_COOKIE_LIFE, NonceFor};
use crate::pages::{self, Page};
use crate::portal::link::Purpose;
use crate::portal::{Actor, LinkId, PortalError, RevisionHash};
use crate::view::{LinkState, LinkStatus};

/// The link that `{link}` in the path names, which the reader holds by their cookie. Without the cookie the answer is the
/// page that says so, and for what is no link the one that says that it is unknown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeldLink(pub(super) LinkId);

impl HeldLink {
    /// The revision that the form showed; `None` when its nonce is of another link, forged or too old.
    pub(super) fn shown(self, state: &AppState, nonce: &str) -> Option<RevisionHash> {
        state.keys.read_nonce(nonce, NonceFor::Link(self.0), state.portal.now())
    }
}

impl FromRequestParts<AppState> for HeldLink {
    type Rejection = Page;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Page> {
        let path = RawPathParams::from_request_parts(parts, state).await.map_err(|_| unknown())?;
        let named = path.iter().find(|(name, _)| *name == "link").and_then(|(_, link)| link.parse::<LinkId>().ok());
        let link = named.ok_or_else(unknown)?;
        let cookies = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut values = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let now = state.portal.now();
        if values.any(|(name, value)| name == LINK_COOKIE && state.keys.is_link_cookie(value, link, now)) {
            return Ok(Self(link));
        }
        let missing = LinkStatus { link: None, title: None, state: LinkState::CookieMissing };
        Err(pages::link_status(missing).with_status(StatusCode::FORBIDDEN))
    }
}

/// Gives the cookie for the link that `token` is, and leads to its page, whose address holds no token.
pub(super) async fn exchange(
    state: &AppState,
    token: &str,
    purpose: Purpose,
    page: impl FnOnce(LinkId) -> String,
) -> Result<Response, Refusal> {
    let Ok(claims) = state.keys.verify(token, purpose) else { return Ok(unknown().into_response()) };
    let found = match purpose {
        Purpose::Answer => state.portal.exchange_answer_link(&claims).await,
        Purpose::Decide | Purpose::SetUp | Purpose::Invite | Purpose::Unsubscribe => {
            state.portal.exchange_link(&claims).await
        }
    };
    match found {
        Ok(link) => {
            state.portal.note_fetched(link);
            Ok(hand_over(state, link, &page(link)))
        }
        Err(PortalError::NotFound) => Ok(unknown().into_response()),
        Err(error) => Err(error.into()),
    }
}

fn hand_over(state: &AppState, link: LinkId, path: &str) -> Response {
    let value = state.keys.link_cookie(link, state.portal.now());
    let secure = if state.config.base_url.is_https() { "; Secure" } else { "" };
    let life = LINK_COOKIE_LIFE.as_secs();
    let cookie = format!("{LINK_COOKIE}={value}; Path={path}; Max-Age={life}; HttpOnly; SameSite=Lax{secure}");
    (AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(path)).into_response()
}

/// From now and from the time zone of whoever holds a link; UTC, and said as such, where they never told theirs.
pub(super) async fn seen_by(state: &AppState, holder: &Actor) -> Result<Seen, Refusal> {
    Ok(Seen { now: state.portal.now(), zone: state.portal.zone_of_link(holder).await? })
}

/// Unknown, malformed and forged look alike.
pub(super) fn unknown() -> Page {
    let status = LinkStatus { link: None, title: None, state: LinkState::Unknown };
    pages::link_status(status).with_status(StatusCode::NOT_FOUND)
}
