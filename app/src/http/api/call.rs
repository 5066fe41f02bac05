//! Who calls, for every handler of the API.

use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::problem::ApiError;
use crate::http::caller::{Rate, admit};
use crate::http::state::AppState;
use crate::portal::{Actor, PortalError};

/// A caller with a token that works. A session's cookie is none.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The token's owner, within its scopes.
    pub(crate) actor: Actor,
}

/// Where the caller's rate is noted, for the headers of whatever the answer is.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeenRate(Arc<OnceLock<Rate>>);

impl SeenRate {
    /// What was noted.
    pub(crate) fn rate(&self) -> Option<Rate> {
        self.0.get().copied()
    }
}

impl FromRequestParts<AppState> for Call {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let admitted = admit(state, &parts.headers, &parts.uri).await;
        let rate = match &admitted {
            Ok(admission) => Some(admission.rate),
            Err(PortalError::TooMany(_)) => Some(Rate::EXHAUSTED),
            Err(_) => None,
        };
        if let (Some(rate), Some(seen)) = (rate, parts.extensions.get::<SeenRate>()) {
            seen.0.get_or_init(|| rate);
        }
        Ok(Self { actor: admitted?.actor })
    }
}
