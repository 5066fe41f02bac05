//! Programs that call the API: which token they show, and how often they may still call.
//!
//! A session's cookie is no credential here, so that no page of another site can make a browser call the API.

use std::time::Duration;

use axum::extract::Query;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use serde::Deserialize;

use super::state::AppState;
use crate::auth::api_token;
use crate::pages::paths::with_query;
use crate::portal::tokens::Allowance;
use crate::portal::{Actor, PortalError};

/// Where clients of Azure Durable Functions put their key.
const FUNCTIONS_KEY: HeaderName = HeaderName::from_static("x-functions-key");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// Who calls, and how often they may go on.
#[derive(Clone, Debug)]
pub(crate) struct Admission {
    /// Always [`Actor::Token`].
    pub(crate) actor: Actor,
    /// For the headers of the answer, whatever the answer is.
    pub(crate) rate: Rate,
}

/// What a caller may still do, as headers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    allowance: Allowance,
    refused: bool,
}

impl Rate {
    /// What an answer to [`PortalError::TooMany`] says.
    pub(crate) const EXHAUSTED: Self = Self { allowance: Allowance::EXHAUSTED, refused: true };

    /// Writes `RateLimit-Limit`, `-Remaining` and `-Reset` (seconds until all calls are free again); `Retry-After` too when
    /// the call was refused.
    pub(crate) fn apply(&self, headers: &mut HeaderMap) {
        let Allowance { limit, remaining, full_in } = self.allowance;
        headers.insert(LIMIT, HeaderValue::from(limit));
        headers.insert(REMAINING, HeaderValue::from(remaining));
        headers.insert(RESET, HeaderValue::from(whole_seconds(full_in)));
        if self.refused {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
    }
}

fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// Who calls with these headers and this address. [`PortalError::NotSignedIn`] without a token that works,
/// [`PortalError::TooMany`] when it is used too often.
pub(crate) async fn admit(state: &AppState, headers: &HeaderMap, uri: &Uri) -> Result<Admission, PortalError> {
    let text = shown(headers, uri).ok_or(PortalError::NotSignedIn)?;
    let admitted = state.portal.admit_token(api_token::hash_of(&text)).await?;
    if admitted.is_use_to_note {
        let (portal, id) = (state.portal.clone(), admitted.bearer.id);
        // Beside the request, which needs not wait for the writer.
        tokio::spawn(async move {
            if let Err(error) = portal.note_token_use(id).await {
                tracing::warn!(%error, "A token's last use could not be noted.");
            }
        });
    }
    let rate = Rate { allowance: admitted.allowance, refused: false };
    Ok(Admission { actor: Actor::Token(admitted.bearer), rate })
}

/// The query of an address whose client knows no header for its key.
#[derive(Deserialize)]
struct Code {
    code: String,
}

/// Path and query of an address without the token that somebody put there, although it opens no page: an address that
/// is gone back to is shown, kept and sent on.
pub(crate) fn without_token(uri: &Uri) -> String {
    let Some(query) = uri.query() else { return uri.path().to_owned() };
    let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else { return uri.path().to_owned() };
    let is_token = |name: &str, value: &str| {
        name.eq_ignore_ascii_case("code") || value.trim_start().starts_with(api_token::PREFIX)
    };
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let (tokens, kept): (Vec<_>, Vec<_>) = pairs.partition(|(name, value)| is_token(name, value));
    if tokens.is_empty() { format!("{}?{query}", uri.path()) } else { with_query(uri.path(), &kept) }
}

/// The token that a request shows: by `Authorization: Bearer`, `x-functions-key`, or `code` in the query, in this order.
fn shown(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text(header::AUTHORIZATION).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let in_header = bearer.or_else(|| text(FUNCTIONS_KEY)).map(str::to_owned);
    in_header.or_else(|| Query::<Code>::try_from_uri(uri).ok().map(|Query(query)| query.code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    fn shown_at(pairs: &[(HeaderName, &'static str)], uri: &'static str) -> Option<String> {
        shown(&headers(pairs), &Uri::from_static(uri))
    }

    #[test]
    fn a_token_is_found_in_each_of_its_places_and_the_header_comes_first() {
        assert_eq!(shown_at(&[(header::AUTHORIZATION, "Bearer cst_a")], "/x").as_deref(), Some("cst_a"));
        assert_eq!(shown_at(&[(header::AUTHORIZATION, "bearer cst_a")], "/x?code=cst_c").as_deref(), Some("cst_a"));
        assert_eq!(shown_at(&[(FUNCTIONS_KEY, "cst_b")], "/x?code=cst_c").as_deref(), Some("cst_b"));
        assert_eq!(shown_at(&[], "/x?taskHub=a&code=cst_c").as_deref(), Some("cst_c"));
        assert_eq!(shown_at(&[], "/x?code=cst%5Fc").as_deref(), Some("cst_c"));
    }

    #[test]
    fn what_is_no_token_is_none() {
        assert_eq!(shown_at(&[], "/x"), None);
        assert_eq!(shown_at(&[(header::AUTHORIZATION, "Basic cst_a")], "/x?codes=1"), None);
        assert_eq!(shown_at(&[(header::COOKIE, "countersign=1")], "/x"), None);
    }

    #[test]
    fn an_address_to_come_back_to_holds_no_token() {
        for token in ["code=cst_a", "CODE=cst_a", "c%6Fde=x", "token=cst_a", "q=+cst_a", "code=&q=cst%5Fa"] {
            for query in [format!("tab=mine&{token}&q=a%26b"), format!("{token}&tab=mine&q=a%26b")] {
                let uri: Uri = format!("/runs?{query}").parse().expect("an address");
                assert_eq!(without_token(&uri), "/runs?tab=mine&q=a%26b", "{query}");
            }
        }
        for same in ["/", "/runs", "/runs?q=a+b&tab=", "/runs?q=codes&codes=1"] {
            assert_eq!(without_token(&Uri::from_static(same)), same);
        }
        assert_eq!(without_token(&Uri::from_static("/?code=cst_a")), "/");
    }

    #[test]
    fn a_refused_call_says_when_to_come_back() {
        let mut headers = HeaderMap::new();
        Rate::EXHAUSTED.apply(&mut headers);
        let text = |name: HeaderName| headers[name].to_str().expect("text").to_owned();
        assert_eq!((text(REMAINING), text(header::RETRY_AFTER)), ("0".to_owned(), "1".to_owned()));
        assert_eq!((text(LIMIT), text(RESET)), ("120".to_owned(), "12".to_owned()));
    }
}
