//! What operations that change a request have in common: they may be repeated with a key, and answer that it is done.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::http::api::once::{IdempotencyKey, once};
use crate::http::api::problem::ApiError;
use crate::http::state::AppState;
use crate::portal::ids::Fingerprint;
use crate::portal::{Actor, PortalError};

/// The portal's names of fields, and ours.
const NAMES: [(&str, &str); 3] = [("approver", "email"), ("observer", "email"), ("file", "files")];

/// Changes a request by `effect`, unless the first call with this key did. The answer has no body: whoever wants to know
/// how the request stands reads it.
pub(super) async fn change<F, Effect>(
    state: &AppState,
    actor: &Actor,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
    effect: F,
) -> Result<Response, ApiError>
where
    F: FnOnce(Actor) -> Effect,
    Effect: Future<Output = Result<(), PortalError>>,
{
    let named = move |actor: Actor| async move {
        // Nothing is made that the answer would name.
        let done = effect(actor).await.map(|()| String::new());
        done.map_err(|error| ApiError::from(error).renamed(&NAMES))
    };
    let made = once(state, actor, key, fingerprint, named).await?;
    Ok(made.answer(StatusCode::NO_CONTENT.into_response()))
}
