//! Forms with files, while they come in.
//!
//! Files are stored while they arrive, before anybody knows whether the rest of the form is right. A form that comes
//! back keeps them by their upload's id, so that nobody has to choose them again.

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::http::StatusCode;

use super::error::Refusal;
use super::state::AppState;
use crate::portal::file::{MAX_FILES, Upload};
use crate::portal::{Actor, FieldError, PortalError, UploadId};
use crate::view::KeptFile;

/// The longest single field that is not a file, in bytes; the portal's own limits are lower and speak for themselves.
const MAX_FIELD_BYTES: usize = 1024 * 1024;
/// The most fields of one name that are read; more are no form of ours.
pub(super) const MAX_REPEATED: usize = 100;

/// The largest body in bytes that is read to its end, so that a file over its limit still gives the form back.
pub(super) fn max_body_bytes(max_file_bytes: u64) -> usize {
    usize::try_from(max_file_bytes).unwrap_or(usize::MAX).saturating_mul(MAX_FILES).saturating_add(MAX_FIELD_BYTES)
}

/// What a form holds beside its files.
pub(super) trait Fields: Default {
    /// Takes one field. Unknown ones are ignored, repeated ones are collected where the form repeats them.
    fn set(&mut self, name: &str, value: String);
}

/// A form as it came in. Its files are those of the field `file`, and those that `kept_file` names, which come first.
#[derive(Debug)]
pub(super) struct Received<F> {
    /// The fields that are no files.
    pub(super) typed: F,
    /// The files, as finished uploads.
    pub(super) uploads: Vec<Upload>,
    /// What is wrong so far: files that are too large.
    pub(super) errors: Vec<FieldError>,
}

impl<F: Fields> Received<F> {
    /// Reads a form to its end. Files are stored for `actor`, who must be allowed to send any.
    pub(super) async fn read(state: &AppState, actor: &Actor, mut form: Multipart) -> Result<Self, Refusal> {
        let mut received = Self { typed: F::default(), uploads: Vec::new(), errors: Vec::new() };
        let mut kept: Vec<UploadId> = Vec::new();
        while let Some(field) = form.next_field().await.map_err(broken)? {
            match field.name() {
                Some("file") => received.receive(state, actor, field).await?,
                Some("kept_file") => {
                    let id = text(field).await?.parse::<UploadId>();
                    kept.extend(id.ok().filter(|_| kept.len() < MAX_REPEATED));
                }
                Some(name) => {
                    let name = name.to_owned();
                    let value = text(field).await?;
                    received.typed.set(&name, value);
                }
                None => {}
            }
        }
        received.uploads.splice(0..0, state.portal.kept_files(actor, &kept).await?);
        Ok(received)
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

    /// The ids of the files.
    pub(super) fn upload_ids(&self) -> Vec<UploadId> {
        self.uploads.iter().map(|upload| upload.id).collect()
    }

    /// The files, for the form when it comes back.
    pub(super) fn kept(&self) -> Vec<KeptFile> {
        let kept = |upload: &Upload| {
            let size = upload.file.as_ref()?.size;
            Some(KeptFile { token: upload.id.to_string(), name: upload.name.clone(), size })
        };
        self.uploads.iter().filter_map(kept).collect()
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
