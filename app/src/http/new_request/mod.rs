//! `/requests/new`: the form, with files.
//!
//! Files are stored while they arrive, before anybody knows whether the rest of the form is right. A form that comes
//! back keeps them by their upload's id, so that nobody has to choose them again.

mod typed;

use axum::extract::State;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use self::typed::Typed;
use super::error::Refusal;
use super::notice::Done;
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::file::{MAX_FILES, Upload};
use crate::portal::{Actor, FieldError, PortalError};

/// The longest single field that is not a file, in bytes; the portal's own limits are lower and speak for themselves.
const MAX_FIELD_BYTES: usize = 1024 * 1024;

/// The largest body in bytes that is read to its end, so that a file over its limit still gives the form back.
pub(crate) fn max_body_bytes(max_file_bytes: u64) -> usize {
    usize::try_from(max_file_bytes).unwrap_or(usize::MAX).saturating_mul(MAX_FILES).saturating_add(MAX_FIELD_BYTES)
}

/// `GET /requests/new`.
pub(crate) async fn show(State(state): State<AppState>, reader: Reader) -> Result<Page, Refusal> {
    reader.actor.require_requester()?;
    let form = Typed::fresh().into_view(&[], state.portal.max_file_bytes(), Vec::new());
    Ok(pages::new_request(reader.frame, form))
}

/// `POST /requests/new`.
pub(crate) async fn submit(
    State(state): State<AppState>,
    reader: Reader,
    form: Multipart,
) -> Result<Response, Refusal> {
    // Before anything of the body is stored.
    reader.actor.require_requester()?;
    let mut received = Received { typed: Typed::default(), uploads: Vec::new(), errors: Vec::new() };
    received.read(&state, &reader.actor, form).await?;
    if received.typed.wants_more_rows() {
        received.typed.add_rows();
        return received.page(&state, reader).await.map(IntoResponse::into_response);
    }
    if received.errors.is_empty() {
        match state.portal.submit(&reader.actor, received.typed.draft(&received.uploads)).await {
            Ok(id) => return Ok(Done::Submitted.then(paths::Request(&id.to_string())).into_response()),
            Err(PortalError::Invalid(errors)) => received.errors = errors,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(received.page(&state, reader).await?.unprocessable().into_response())
}

/// A form as it came in.
struct Received {
    typed: Typed,
    uploads: Vec<Upload>,
    errors: Vec<FieldError>,
}

impl Received {
    async fn read(&mut self, state: &AppState, actor: &Actor, mut form: Multipart) -> Result<(), Refusal> {
        while let Some(field) = form.next_field().await.map_err(broken)? {
            match field.name() {
                Some("file") => self.receive(state, actor, field).await?,
                Some(name) => {
                    let name = name.to_owned();
                    let value = text(field).await?;
                    self.typed.set(&name, value);
                }
                None => {}
            }
        }
        let kept = state.portal.kept_files(actor, &self.typed.kept_files()).await?;
        self.uploads.splice(0..0, kept);
        Ok(())
    }

    /// Stores a file. One that is too large is read to its end and left out, so that the rest of the form is kept.
    async fn receive(&mut self, state: &AppState, actor: &Actor, mut field: Field<'_>) -> Result<(), Refusal> {
        let name = field.file_name().unwrap_or_default().to_owned();
        if name.is_empty() {
            // A file input that was left empty is posted as a file without name and content.
            while field.chunk().await.map_err(broken)?.is_some() {}
            return Ok(());
        }
        let mut receiving = Some(state.portal.receive_file(actor, &name).await?);
        while let Some(bytes) = field.chunk().await.map_err(broken)? {
            let Some(file) = receiving.as_mut() else { continue };
            match file.write(&bytes).await {
                Ok(()) => {}
                Err(PortalError::TooLarge) => receiving = None,
                Err(error) => return Err(error.into()),
            }
        }
        match receiving {
            Some(file) => self.uploads.push(file.finish().await?),
            None => {
                let most = crate::view::file::size_in_words(state.portal.max_file_bytes());
                self.errors
                    .push(FieldError::new("file", format!("{name} is too large: a file may have at most {most}.")));
            }
        }
        Ok(())
    }

    async fn page(self, state: &AppState, reader: Reader) -> Result<Page, Refusal> {
        let page = self.typed.into_view(&self.uploads, state.portal.max_file_bytes(), self.errors);
        Ok(pages::new_request(reader.frame, page))
    }
}

async fn text(mut field: Field<'_>) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > MAX_FIELD_BYTES {
            return Err(Refusal::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes)
        .map_err(|_| Refusal::BadRequest(String::from("The form holds characters that are no text.")))
}

/// A body that ended half-way or is no form.
fn broken(error: MultipartError) -> Refusal {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
        _ => Refusal::BadRequest(String::from("The upload was interrupted before it was complete. Nothing was sent.")),
    }
}
