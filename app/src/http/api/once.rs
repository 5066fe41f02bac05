//! `Idempotency-Key`: a program may repeat what creates something.
//!
//! The first call's effect and what is remembered of it are written in one transaction (see [`crate::portal::once`]); the answer is a
//! function of the thing that was made, so a repeated call gets the same one even if the first answer was never sent.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::Response;
use sha2::{Digest, Sha256};

use super::problem::ApiError;
use crate::http::state::AppState;
use crate::portal::Actor;
use crate::portal::ids::Fingerprint;
use crate::portal::once::{MAX_KEY_CHARS, Once};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that nothing was done because it was done before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The key that a caller sent, if any.
#[derive(Clone, Debug)]
pub(crate) struct IdempotencyKey(pub(crate) Option<String>);

impl FromRequestParts<AppState> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get(HEADER) else { return Ok(Self(None)) };
        let key = value.to_str().ok().filter(|key| is_key(key));
        let key = key.ok_or_else(|| {
            ApiError::bad_request(format!("An Idempotency-Key has 1 to {MAX_KEY_CHARS} visible characters of ASCII."))
        })?;
        Ok(Self(Some(key.to_owned())))
    }
}

fn is_key(key: &str) -> bool {
    (1..=MAX_KEY_CHARS).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What was made, now or before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    /// Its id.
    pub(crate) id: String,
    /// Whether an earlier call made it.
    pub(crate) before: bool,
}

impl Made {
    /// The answer, which says whether it is one to a repeated call.
    pub(crate) fn answer(&self, mut response: Response) -> Response {
        if self.before {
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

/// Makes something by `effect`, or finds what the first call with this key made. The effect gets the actor to do it as and gives the
/// id of what its audit row names.
pub(crate) async fn once<F, Effect>(
    state: &AppState,
    actor: &Actor,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
    effect: F,
) -> Result<Made, ApiError>
where
    F: FnOnce(Actor) -> Effect,
    Effect: Future<Output = Result<String, ApiError>>,
{
    let IdempotencyKey(Some(key)) = key else {
        return Ok(Made { id: effect(actor.clone()).await?, before: false });
    };
    let begun = state.portal.begin_once(actor, &key).await?;
    if let Some(first) = begun.first {
        return Ok(Made { id: first.made_for(fingerprint)?, before: true });
    }
    let id = effect(actor.once(Once { key, fingerprint })).await?;
    // Only now may another call with this key come in: it finds what was made.
    drop(begun.ticket);
    Ok(Made { id, before: false })
}

/// What tells a call from others: method, address and body, each with its length in front.
pub(crate) fn fingerprint(method: &Method, path: &str, body: &[u8]) -> Fingerprint {
    let mut digest = Sha256::new();
    for part in [method.as_str().as_bytes(), path.as_bytes(), body] {
        digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(part);
    }
    Fingerprint(digest.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_that_differ_in_anything_have_other_fingerprints() {
        let of = |method, path, body: &str| fingerprint(&method, path, body.as_bytes());
        let one = of(Method::POST, "/a", "b");
        assert_eq!(one, of(Method::POST, "/a", "b"));
        for other in [of(Method::PUT, "/a", "b"), of(Method::POST, "/ab", ""), of(Method::POST, "/a", "c")] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn a_key_is_short_and_visible() {
        assert!(is_key("0190-a") && is_key(&"k".repeat(255)));
        assert!(!is_key("") && !is_key("a b") && !is_key(&"k".repeat(256)));
    }
}
