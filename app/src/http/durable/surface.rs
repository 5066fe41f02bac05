//! Who calls, by which of the two ways in.

use std::net::IpAddr;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::denial::{Denial, shaped};
use super::links::Links;
use super::path::WEBHOOKS;
use crate::http::caller::{Admission, Rate, admit};
use crate::http::state::AppState;
use crate::portal::{Actor, PortalError};

/// Whoever calls, and what the links in the answer begin with.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) actor: Actor,
    pub(super) links: Links,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Denial;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Denial> {
        // Either way in has put it there.
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Denial::forbidden("Nobody knows who calls."))
    }
}

/// The way in for everybody with an API token.
pub(super) async fn by_token(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Admission { actor, rate } = match admit(&state, &parts.headers, &parts.uri).await {
        Ok(admission) => admission,
        Err(error) => return refused(error),
    };
    // The configured address and never the request's own, which anybody can choose.
    let links = Links::below(state.config.base_url.link(WEBHOOKS));
    parts.extensions.insert(Caller { actor, links });
    let mut response = shaped(next.run(Request::from_parts(parts, body)).await).await;
    rate.apply(response.headers_mut());
    response
}

fn refused(error: PortalError) -> Response {
    let is_too_often = matches!(error, PortalError::TooMany(_));
    let mut response = Denial::from(error).into_response();
    if is_too_often {
        Rate::EXHAUSTED.apply(response.headers_mut());
    }
    response
}

/// The way in for programs of this machine. Nobody is asked for a token, so nobody may come from elsewhere: the
/// listener takes connections of this machine only, and this refuses what a web page makes a browser of this machine send.
pub(super) async fn from_this_machine(State(links): State<Links>, mut request: Request, next: Next) -> Response {
    if let Err(reason) = check_origin(request.headers(), request.uri()) {
        tracing::warn!(reason, "refused a call without a token: {reason}");
        return Denial::forbidden(reason).into_response();
    }
    request.extensions_mut().insert(Caller { actor: Actor::LocalRpc, links });
    shaped(next.run(request).await).await
}

fn check_origin(headers: &HeaderMap, uri: &Uri) -> Result<(), &'static str> {
    if headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site") {
        return Err("This address is for programs, and a browser sent this.");
    }
    // A name that somebody's own DNS server resolves to this machine is another origin to a browser: the name counts.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    match host.as_ref().or_else(|| uri.authority()) {
        Some(host) if is_this_machine(host) => Ok(()),
        _ => Err("This address is for programs of this machine, which call it localhost, 127.0.0.1 or [::1]."),
    }
}

fn is_this_machine(host: &Authority) -> bool {
    let name = host.host().trim_start_matches('[').trim_end_matches(']');
    let is_loopback = || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    !host.as_str().contains('@') && (name.eq_ignore_ascii_case("localhost") || is_loopback())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn is_let_in(headers: &[(&'static str, &'static str)]) -> bool {
        let pairs = headers.iter().map(|(name, value)| {
            let name: axum::http::HeaderName = name.parse().expect("a header's name");
            (name, HeaderValue::from_static(value))
        });
        check_origin(&pairs.collect(), &Uri::from_static("/durabletask/instances")).is_ok()
    }

    #[test]
    fn programs_that_name_this_machine_are_let_in() {
        for host in ["127.0.0.1:17071", "localhost:17071", "LOCALHOST", "[::1]:17071", "127.9.9.9"] {
            assert!(is_let_in(&[("host", host)]), "{host}");
        }
    }

    #[test]
    fn other_names_and_browsers_are_not() {
        for host in ["rebound.example.org:17071", "192.168.1.7", "0.0.0.0", "127.0.0.1.example.org", "a@[::1]", "[::2]"]
        {
            assert!(!is_let_in(&[("host", host)]), "{host}");
        }
        assert!(!is_let_in(&[]), "no host at all");
        assert!(!is_let_in(&[("host", "127.0.0.1:17071"), ("origin", "http://127.0.0.1:17071")]));
        assert!(!is_let_in(&[("host", "127.0.0.1:17071"), ("sec-fetch-site", "none")]));
    }
}
