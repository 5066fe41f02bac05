//! `POST /requests/{id}/withdraw`: the requester takes a request back.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::error::Refusal;
use super::notice::Done;
use super::reader::Reader;
use super::request::{Forms, page, parse};
use super::state::AppState;
use crate::pages::paths;
use crate::portal::PortalError;
use crate::view::{Notice, Tone, WithdrawForm};

/// What the form posts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Withdrawal {
    reason: String,
}

/// Withdraws the request, or says why not on its page.
pub(crate) async fn withdraw(
    State(state): State<AppState>,
    mut reader: Reader,
    Path(id): Path<String>,
    Form(typed): Form<Withdrawal>,
) -> Result<Response, Refusal> {
    let id = parse(&id)?;
    match state.portal.withdraw(&reader.actor, id, &typed.reason).await {
        Ok(()) => Ok(Done::Withdrawn.then(paths::Request(&id.to_string())).into_response()),
        Err(PortalError::Conflict(text)) => {
            reader.frame.notice = Some(Notice { tone: Tone::Bad, text });
            Ok(page(&state, reader, id, Forms::default()).await?.conflicting().into_response())
        }
        Err(PortalError::Invalid(errors)) => {
            let withdraw = WithdrawForm { reason: typed.reason, errors: errors.into() };
            let forms = Forms { withdraw, ..Forms::default() };
            Ok(page(&state, reader, id, forms).await?.unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}
